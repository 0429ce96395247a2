//! Text that looks like data: JSON, YAML, settings, lock files, logs, and bytes that are no text.

use std::fmt::Write as _;

use super::random::{BASE62, BASE64, HEX, Random};
use super::words::{camel, credential_name, no_secret, sentence, snake, word};

/// An array of small objects.
pub fn json(random: &mut Random, bytes: usize) -> String {
    let mut text = String::from("[\n");
    while text.len() < bytes {
        let _ = writeln!(
            text,
            "  {{\"id\": \"{}-{}-4{}-a{}-{}\", \"{}\": {}, \"{}\": \"{}\", \"updated\": \"2024-03-{:02}T10:{:02}:00Z\", \"hash\": \"{}\"}},",
            random.text(HEX, 8),
            random.text(HEX, 4),
            random.text(HEX, 3),
            random.text(HEX, 3),
            random.text(HEX, 12),
            camel(random),
            random.below(100_000),
            camel(random),
            sentence(random),
            1 + random.below(28),
            random.below(60),
            random.text(HEX, 40)
        );
    }
    text.push_str("  {}\n]\n");
    text
}

/// Services with nested settings.
pub fn yaml(random: &mut Random, bytes: usize) -> String {
    let mut text = String::from("# settings\nservices:\n");
    while text.len() < bytes {
        let _ = writeln!(text, "  - name: {}\n    image: registry.example.com/{}:{}", word(random), word(random), random.below(40));
        for _ in 0..random.below(8) {
            let _ = match random.below(4) {
                0 => writeln!(text, "    {}: {}", snake(random), random.below(10_000)),
                1 => writeln!(text, "    {}: \"{}\"", snake(random), sentence(random)),
                2 if random.chance(30) => writeln!(text, "    {}: {}", credential_name(random), no_secret(random)),
                _ => writeln!(text, "    {}:\n      - {}\n      - {}", snake(random), word(random), word(random)),
            };
        }
    }
    text
}

/// `NAME=value` lines.
pub fn env(random: &mut Random, bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        let name = snake(random).to_ascii_uppercase();
        let _ = match random.below(5) {
            0 => writeln!(text, "# {}", sentence(random)),
            1 => writeln!(text, "{name}_URL=https://{}.example.com:{}/{}", word(random), random.below(65_536), word(random)),
            2 if random.chance(30) => writeln!(text, "{}={}", credential_name(random).to_ascii_uppercase(), no_secret(random)),
            _ => writeln!(text, "{name}={}", random.below(1 << 20)),
        };
    }
    text
}

/// An npm lock file: names, versions, addresses and integrity hashes.
pub fn lock(random: &mut Random, bytes: usize) -> String {
    let mut text = String::from("{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n");
    while text.len() < bytes {
        let name = format!("{}-{}", word(random), word(random));
        let version = format!("{}.{}.{}", random.below(9), random.below(30), random.below(9));
        let _ = writeln!(
            text,
            "    \"node_modules/{name}\": {{\n      \"version\": \"{version}\",\n      \"resolved\": \"https://registry.example.com/{name}/-/{name}-{version}.tgz\",\n      \
             \"integrity\": \"sha512-{}==\"\n    }},",
            random.text(BASE64, 86)
        );
    }
    text.push_str("    \"\": {}\n  }\n}\n");
    text
}

/// Lines of a server's log.
pub fn log(random: &mut Random, bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        let _ = writeln!(
            text,
            "2024-03-{:02}T{:02}:{:02}:{:02}.{:03}Z {} [{}-{}] request_id={} path=/{}/{}?page={} status={} took={}ms {}",
            1 + random.below(28),
            random.below(24),
            random.below(60),
            random.below(60),
            random.below(1000),
            random.pick(&["INFO", "WARN", "DEBUG", "ERROR"]),
            word(random),
            random.below(64),
            random.text(BASE62, 22),
            word(random),
            word(random),
            random.below(100),
            random.pick(&[200, 200, 200, 404, 500]),
            random.below(3000),
            sentence(random)
        );
    }
    text
}

/// Bytes of a compiled or compressed file: a third zeros, a third noise, a third names.
pub fn blob(random: &mut Random, bytes: usize) -> Vec<u8> {
    let mut blob = vec![0x7f, b'E', b'L', b'F'];
    while blob.len() < bytes {
        match random.below(3) {
            0 => blob.extend(std::iter::repeat_n(0, 64 + random.below(512))),
            1 => (0..32 + random.below(64)).for_each(|_| blob.extend(random.bits().to_le_bytes())),
            _ => (0..16).for_each(|_| {
                blob.extend(snake(random).bytes());
                blob.push(0);
            }),
        }
    }
    blob
}
