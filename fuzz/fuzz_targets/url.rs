//! Userinfo around every `://`: its parts lie in the text, in order.

#![no_main]

use keysieve::detect::keyvalue::{URL_TRIGGER, url};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    for start in 0..data.len() {
        if !data[start..].starts_with(URL_TRIGGER.as_bytes()) {
            continue;
        }
        let Some(found) = url::userinfo_at(data, start) else { continue };
        let parts = [found.whole.start, found.scheme.start, found.scheme.end, found.user.start, found.user.end];
        assert!(parts.is_sorted() && found.user.end < found.password.start, "{found:?}");
        assert!(found.password.start <= found.password.end && found.password.end < found.whole.end, "{found:?}");
        assert!(found.whole.end <= data.len() && found.scheme.end == start, "{found:?}");
        url::judge(data, &found);
        url::base_scheme(found.scheme.of(data));
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    const PIECES: [&str; 6] = ["a://b:c@d", "postgres+x://u:foobar@h:1/", "://", "@", ":", "://${U}:${P}@"];
    if seed.is_multiple_of(4) {
        let piece = PIECES[seed as usize / 4 % PIECES.len()];
        return keysieve_fuzz::insert(data, size, max_size, piece.as_bytes(), seed);
    }
    keysieve_fuzz::mutate(data, size, max_size, seed)
});
