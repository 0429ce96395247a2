//! All objects that a repository stores, wherever they stand: packs, loose files, alternates.
//!
//! Every object is taken once, from the first place that has it. Knows nothing of what objects hold.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack as git_pack;

use super::ids::Ids;
use super::pack::{Broken, Pack, Place};
use crate::coverage::Gap;
use crate::source::SourceError;
use crate::source::repository::{Repository, reason};

/// All objects.
pub struct Store {
    /// Their ids; an object's number is that of its id.
    pub ids: Ids,
    /// The packs, those that are needed. An object that stands in several is told by the first alone.
    pub packs: Vec<Option<Pack>>,
    /// Numbers of objects in files of their own, and their kinds, as far as they are needed.
    pub loose: Vec<(u32, Kind)>,
    /// Numbers of objects that cannot be read where they stand.
    pub broken: Vec<Broken>,
    /// What else could not be looked at.
    pub gaps: Vec<Gap>,
    /// By object number: whether the object is the business of an entry of the first pack, the second and so on; [`LOOSE`] for loose ones.
    owners: Vec<u32>,
    /// Packs that are listed and not opened yet.
    listed: Vec<Listed>,
    loose_files: Vec<u32>,
}

/// A pack and what its index says of it.
struct Listed {
    path: PathBuf,
    places: Vec<Place>,
}

const LOOSE: u32 = u32::MAX;

/// What an index says of the entries of one pack.
struct Listing {
    pack: PathBuf,
    /// Id, offset in the pack, and CRC-32 of the packed bytes if the index has it.
    entries: Vec<(ObjectId, u64, Option<u32>)>,
}

impl Store {
    /// Lists all objects of `repository`.
    ///
    /// # Errors
    /// The folders of objects cannot be listed at all. Packs and objects that cannot be read are in the result.
    pub(crate) fn open(repository: &Repository) -> Result<Self, SourceError> {
        let hash = repository.hash();
        let mut gaps = Vec::new();
        let mut listings = Vec::new();
        let mut loose = Vec::new();
        for folder in repository.object_folders()? {
            if !folder.is_dir() {
                let remedy = "it is named by `objects/info/alternates`; without it objects may be missing";
                gaps.push(Gap::new(folder.display().to_string(), "there is no such folder of objects", remedy));
            }
            list_packs(&folder.join("pack"), hash, &mut listings, &mut gaps);
            list_loose(&folder, hash, &mut loose, &mut gaps);
        }
        let packed = listings.iter().flat_map(|listing| listing.entries.iter().map(|(id, ..)| id));
        let ids = Ids::new(packed.chain(&loose).flat_map(|id| id.as_bytes().iter().copied()).collect(), hash.len_in_bytes());
        let mut owners = vec![LOOSE; ids.len()];
        let mut listed = Vec::new();
        for (number, listing) in listings.into_iter().enumerate() {
            let place = |(id, offset, crc32): &(ObjectId, u64, Option<u32>)| {
                Some(Place { offset: *offset, object: ids.find(id.as_bytes())?, crc32: *crc32 })
            };
            let places: Vec<Place> = listing.entries.iter().filter_map(place).collect();
            for place in &places {
                let owner = &mut owners[place.object as usize];
                *owner = (*owner).min(u32::try_from(number).unwrap_or(LOOSE));
            }
            listed.push(Listed { path: listing.pack, places });
        }
        let mut loose_files: Vec<u32> = loose.iter().filter_map(|id| ids.find(id.as_bytes())).collect();
        loose_files.retain(|object| owners[*object as usize] == LOOSE);
        loose_files.sort_unstable();
        loose_files.dedup();
        Ok(Self { ids, packs: Vec::new(), loose: Vec::new(), broken: Vec::new(), gaps, owners, listed, loose_files })
    }

    /// Opens the packs that have an object that `is_needed`, and relates their objects.
    pub(crate) fn relate(&mut self, repository: &Repository, is_needed: &dyn Fn(u32) -> bool) {
        let hash = repository.hash();
        for (number, listed) in std::mem::take(&mut self.listed).into_iter().enumerate() {
            let is_open = listed.places.iter().any(|place| self.owns(number, place.object) && is_needed(place.object));
            let pack = if is_open { self.open_pack(listed, hash) } else { None };
            self.packs.push(pack);
        }
        let objects = repository.objects();
        for object in std::mem::take(&mut self.loose_files).into_iter().filter(|object| is_needed(*object)) {
            match objects.kind(&self.ids.get(object)) {
                Ok(kind) => self.loose.push((object, kind)),
                Err(error) => self.broken.push(Broken { object, why: error.to_string(), size: None }),
            }
        }
    }

    fn open_pack(&mut self, listed: Listed, hash: gix::hash::Kind) -> Option<Pack> {
        let Listed { path, places } = listed;
        // An index is sorted by id, but nobody promises that this one is.
        let mut offsets: Vec<(u32, u64)> = places.iter().map(|place| (place.object, place.offset)).collect();
        offsets.sort_unstable();
        let find = |id: &gix::oid| {
            let object = self.ids.find(id.as_bytes())?;
            Some(offsets[offsets.binary_search_by_key(&object, |(object, _)| *object).ok()?].1)
        };
        match Pack::open(&path, hash, places, find) {
            Ok((pack, broken)) => {
                self.broken.extend(broken);
                Some(pack)
            }
            Err(error) => {
                self.gaps.push(Gap::new(path.display().to_string(), format!("the pack cannot be opened: {}", reason(&error)), FSCK));
                let lost =
                    offsets.into_iter().map(|(object, _)| Broken { object, why: "its pack cannot be opened".to_owned(), size: None });
                self.broken.extend(lost);
                None
            }
        }
    }

    /// Whether `pack`, by position, is the one that tells of an object.
    pub fn owns(&self, pack: usize, object: u32) -> bool {
        self.owners[object as usize] as usize == pack
    }
}

/// What helps with most damage.
pub const FSCK: &str = "`git fsck` says what is wrong; a fresh clone or a backup may still have it";

/// Reads the indices in a folder of packs.
fn list_packs(folder: &Path, hash: gix::hash::Kind, listings: &mut Vec<Listing>, gaps: &mut Vec<Gap>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let is = |path: &Path, extension: &str| path.extension().is_some_and(|own| own == extension);
    let mut without: Vec<PathBuf> = Vec::new();
    for pack in paths.iter().filter(|path| is(path, "pack")) {
        let index = pack.with_extension("idx");
        if !pack.is_file() {
            gaps.push(Gap::new(pack.display().to_string(), "it is no file", FSCK));
            continue;
        }
        if !index.is_file() {
            without.push(pack.clone());
            continue;
        }
        match read_index(&index, hash) {
            Ok(index) => {
                // Cheap, and tells of a pack that was cut off even where nothing in it needs to be read.
                if !belongs_to(pack, &index, hash) {
                    let why = "it is not the pack that its index was made for: it was cut off or changed";
                    gaps.push(Gap::new(pack.display().to_string(), why, FSCK));
                }
                let entries = index.iter().map(|entry| (entry.oid, entry.pack_offset, entry.crc32)).collect();
                listings.push(Listing { pack: pack.clone(), entries });
            }
            Err(why) => {
                let remedy = "`git index-pack` makes a new index for the pack";
                gaps.push(Gap::new(index.display().to_string(), why, remedy));
            }
        }
    }
    for index in paths.iter().filter(|path| is(path, "idx") && !path.with_extension("pack").is_file()) {
        gaps.push(Gap::new(index.display().to_string(), "there is no pack for this index", FSCK));
    }
    if !without.is_empty() {
        list_by_multi_index(folder, &without, listings, gaps);
    }
}

/// Packs without an index of their own are told by the index over several packs, if there is one.
fn list_by_multi_index(folder: &Path, packs: &[PathBuf], listings: &mut Vec<Listing>, gaps: &mut Vec<Gap>) {
    let path = folder.join("multi-pack-index");
    let index = if path.is_file() { git_pack::multi_index::File::at(&path, Some(2 << 30)).ok() } else { None };
    for pack in packs {
        let name = pack.file_name().map(|name| Path::new(name).with_extension("idx"));
        let number = index.as_ref().and_then(|index| index.index_names().iter().position(|known| Some(known) == name.as_ref()));
        let (Some(index), Some(number)) = (&index, number) else {
            let remedy = "`git index-pack` makes the index";
            gaps.push(Gap::new(pack.display().to_string(), "the pack has no index", remedy));
            continue;
        };
        let own = index.iter().filter_map(Result::ok).filter(|entry| entry.pack_index as usize == number);
        let entries = own.map(|entry| (entry.oid, entry.pack_offset, None)).collect();
        listings.push(Listing { pack: pack.clone(), entries });
    }
}

fn read_index(path: &Path, hash: gix::hash::Kind) -> Result<git_pack::index::File, String> {
    let index = git_pack::index::File::at(path, hash).map_err(|error| format!("the index cannot be read: {}", reason(&error)))?;
    // An index is small beside its pack, and what it says is believed of every object.
    let interrupt = std::sync::atomic::AtomicBool::new(false);
    index
        .verify_checksum(&mut gix::progress::Discard, &interrupt)
        .map_err(|_| "the index does not have the content that it was written with".to_owned())?;
    Ok(index)
}

/// Whether a pack has the number of objects and ends with the checksum that its index knows.
fn belongs_to(pack: &Path, index: &git_pack::index::File, hash: gix::hash::Kind) -> bool {
    git_pack::data::File::at(pack, hash)
        .is_ok_and(|data| data.checksum() == index.pack_checksum() && data.num_objects() == index.num_objects())
}

/// Objects in files of their own: `ab/cdef…`.
fn list_loose(folder: &Path, hash: gix::hash::Kind, found: &mut Vec<ObjectId>, gaps: &mut Vec<Gap>) {
    for first in 0..=255u8 {
        let start = data_encoding::HEXLOWER.encode(&[first]);
        let entries = match std::fs::read_dir(folder.join(&start)) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => continue,
            Err(error) => {
                gaps.push(Gap::new(folder.join(&start).display().to_string(), error.to_string(), "make it readable"));
                continue;
            }
        };
        for name in entries.filter_map(|entry| Some(entry.ok()?.file_name())) {
            let hex = name.to_str().map(|rest| format!("{start}{rest}"));
            let is_id = |hex: &String| hex.len() == hash.len_in_hex();
            found.extend(hex.filter(is_id).and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok()));
        }
    }
}
