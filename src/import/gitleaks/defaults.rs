//! Ids of rules that come with the other tool, as far as people name them in their configurations, and the built-in rule that is about the same
//! kind of credential. Only ids are known here, from documentation and public configurations; what those rules look for is not.

use crate::rules::RuleSet;
use crate::suggest;

/// Their id and ours.
const SAME: [(&str, &str); 24] = [
    ("anthropic-admin-api-key", "anthropic.admin-api-key"),
    ("anthropic-api-key", "anthropic.api-key"),
    ("aws-access-token", "aws.access-key-id"),
    ("digitalocean-pat", "digitalocean.personal-access-token"),
    ("discord-api-token", "discord.bot-token"),
    ("gcp-api-key", "google.api-key"),
    ("github-app-token", "github.app-installation-token"),
    ("github-fine-grained-pat", "github.fine-grained-token"),
    ("github-oauth", "github.oauth-access-token"),
    ("github-pat", "github.personal-access-token"),
    ("github-refresh-token", "github.app-refresh-token"),
    ("gitlab-pat", "gitlab.personal-access-token"),
    ("gitlab-ptt", "gitlab.pipeline-trigger-token"),
    ("gitlab-rrt", "gitlab.runner-registration-token"),
    ("huggingface-access-token", "huggingface.access-token"),
    ("jwt", "jwt.token"),
    ("npm-access-token", "npm.access-token"),
    ("pypi-upload-token", "pypi.api-token"),
    ("sendgrid-api-token", "sendgrid.api-key"),
    ("slack-app-token", "slack.app-level-token"),
    ("slack-bot-token", "slack.bot-token"),
    ("slack-user-token", "slack.user-token"),
    ("slack-webhook-url", "slack.webhook"),
    ("telegram-bot-api-token", "telegram.bot-token"),
];

/// The built-in rule that is certainly about the same.
pub fn same(id: &str) -> Option<&'static str> {
    SAME.iter().find(|(theirs, _)| *theirs == id).map(|(_, ours)| *ours)
}

/// What to say of one that is not: the built-in rules that come near, if there are any.
pub fn near(id: &str, rules: &RuleSet) -> String {
    const MOST: usize = 4;
    let ids = || rules.iter().map(|(_, entry)| &*entry.rule.id);
    let slug = id.split('-').next().unwrap_or(id);
    let of_provider: Vec<&str> = ids().filter(|ours| ours.split('.').next() == Some(slug)).take(MOST + 1).collect();
    let hint = match (of_provider.as_slice(), suggest::nearest(&id.replacen('-', ".", 1), ids())) {
        ([], None) => "`keysieve rules list WORD` finds rules by words".to_owned(),
        ([], Some(near)) => format!("the nearest is `{near}`"),
        (some, _) if some.len() > MOST => format!("`keysieve rules list --provider {slug}` shows those that come near"),
        (some, _) => format!("near it {} `{}`", if some.len() == 1 { "is" } else { "are" }, some.join("`, `")),
    };
    format!("no built-in rule is certainly about the same; {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_side_of_the_table_is_there() {
        let rules = RuleSet::builtin();
        for (theirs, ours) in SAME {
            assert!(rules.find(ours).is_some(), "{theirs}: there is no rule `{ours}`");
        }
        assert!(SAME.is_sorted());
    }

    #[test]
    fn what_comes_near_is_named() {
        let rules = RuleSet::builtin();
        assert!(near("generic-api-key", &rules).contains("--provider generic"));
        assert!(near("dropbox-thing", &rules).contains("dropbox."));
    }
}
