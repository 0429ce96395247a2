//! A saved JSON report of arbitrary bytes: it is refused, or every format can be made of it, nothing in them is a command, and what comes out as
//! JSON is read back the same.

#![no_main]

use keysieve::report::{Format, Style, merge, saved};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(report) = saved::read(data) else { return };
    let style = Style { show_suppressed: true, show_secrets: true, width: Some(80), ..Style::default() };
    for format in Format::ALL {
        let text = format.render(&report, style);
        assert!(text.ends_with('\n'), "{format:?}");
        let own = ["::error ", "::warning ", "::notice "];
        let is_own = |line: &str| format == Format::Github && own.iter().any(|word| line.starts_with(word));
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::") && !is_own(line)), "{format:?} prints a command");
        assert!(!text.contains('\x1b'), "{format:?} prints an escape");
    }
    let json = Format::Json.render(&report, style);
    let again = saved::read(json.as_bytes()).expect("because this program wrote it");
    assert_eq!(Format::Json.render(&again, style), json);
    merge(vec![report, again]);
});
