//! Who works with a repository, as git would write it into a commit.

use std::path::Path;

use crate::owners::Person;
use crate::source::file::{self, FileRead, Links};
use crate::source::repository::{GitEnvironment, Repository};

/// Larger configurations of git are not read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Whoever would be the author of a commit made in the folder `start` now, whether or not that lies in a repository; empty if git knows no
/// e-mail address of anybody.
pub fn users(start: &Path, env: &GitEnvironment) -> Vec<Person> {
    identities(Repository::open(start, env).ok().as_ref(), env)
}

/// Everybody whom the environment and configurations name; one person, it is to be hoped. Files that those include are not read.
pub(super) fn identities(repository: Option<&Repository>, env: &GitEnvironment) -> Vec<Person> {
    let own =
        |key: &str| repository.and_then(|repository| repository.config(key)).map(|value| String::from_utf8_lossy(&value).into_owned());
    let mut people = vec![env.author.clone(), person(&own, "author"), person(&own, "user")];
    for path in &env.config_files {
        let mut text = Vec::new();
        let Ok(FileRead::Whole(length)) = file::read(path, Links::Follow, LARGEST, &mut text) else { continue };
        let meta = gix::config::file::Metadata::from(gix::config::Source::User);
        let read = gix::config::File::from_bytes_no_includes(&text[..length], meta, gix::config::file::init::Options::default());
        let Ok(config) = read else { continue };
        let value = |key: &str| config.string(key).map(|value| String::from_utf8_lossy(value.as_ref()).into_owned());
        people.extend([person(&value, "author"), person(&value, "user")]);
    }
    people.retain(|person| *person != Person::default());
    if people.iter().all(|person| person.email.is_empty()) {
        people.clear();
    }
    people
}

fn person(value: &dyn Fn(&str) -> Option<String>, section: &str) -> Person {
    let value = |key: &str| value(&format!("{section}.{key}")).unwrap_or_default().trim().to_owned();
    Person { name: value("name"), email: value("email") }
}
