//! Keys that a configuration in the scanned repository may not have: whoever can change the repository could use them against the one who
//! scans it.

/// Words, and why they are refused there.
const REFUSED: [(&[&str], &str); 6] = [
    (
        &["rotation", "rotate", "targets", "target", "webhook", "webhooks", "notify", "outbox"],
        "a repository may not say where to send what is found in it or how credentials are rotated",
    ),
    (
        &["url", "urls", "endpoint", "endpoints", "address", "host", "hosts", "server", "proxy", "remote", "extends"],
        "a repository may not name network addresses",
    ),
    (
        &["command", "commands", "cmd", "exec", "run", "script", "shell", "hook", "hooks", "plugin", "plugins"],
        "a repository may not name commands",
    ),
    (
        &["signing_key", "signing_keys", "private_key", "public_key", "fingerprint_key", "key", "keys", "token", "password", "credentials"],
        "a repository may not name keys or credentials",
    ),
    (
        &["allow_incomplete", "ignore_incomplete", "incomplete"],
        "a repository may not turn off the report of what was not scanned; give --allow-incomplete where the scan is started",
    ),
    (
        &["show_secrets", "include_secret", "include_secrets"],
        "a repository may not make secrets visible; give --show-secrets where the scan is started",
    ),
];

/// Why `key` is refused; none if it is not.
pub fn reason(key: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase().replace('-', "_");
    REFUSED.iter().find(|(words, _)| words.contains(&key.as_str())).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Setting;

    #[test]
    fn nothing_that_is_known_is_refused() {
        for setting in Setting::ALL {
            assert!(setting.key().path.iter().all(|key| reason(key).is_none()), "{}", setting.key().name());
        }
        assert!(crate::config::EXCEPTION_KEYS.iter().all(|(key, _)| reason(key).is_none()));
        assert!(reason("Allow-Incomplete").is_some());
    }
}
