//! What only some formats of targets need, and what only they take.

use std::collections::BTreeMap;

use super::walk::Walk;
use super::{Reference, Target};
use crate::config::shown;
use crate::config::yaml::{Content, Node, Place};
use crate::rotate::format::{Format, Types, revoke};
use crate::rules::RuleSet;
use crate::suggest;

/// Most words of `types`.
const MOST_TYPES: usize = 5_000;
/// Longest word of a receiver, in characters.
const LONGEST_TYPE: usize = 200;

/// Reads `types:`, a map from ids of rules to the words of a receiver.
pub fn types(walk: &mut Walk, node: &Node) -> Types {
    let Content::Map(entries) = &node.content else {
        let message = "`types` is a map from ids of rules to the words of the receiver";
        walk.complain(node.place, message, "such as `{github.personal-access-token: github_pat}`");
        return Types::default();
    };
    if entries.len() > MOST_TYPES {
        walk.complain(node.place, format!("more than {MOST_TYPES} types"), "");
        return Types::default();
    }
    let rules = RuleSet::builtin();
    let mut words = BTreeMap::new();
    for (key, value) in entries {
        let word = walk.parsed(key, value, "write the receiver's word, at most 200 characters", |text| {
            let is_fine = text.chars().count() <= LONGEST_TYPE && !text.chars().any(char::is_control);
            is_fine.then(|| text.to_owned())
        });
        if let Some(hint) = misspelled(&rules, &key.name) {
            walk.complain(key.place, format!("`types`: there is no rule `{}`", shown(&key.name)), hint);
        }
        words.extend(word.map(|word| (key.name.clone(), word)));
    }
    Types::new(words)
}

/// What to do about an id that no rule has. Rules of one's own are not known here: an id whose provider is neither a known one nor
/// nearly one may be theirs.
fn misspelled(rules: &RuleSet, id: &str) -> Option<String> {
    if rules.find(id).is_some() {
        return None;
    }
    let Some((provider, _)) = id.split_once('.').filter(|(provider, kind)| !provider.is_empty() && !kind.is_empty()) else {
        return Some("write ids as `keysieve rules list` shows them, such as `github.personal-access-token`".to_owned());
    };
    let ids = || rules.iter().map(|(_, entry)| &*entry.rule.id);
    let meant = suggest::nearest(&provider.to_lowercase(), ids().filter_map(|id| id.split_once('.')).map(|(provider, _)| provider))?;
    let near = suggest::nearest(&id.to_lowercase(), ids().filter(|id| id.split_once('.').is_some_and(|(provider, _)| provider == meant)));
    match near {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if provider == meant => Some(format!("`keysieve rules list --provider {provider}` lists those of {provider}")),
        None => None,
    }
}

/// Complains about what `target` lacks for its format, or has in vain.
pub fn check(walk: &mut Walk, place: Place, target: &Target) {
    let (name, format) = (&target.name, target.format);
    let word = format.as_str();
    if format.is_signed() && target.signing_keys.is_empty() {
        let hint = if format.is_signed_as_partner() {
            "write `signing_keys: [{file: keys/partner.pem}]`; `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out \
             keys/partner.pem` makes such a key"
        } else {
            "write `signing_keys: [{env: HOOK_KEY}]`"
        };
        walk.complain(place, format!("the target `{name}` has no `signing_keys`: its receiver could not tell who sends"), hint);
    }
    if format.sends_secret() && !target.takes_plain_secrets() {
        let message = format!("the format `{word}` sends the secret itself, and the target `{name}` does not say that it may have it");
        walk.complain(place, message, "write `include_secret: plain` if its receiver is to see the secrets");
    }
    if !format.sends_secret() && !target.types.is_empty() {
        let message = format!("the format `{word}` does not take `types`");
        walk.complain(place, message, "leave it out; only formats that send tokens have words for their types");
    }
    if format == Format::GitlabRevokeTokens {
        revocation(walk, place, target);
    }
}

fn revocation(walk: &mut Walk, place: Place, target: &Target) {
    if !target.headers.iter().any(|(name, _)| name == "authorization") {
        let message = format!("the target `{}` has no header `Authorization`, by which the receiver knows who calls", target.name);
        walk.complain(place, message, "write `headers: {Authorization: {env: REVOCATION_TOKEN, prefix: \"Bearer \"}}`");
    }
    if let Reference::Here(url) = &target.url
        && let Err(why) = revoke::addresses(url)
    {
        walk.complain(place, format!("`url` of the target `{}` {why}", target.name), "write what comes before `/v1/revoke_tokens`");
    }
}
