//! Names of files and folders, each kept once.

use std::collections::HashMap;

use foldhash::quality::RandomState;

/// Number of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub u32);

/// Different names, numbered in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Names {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    numbers: HashMap<Box<[u8]>, u32, RandomState>,
}

impl Names {
    /// The number of `name`, new or known.
    pub fn intern(&mut self, name: &[u8]) -> Name {
        if let Some(known) = self.numbers.get(name) {
            return Name(*known);
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(name);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.numbers.insert(name.into(), number);
        Name(number)
    }

    /// The name with a number.
    pub fn get(&self, name: Name) -> &[u8] {
        let at = name.0 as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start as usize..self.ends[at] as usize]
    }

    /// All names side by side, and where each ends.
    pub fn parts(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.ends)
    }

    /// Takes what [`Names::parts`] gave. `None`: the ends do not fit.
    pub fn from_parts(bytes: &[u8], ends: Vec<u32>) -> Option<Self> {
        if !ends.is_sorted() || ends.last().map_or(0, |end| *end as usize) != bytes.len() {
            return None;
        }
        let mut names = Self { bytes: bytes.to_vec(), ends, numbers: HashMap::default() };
        let all: Vec<(Box<[u8]>, u32)> = names.iter().map(|(number, name)| (name.into(), number.0)).collect();
        names.numbers = all.into_iter().collect();
        Some(names)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All names, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Name, &[u8])> {
        (0..self.ends.len()).map(|at| {
            let name = Name(at as u32);
            (name, self.get(name))
        })
    }
}
