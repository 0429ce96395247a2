//! More credentials in one file than are recorded: what is left out is said, and nothing of it shows.

use std::fmt::Write as _;

use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, Input};
use keysieve::rules::RuleSet;
use keysieve::scan::MOST_PLACES;

use crate::support::{Folder, Said, list};

/// A password of its own for each number, without repeated characters or words that would make it a placeholder.
fn password(number: usize) -> String {
    let mixed = (number as u32 + 1).wrapping_mul(0x9e37_79b1);
    let alphabets = [b"bcdfghjkmnpqrtvw", b"2X4Y6Z8K3R5T7V9S"];
    (0..8).map(|at| char::from(alphabets[at % 2][(mixed >> (4 * at) & 15) as usize])).collect()
}

/// Places of all findings in the JSON report.
fn places(said: &Said) -> usize {
    list(&said.report()["findings"]).iter().map(|finding| list(&finding["locations"]).len()).sum()
}

/// `count` URLs, each with a password of its own, with `between` behind each.
fn urls(count: usize, between: &str) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = write!(text, "ftp://u:{}@h.internal/x{between}", password(number));
        text
    })
}

#[test]
fn as_many_as_are_recorded_are_complete() {
    let folder = Folder::new();
    folder.write("full.txt", urls(MOST_PLACES, "\n")).write("other.txt", urls(3, "\n"));
    let said = folder.scan(["."]).ends_with(1);
    assert_eq!((places(&said), said.gaps()), (MOST_PLACES + 3, Vec::<String>::new()));
}

#[test]
fn one_more_is_a_gap_and_the_recorded_ones_are_reported() {
    let folder = Folder::new();
    folder.write("crowd.txt", urls(MOST_PLACES + 1, "\n")).write("other.txt", urls(3, "\n"));
    let said = folder.scan(["."]).ends_with(1);
    assert_eq!((places(&said), said.gaps()), (MOST_PLACES + 3, vec!["crowd.txt".to_owned()]));
    let gap = &said.report()["coverage"]["incomplete"][0];
    assert_eq!(gap["why"], "more than 10,000 credentials in one file: the rest was not recorded");
}

#[test]
fn the_limit_is_one_for_the_bytes_and_the_text_that_they_encode() {
    let folder = Folder::new();
    let text = format!("\u{feff}{}", urls(MOST_PLACES + 1, "\r\n"));
    folder.write("wide.txt", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let said = folder.scan(["."]).ends_with(1);
    assert_eq!((places(&said), said.gaps()), (MOST_PLACES, vec!["wide.txt".to_owned()]));
}

#[test]
fn what_is_not_recorded_does_not_show_beside_what_is() {
    let folder = Folder::new();
    folder.write("one-line.txt", urls(MOST_PLACES + 40, " "));
    for format in ["json", "sarif", "human"] {
        let said = folder.keysieve(["scan", "--format", format, "."]).ends_with(1);
        let shown = (MOST_PLACES - 20..MOST_PLACES + 40).find(|number| said.stdout.contains(&password(*number)));
        assert_eq!(shown, None, "{format}");
    }
}

#[test]
fn a_limited_search_begins_as_the_whole_one() {
    let text = urls(40, "\n");
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    let input = Input { bytes: text.as_bytes(), path: b"a.txt" };
    let whole = detector.scan(input);
    for most in [0, 1, 7, 39, 40, 41] {
        let found = detector.scan_up_to(input, most);
        assert_eq!(format!("{:?}", found.list), format!("{:?}", &whole[..most.min(40)]), "at most {most}");
        assert_eq!(found.cut, most < 40, "at most {most}");
    }
}
