//! A plan as a page for people, in Markdown.

use std::fmt::Write as _;

use super::measure::Counts;
use super::plan::{PlannedSecret, PurgePlan};
use super::steps::{REPLACE_TEXT_FILE, Step};
use crate::finding::RefName;

/// The page. It holds no secret.
pub fn markdown(plan: &PurgePlan) -> String {
    let mut page = format!(
        "# Purge plan\n\nRepository: `{}` · {} to remove · {} objects read · made by keysieve {}. Nothing of this was done: every command is for you to run, \
         in this order.\n\n",
        plan.repository,
        if plan.secrets.len() == 1 { "1 secret".to_owned() } else { format!("{} secrets", plan.secrets.len()) },
        plan.objects,
        plan.keysieve
    );
    warnings(&mut page, plan);
    rotation(&mut page, &plan.secrets);
    places(&mut page, plan);
    rewriting(&mut page, plan);
    page.push_str(HOST);
    everybody(&mut page, plan);
    page
}

/// Infallible: a `String` takes every write.
macro_rules! say {
    ($page:expr, $($words:tt)*) => {{ let _ = writeln!($page, $($words)*); }};
}

fn warnings(page: &mut String, plan: &PurgePlan) {
    if !plan.incomplete.is_empty() {
        say!(page, "**This plan is incomplete.** What could not be read may hold the secrets as well:\n");
        plan.incomplete.iter().for_each(|gap| say!(page, "- {}", crate::report::escaped(&gap.sentence())));
        say!(page, "");
    }
    if !plan.not_found.is_empty() {
        say!(page, "Asked for, and nothing in the repository has this fingerprint any more:\n");
        plan.not_found.iter().for_each(|fingerprint| say!(page, "- `{fingerprint}`"));
        say!(page, "");
    }
}

fn rotation(page: &mut String, secrets: &[PlannedSecret]) {
    say!(page, "## 1. Rotate first, purge second\n\n{ROTATE}\n");
    for (number, secret) in (1..).zip(secrets) {
        say!(page, "### Secret {number}: {}\n\n`{}` · `{}` · `{}`\n", secret.name, secret.masked, secret.rule, secret.fingerprint);
        secret.rotation.iter().for_each(|step| say!(page, "- [ ] {step}"));
        if let Some(url) = &secret.rotation_url {
            say!(page, "- {url}");
        }
        say!(page, "");
    }
}

const ROTATE: &str = "A secret that was pushed is known. Nobody can tell who has a copy, and a purge takes none back. Only a rotated secret is harmless; \
then a purge tidies up.";

fn places(page: &mut String, plan: &PurgePlan) {
    say!(page, "## 2. Where they stand\n");
    for (number, secret) in (1..).zip(&plan.secrets) {
        say!(page, "### Secret {number}\n");
        if !secret.forms.is_empty() {
            say!(page, "| form | text blobs | binary blobs | messages | people | file names (trees) |\n|---|---|---|---|---|---|");
        }
        for (how, Counts { text_blobs, binary_blobs, messages, people, names }) in &secret.forms {
            say!(page, "| {how} | {text_blobs} | {binary_blobs} | {messages} | {people} | {names} |");
        }
        if let Some(risk) = secret.risk {
            say!(page, "\n**{}** {}", risk.sentence(), if secret.left_out { BY_HAND } else { "" });
        }
        say!(page, "\nHeld by: {}. In the history of: {}.\n", list(&secret.held_by), list(&secret.reachable_from));
    }
    say!(page, "All refs through which any of them can be reached, in any form: {}.\n", list(&plan.refs));
    if !plan.out_of_reach.is_empty() {
        say!(page, "**A push leaves these at the host:** {}.\n", list(&plan.out_of_reach));
    }
}

const BY_HAND: &str = "`replace-text.txt` has no line for it. Write one yourself that takes its surroundings in, such as \
`literal:password: THE-SECRET==>password: REMOVED`, after you have looked at each place (`keysieve scan --history`).";

/// At most so many refs are named in one sentence; `plan.json` has all of them.
const NAMED: usize = 50;

fn list(names: &[RefName]) -> String {
    if names.is_empty() {
        return "no ref".to_owned();
    }
    let mut words: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{}`", name.name)).collect();
    if names.len() > NAMED {
        words.push(format!("and {} more, see `plan.json`", names.len() - NAMED));
    }
    words.join(", ")
}

fn commands(page: &mut String, commands: &[Step]) {
    say!(page, "```sh");
    for command in commands {
        say!(page, "# {}\n{}", command.why, command.line);
    }
    say!(page, "```\n");
}

fn rewriting(page: &mut String, plan: &PurgePlan) {
    say!(page, "## 3. Rewrite the history\n\n{TOOL}\n");
    plan.notes.iter().for_each(|note| say!(page, "- {note}"));
    say!(page, "- [ ] Ask everybody to push what they have, and to stop until this is done.");
    say!(page, "- [ ] Commit, stash elsewhere or throw away what is not committed here.");
    say!(page, "- [ ] Keep a backup where nobody else can read it, and delete it at the end: it holds the secrets.\n");
    commands(page, &plan.rewrite);
    say!(page, "git-filter-repo cleans up after itself. Where it could not (`--no-gc`), and in every other clone that is kept:\n");
    commands(page, &plan.clean);
    say!(page, "## 4. Verify before you push\n");
    commands(page, std::slice::from_ref(&plan.verify));
    say!(
        page,
        "It exits with 0 only if every object could be read and none holds a line of `{REPLACE_TEXT_FILE}`, whether a ref reaches it or not.\n"
    );
    say!(page, "## 5. Push\n");
    if plan.push.is_empty() {
        say!(page, "There is nothing to push.\n");
    } else {
        commands(page, &plan.push);
    }
}

const TOOL: &str = "With [git-filter-repo](https://github.com/newren/git-filter-repo) 2.47 or newer (`pip install git-filter-repo`). Before 2.47 leave \
`--sensitive-data-removal --no-fetch` out. Note the \"First Changed Commit(s)\" that it prints: the host asks for them.";

const HOST: &str = "\
## 6. At the host

- [ ] GitHub: open a ticket with support (portal, \"remove sensitive data\"). Name the repository, the first changed commits, and the number of pull
      requests. Only they can remove `refs/pull/*` and cached views. Until then every old commit can be read under its id.
- [ ] GitLab: *Settings, Repository, Repository maintenance*: remove blobs takes the ids in `plan.json` (`blobs`). Then run housekeeping with *prune
      unreachable objects*. Merge requests keep their diffs.
- [ ] Elsewhere: ask for `git gc --prune=now` on the server, and for its own hidden refs.
- [ ] Protected branches and tags refuse a forced push: lift the protection for as long as it takes.
- [ ] Forks are repositories of their own, and share objects with this one at the host: each owner has to purge, or delete the fork.
- [ ] LFS objects, release archives, packages, container images, CI caches and artifacts, pages, wikis, issues, search indexes, mirrors, backups.

## 7. Everybody else

- [ ] Every clone still holds the secrets: delete it and clone afresh. Who keeps one rebases, never merges: a merge brings the old history back.
- [ ] Stash and reflogs of each clone: `git stash clear`, then the cleaning commands of step 3.
- [ ] Notes, worktrees and submodules of each clone.
- [ ] Keep it from coming back: `keysieve scan --staged` as a pre-commit hook, `keysieve scan --range` in CI.
";

fn everybody(page: &mut String, plan: &PurgePlan) {
    say!(page, "- [ ] Delete `{REPLACE_TEXT_FILE}` and every backup: they hold the secrets.");
    say!(page, "- [ ] Verify a fresh `git clone --mirror` once more: `{}`, with its folder in place of this one.", plan.verify.line);
}
