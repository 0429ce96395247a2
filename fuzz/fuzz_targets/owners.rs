//! Files that name owners and people: whatever one holds, it is read or refused, and asked about paths that look like its patterns.

#![no_main]

use keysieve::owners::{FILES, Mailmap, Owners, Person};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let map = Mailmap::parse(text);
    for file in FILES {
        let Ok(owners) = Owners::parse(file, text) else { continue };
        for path in text.split(|byte| byte.is_ascii_whitespace()).take(20) {
            let owned = owners.of(path);
            assert!(owned.line.is_some() || owned.names.is_empty(), "owners without a line that names them");
            for name in owned.names {
                // Whoever is named is the one who is named, unless it is a team or a name of nothing but signs.
                let handle = name.strip_prefix('@');
                let person = match handle {
                    Some(handle) => Person { name: handle.to_owned(), email: String::new() },
                    None => Person { name: String::new(), email: name.to_owned() },
                };
                let is_expected = handle.is_none_or(|handle| !handle.contains('/') && handle.chars().any(char::is_alphanumeric));
                assert_eq!(map.is_same(name, &person), is_expected, "{name}");
            }
        }
    }
});
