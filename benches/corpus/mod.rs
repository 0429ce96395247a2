//! A generated tree of files to measure with: the same bytes for the same size and seed, on every machine.
//!
//! It looks like what is scanned in practice (source, JSON, YAML, settings, bundles, lock files, logs, bytes that are no text) and holds
//! the positive examples of the rules at known places. It knows the rules' examples and that a
//! detector finds them, and nothing of how.

pub mod code;
pub mod data;
pub mod near;
pub mod random;
pub mod words;

use keysieve::detect::{Detector, Input};
use keysieve::rules::{RuleSet, example};
use random::Random;

/// A file of the corpus.
pub struct File {
    /// Path with `/` between parts.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl File {
    fn input(&self) -> Input<'_> {
        Input { bytes: &self.bytes, path: self.path.as_bytes() }
    }
}

/// An example of a rule that stands in the corpus.
pub struct Planted {
    /// Position in [`Corpus::files`].
    pub file: usize,
    /// The bytes of the whole example.
    pub span: std::ops::Range<usize>,
    /// Id of the rule whose positive example it is.
    pub rule: String,
}

/// Files, and what is hidden in them.
pub struct Corpus {
    /// All files.
    pub files: Vec<File>,
    /// All examples, each once.
    pub planted: Vec<Planted>,
}

/// Share of one kind of file in the corpus.
struct Kind {
    /// Of the corpus's bytes, in percent.
    percent: usize,
    /// Path up to the file's number, and after it.
    path: (&'static str, &'static str),
    /// Largest file in bytes; sizes are spread from a sixteenth of it.
    largest: usize,
    /// Whether a line with an example may be put between two lines.
    hides: bool,
    /// Makes about that many bytes.
    make: fn(&mut Random, usize) -> Vec<u8>,
}

const KINDS: [Kind; 9] = [
    Kind { percent: 35, path: ("src/pkg", "/file.go"), largest: 64 << 10, hides: true, make: |r, n| code::go(r, n).into_bytes() },
    Kind { percent: 15, path: ("lib/mod", "/core.py"), largest: 48 << 10, hides: true, make: |r, n| code::python(r, n).into_bytes() },
    Kind { percent: 10, path: ("web/dist/", ".min.js"), largest: 512 << 10, hides: false, make: |r, n| code::minified(r, n).into_bytes() },
    Kind { percent: 10, path: ("data/set", ".json"), largest: 128 << 10, hides: false, make: |r, n| data::json(r, n).into_bytes() },
    Kind { percent: 7, path: ("deploy/app", ".yaml"), largest: 16 << 10, hides: false, make: |r, n| data::yaml(r, n).into_bytes() },
    Kind { percent: 3, path: ("deploy/app", ".env"), largest: 4 << 10, hides: false, make: |r, n| data::env(r, n).into_bytes() },
    Kind {
        percent: 8,
        path: ("web/part", "/package-lock.json"),
        largest: 512 << 10,
        hides: false,
        make: |r, n| data::lock(r, n).into_bytes(),
    },
    Kind { percent: 7, path: ("var/server", ".log"), largest: 256 << 10, hides: true, make: |r, n| data::log(r, n).into_bytes() },
    Kind { percent: 5, path: ("assets/part", ".bin"), largest: 128 << 10, hides: false, make: data::blob },
];

impl Corpus {
    /// About `bytes` bytes of files for `seed`, with one positive example of every rule of `rules`.
    pub fn new(bytes: usize, seed: u64, rules: &RuleSet) -> Self {
        let mut random = Random::new(seed);
        let mut corpus = Self { files: Vec::new(), planted: Vec::new() };
        let mut hiding = Vec::new();
        for kind in &KINDS {
            let wanted = bytes / 100 * kind.percent;
            let mut made = 0;
            while made < wanted {
                let size = (kind.largest / 16 + random.below(kind.largest)).min(wanted - made).max(512);
                let content = (kind.make)(&mut random, size);
                made += content.len();
                if kind.hides {
                    hiding.push(corpus.files.len());
                }
                corpus.add(format!("{}{}{}", kind.path.0, corpus.files.len(), kind.path.1), content);
            }
        }
        corpus.plant(&mut random, rules, &hiding);
        corpus
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes.len() as u64).sum()
    }

    /// All files as the detector takes them.
    pub fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        self.files.iter().map(File::input)
    }

    /// The rules whose example `detector` finds nothing in. Another rule may be the one that finds it.
    pub fn missed(&self, detector: &Detector) -> Vec<String> {
        let found: Vec<_> = self.inputs().map(|input| detector.scan(input)).collect();
        let is_found = |planted: &Planted| {
            let (start, end) = (planted.span.start, planted.span.end);
            found[planted.file].iter().any(|found| start <= found.secret.start && found.secret.end <= end)
        };
        self.planted.iter().filter(|planted| !is_found(planted)).map(|planted| planted.rule.clone()).collect()
    }

    fn add(&mut self, path: String, bytes: Vec<u8>) {
        self.files.push(File { path, bytes });
    }

    /// Puts the first positive example of every rule somewhere: tokens with a form of their own on a line of a large file, everything that
    /// needs its surroundings in a small file under the name that the rule asks for.
    fn plant(&mut self, random: &mut Random, rules: &RuleSet, hiding: &[usize]) {
        for (_, entry) in rules.iter() {
            let rule = &entry.rule;
            let Some(template) = rule.examples.positive.first() else { continue };
            // The seed of the rules' own test, which holds that this very text is found.
            let text = example::expand(template, &format!("{} positive 1", rule.id)).expect("because the rules' own test expands it");
            let alone = rule.token.is_none() || rule.examples.path.is_some() || !rule.files.is_empty() || hiding.is_empty();
            let (file, start) = if alone {
                let name = rule.examples.path.as_deref().unwrap_or("example");
                self.add(format!("planted/{}/{name}", rule.id), Vec::new());
                (self.files.len() - 1, 0)
            } else {
                let file = random.pick(hiding);
                (file, self.line_start(file, random))
            };
            let hidden = [text.as_bytes(), b"\n"].concat();
            let span = start..start + text.len();
            self.files[file].bytes.splice(start..start, hidden);
            self.planted.iter_mut().filter(|other| other.file == file && other.span.start >= start).for_each(|other| {
                other.span.start += text.len() + 1;
                other.span.end += text.len() + 1;
            });
            self.planted.push(Planted { file, span, rule: rule.id.to_string() });
        }
    }

    /// The start of some line of a file, inside no other example.
    fn line_start(&self, file: usize, random: &mut Random) -> usize {
        let bytes = &self.files[file].bytes;
        let from = random.below(bytes.len());
        let start = memchr::memrchr(b'\n', &bytes[..from]).map_or(0, |feed| feed + 1);
        let inside = self.planted.iter().find(|other| other.file == file && other.span.contains(&start));
        inside.map_or(start, |other| other.span.start)
    }
}
