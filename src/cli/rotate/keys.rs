//! `rotate keys`, and what `rotate config check` says of each target.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};

use keysieve::report::escaped;
use keysieve::rotate::config::{Approval, Lookup, Reference, Target, check_url};
use keysieve::rotate::deliver;
use keysieve::rotate::sign::PublicKey;

use super::place;
use crate::cli::args::{KeysArgs, ListFormat};
use crate::cli::{exit, output};

/// The keys of a target, and where each of them is.
type Keys = Vec<(String, PublicKey)>;

/// Prints the public halves and ids of signing keys.
///
/// # Errors
/// The configuration cannot be used.
pub fn print(args: &KeysArgs) -> anyhow::Result<ExitCode> {
    let (_, config) = place::config(&args.targets)?;
    if let Some(name) = args.target.as_deref().filter(|name| config.target(name).is_none()) {
        bail!("there is no target `{}` in the configuration", escaped(name));
    }
    let lookup = |name: &str| std::env::var_os(name);
    let (mut known, mut wrong) = (Vec::new(), Vec::new());
    for target in config.targets.iter().filter(|target| args.target.as_deref().is_none_or(|only| only == target.name)) {
        match deliver::public_keys(target, &lookup) {
            Ok(keys) => known.push((target, keys)),
            Err(why) => wrong.push(format!("target `{}`: {why}", target.name)),
        }
    }
    output::print(&match args.format {
        ListFormat::Json => format!("{:#}\n", document(&known)),
        ListFormat::Human => known.iter().map(|(target, keys)| text(target, keys)).collect(),
    })?;
    for why in &wrong {
        anstream::eprintln!("keysieve: {}", escaped(why));
    }
    Ok(ExitCode::from(if wrong.is_empty() { exit::CLEAN } else { exit::CANNOT_RUN }))
}

/// Keys that requests name are listed as GitHub's endpoint lists its own, with the target; the others have no names.
fn document(known: &[(&Target, Keys)]) -> Value {
    let (mut named, mut other) = (Vec::new(), Vec::new());
    for (target, keys) in known {
        for (_, key) in keys {
            match &key.id {
                Some(id) => named.push(json!({
                    "key_identifier": id, "key": key.key, "is_current": key.signs, "target": target.name, "algorithm": key.algorithm,
                })),
                None => other.push(json!({"target": target.name, "algorithm": key.algorithm, "key": key.key})),
            }
        }
    }
    json!({"public_keys": named, "webhook_keys": other})
}

fn text(target: &Target, keys: &Keys) -> String {
    let mut text = format!("{} ({})\n", target.name, target.format.as_str());
    if keys.is_empty() {
        text.push_str("  has no signing keys\n");
    }
    for (place, key) in keys {
        let signs = if key.signs { "" } else { ", does not sign: the first one does" };
        text.push_str(&format!("  {}: {}{signs}\n", escaped(place), key.algorithm));
        match (&key.id, &key.key) {
            (Some(id), Some(public)) => text.push_str(&format!("  identifier {id}\n{public}")),
            (None, Some(public)) => text.push_str(&format!("  {public}\n")),
            _ => text.push_str("  the receiver has the same key, and there is no public half\n"),
        }
    }
    text
}

/// Whom a target is, what it is sent, and by what its receiver knows who sends.
pub fn sent(target: &Target, lookup: Lookup<'_>) -> String {
    let to = match &target.url {
        Reference::Here(url) => check_url(url).map(|url| url.host).unwrap_or_default(),
        other => format!("the address in the {other}"),
    };
    let what = if target.takes_plain_secrets() { "the secret itself" } else { "the secret masked" };
    let mut by: Vec<String> = Vec::new();
    for (_, key) in deliver::public_keys(target, lookup).unwrap_or_default().iter().filter(|(_, key)| key.signs) {
        let id = key.id.as_deref().map(|id| format!(" as {}", &id[..id.len().min(12)])).unwrap_or_default();
        by.push(format!("signed with {}{id}", key.algorithm));
    }
    by.extend(target.headers.iter().filter(|(name, _)| name == "authorization").map(|_| "with the header Authorization".to_owned()));
    if by.is_empty() {
        by.push("signed by nothing".to_owned());
    }
    let approved = match target.require_approval {
        Approval::None => "",
        Approval::Person => ", after a person approved it",
        Approval::Owner => ", after an owner approved it",
    };
    format!("  {}: to {}, {what}, {}{approved}\n", target.name, escaped(&to), by.join(", "))
}
