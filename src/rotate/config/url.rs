//! Addresses of targets: https anywhere, plain http to this machine alone, nothing secret in them. Opens nothing.

use std::net::IpAddr;

/// The parts of an address that matter before it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether it is `https`.
    pub is_https: bool,
    /// Host in lower case, an IPv6 address without brackets.
    pub host: String,
    /// What is behind host and port; begins with `/` or is empty.
    pub path: String,
}

/// Takes `text` apart.
///
/// # Errors
/// It is no address that may be called; the message does not repeat it, since it may come from where secrets are kept.
pub fn check(text: &str) -> Result<Url, String> {
    if text.len() > 2_048 || text.chars().any(|c| c.is_control() || c.is_whitespace() || !c.is_ascii()) {
        return Err("is no web address: it is too long, or has spaces or other characters that have to be escaped".to_owned());
    }
    let (scheme, rest) = text.split_once("://").ok_or("is no web address: it does not begin with https://")?;
    let is_https = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return Err("is no web address: it does not begin with https://".to_owned()),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err("has a user name or password in it; use `headers` with a value by reference".to_owned());
    }
    if path.contains('#') {
        return Err("has a fragment (`#…`), which is never sent".to_owned());
    }
    let host = host_of(authority).ok_or("has no host, or a port that is none")?;
    if !is_https && !is_loopback_host(&host) {
        return Err("is plain http to another machine, and whoever is on the way could read it; use https".to_owned());
    }
    Ok(Url { is_https, host, path: path.to_owned() })
}

fn host_of(authority: &str) -> Option<String> {
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port != 0);
    let host = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            let is_fine = host.parse::<std::net::Ipv6Addr>().is_ok() && port.strip_prefix(':').map_or(port.is_empty(), is_port);
            is_fine.then_some(host)?
        }
        None => {
            let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
            let is_fine = port.is_none_or(is_port) && !host.is_empty();
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            (is_fine && host.bytes().all(known)).then_some(host)?
        }
    };
    Some(host.to_ascii_lowercase())
}

/// Whether the host is this machine by its very name, whatever a resolver says.
pub fn is_loopback_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether nothing in the address is a secret by itself.
///
/// # Errors
/// Why it is one, as the end of a sentence.
pub fn is_public(text: &str) -> Result<(), &'static str> {
    const OWN_SECRET: &str = "is a secret itself: whoever has the address can post to it";
    let Ok(url) = check(text) else { return Ok(()) };
    let tells = |hosts: &[&str]| hosts.iter().any(|host| url.host == *host || url.host.ends_with(&format!(".{host}")));
    if tells(&["hooks.slack.com", "webhook.office.com", "logic.azure.com", "powerplatform.com"])
        || (tells(&["discord.com", "discordapp.com"]) && url.path.starts_with("/api/webhooks/"))
    {
        return Err(OWN_SECRET);
    }
    let query = url.path.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.to_ascii_lowercase());
    let secret = ["sig", "signature", "token", "key", "apikey", "api_key", "secret", "password", "code", "access_token"];
    if names.into_iter().any(|name| secret.contains(&name.as_str())) {
        return Err("has a secret in its query");
    }
    if crate::config::shown(&url.path) != url.path { Err("seems to hold a secret") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_goes_anywhere_and_http_only_to_this_machine() {
        for fine in [
            "https://hooks.example.org/a?b=c",
            "https://[2001:db8::1]:8443/",
            "http://127.0.0.1:8080/hook",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert!(check(fine).is_ok(), "{fine}: {:?}", check(fine));
        }
        for wrong in [
            "",
            "hooks.example.org",
            "ftp://example.org",
            "file:///etc/passwd",
            "https://",
            "https://:80",
            "https://a:0/",
            "https://a:x/",
            "https://a:99999/",
            "https://user:pw@example.org",
            "https://127.0.0.1@evil.example/",
            "http://example.org/hook",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.org/",
            "http://localhost.example.org/",
            "https://a b/",
            "https://ex%61mple.org/",
            "https://a/#b",
            "https://[::1/",
            "https://[1.2.3.4]/",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_that_is_a_secret_is_known() {
        assert!(is_public("https://hooks.example.org/keysieve/v1").is_ok());
        for secret in [
            "https://hooks.slack.com/services/x",
            "https://x.webhook.office.com/y",
            "https://a.example/?SIG=1",
            "https://discord.com/api/webhooks/1/2",
        ] {
            assert!(is_public(secret).is_err(), "{secret}");
        }
        let generated = format!("https://a.example/{}", "a1b2".repeat(8));
        assert!(is_public(&generated).is_err());
    }
}
