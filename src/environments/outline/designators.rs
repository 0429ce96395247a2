//! Keys whose value says what environment the things around them are for: `environment: prod`, `on-profile: staging`.

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its value names the environment of what it stands in.
    Environment,
    /// Its value names a mode of a program, which says little: staging often runs in the mode of production.
    Mode,
    /// Neither.
    None,
}

/// Keys that name an environment, in lower case, letters only.
const ENVIRONMENTS: [&str; 16] = [
    "environment",
    "env",
    "stage",
    "profile",
    "profiles",
    "onprofile",
    "workspace",
    "namespace",
    "environmentname",
    "envname",
    "environmenttype",
    "deployenv",
    "deployenvironment",
    "deploymentenvironment",
    "targetenv",
    "targetenvironment",
];
/// Variables that name a mode.
const MODES: [&str; 13] = [
    "nodeenv",
    "railsenv",
    "rackenv",
    "appenv",
    "djangoenv",
    "flaskenv",
    "symfonyenv",
    "mixenv",
    "aspnetcoreenvironment",
    "dotnetenvironment",
    "springprofilesactive",
    "appenvironment",
    "djangosettingsmodule",
];
/// Keys under which such a key speaks for what is around them.
const WRAPPERS: [&str; 16] = [
    "labels",
    "matchlabels",
    "annotations",
    "metadata",
    "selector",
    "tags",
    "commontags",
    "defaulttags",
    "spring",
    "config",
    "activate",
    "environment",
    "workspaces",
    "profiles",
    "global",
    "provider",
];
/// Keys whose `name` is that of an environment.
const NAMED: [&str; 2] = ["environment", "workspaces"];
/// Longest key that can be one, in bytes.
const LONGEST: usize = 100;

/// What `key` is in what is called `parent`.
pub fn role(key: &[u8], parent: &[u8]) -> Role {
    if key.len() > LONGEST {
        return Role::None;
    }
    let whole = letters(key);
    if MODES.contains(&whole.as_str()) {
        return Role::Mode;
    }
    // `app.kubernetes.io/environment`, `spring.config.activate.on-profile`.
    let last = letters(key.rsplit(|byte| matches!(byte, b'/' | b'.')).next().unwrap_or_default());
    if ENVIRONMENTS.contains(&last.as_str()) || (last == "name" && NAMED.contains(&letters(parent).as_str())) {
        return Role::Environment;
    }
    Role::None
}

/// Whether what is called `name` only holds what is said of what is around it.
pub fn is_wrapper(name: &[u8]) -> bool {
    name.len() <= LONGEST && WRAPPERS.contains(&letters(name).as_str())
}

fn letters(text: &[u8]) -> String {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}
