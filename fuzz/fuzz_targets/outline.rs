//! What a place stands in, and the environment that this tells, in arbitrary texts of every form.

#![no_main]

use keysieve::environments::Environments;
use keysieve::environments::outline::Outline;
use keysieve::location::LineIndex;
use keysieve_fuzz::Given;
use libfuzzer_sys::fuzz_target;

const PATHS: [&[u8]; 8] = [b"a.yml", b"a.json", b"a.tf", b"a.js", b"a.rb", b"a.toml", b".env", b"a.conf"];

fuzz_target!(|data: &[u8]| {
    let Given { path, text } = Given::from(data);
    let (environments, lines) = (Environments::default(), LineIndex::new(text));
    for path in PATHS.into_iter().chain([path]) {
        let mut outline = Outline::new(path, text);
        for offset in (0..=text.len()).step_by(text.len() / 64 + 1) {
            let around = outline.around(offset, lines.span(lines.line(offset)));
            environments.of(path, around.as_deref());
        }
    }
});
