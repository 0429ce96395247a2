//! Folders and real git repositories made for one test, and the real program run on them.
//!
//! Nothing of the user's comes in: git and the program get an environment of fixed names, dates and an empty configuration.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// No further arguments.
pub const NOTHING: [&str; 0] = [];

/// A GitHub token with a valid checksum, another one for each `seed`, made now: none stands in this repository.
pub fn token(seed: &str) -> String {
    expand("{{github:ghp_}}", seed)
}

/// A line that assigns such a token.
pub fn assigned(seed: &str) -> String {
    format!("T={}\n", token(seed))
}

/// What [`Said::finds`] expects for such a token in a file.
pub fn at(path: &str) -> String {
    format!("{path}: github.personal-access-token")
}

/// `template` with its placeholders replaced, as in the examples of rules.
pub fn expand(template: &str, seed: &str) -> String {
    keysieve::rules::example::expand(template, seed).expect("because the template is well-formed")
}

/// `secret` in every encoding: what reports call that, and lines that hold it.
pub fn encoded(secret: &str) -> Vec<(Vec<&'static str>, String)> {
    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
    let marked = |text: &str, write: fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let lines = |text: &str, seam: &str| {
        text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join(seam)
    };
    let env = format!("# settings of the service\nSERVICE_TOKEN={secret}\nSERVICE_URL=https://service.example/\n");
    let wide: Vec<u8> = format!("$token = '{secret}'\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let json = format!("{{\"token\":\"{secret}\"}}");
    let base64 = BASE64.encode(env.as_bytes());
    let (head, tail) = secret.split_at(secret.len() / 2);
    let percent: fn(u8) -> String = |byte| format!("%{byte:02X}");
    vec![
        (vec!["base64"], format!("apiVersion: v1\nkind: Secret\ndata:\n  config: {base64}\n")),
        (vec!["base64"], format!("data:\n  config: |\n    {}\nkind: Secret\n", lines(&base64, "\n    "))),
        (vec!["base64"], format!("x = {{\"config\": \"{}\"}}\n", lines(&base64, "\\n"))),
        (vec!["base64"], format!("config = \"{}\";\n", lines(&base64, "\" +\n         \""))),
        (vec!["base64"], format!("state={}&x=1\n", BASE64URL_NOPAD.encode(json.as_bytes()))),
        (vec!["base64", "utf-16le"], format!("powershell -EncodedCommand {}\n", BASE64.encode(&wide))),
        (vec!["hex"], format!("0x{}\n", HEXLOWER.encode(json.as_bytes()))),
        (vec!["percent"], format!("https://example.com/?q={}\n", marked(&json, percent))),
        (vec!["escapes"], format!("x = \"{}\"\n", marked(secret, |byte| format!("\\x{byte:02x}")))),
        (vec!["escapes"], format!("{{\"x\": \"{}\"}}\n", marked(&json, |byte| format!("\\u{byte:04x}")))),
        (vec!["entities"], format!("<x>{}</x>\n", marked(secret, |byte| format!("&#{byte};")))),
        (vec!["entities"], format!("<x>{}</x>\n", marked(&json, |byte| format!("&#x{byte:X};")))),
        (vec!["literals"], format!("x = \"{head}\" + \"{tail}\";\n")),
        (vec!["literals"], format!("x = '{head}' .\n    '{tail}';\n")),
        (vec!["literals"], format!("x = \"{head}\"\n    \"{tail}\";\n")),
        (vec!["literals"], format!("x = \"{head}\\\n{tail}\";\n")),
        (vec!["percent", "base64"], format!("a?b={}\n", marked(&base64, percent))),
        (vec!["base64", "base64"], format!("x: {}\n", BASE64.encode(format!("auth: {base64}\n").as_bytes()))),
        (vec!["base64", "escapes"], format!("x: {}\n", BASE64.encode(marked(&json, |byte| format!("\\u{byte:04x}")).as_bytes()))),
        (vec!["escapes", "percent", "hex"], {
            let hex = marked(&HEXLOWER.encode(json.as_bytes()), percent);
            format!("x = \"{}\"\n", marked(&hex, |byte| format!("\\u{byte:04x}")))
        }),
    ]
}

/// A folder with every positive example of every built-in rule, one file each, named as the rule wants it.
pub fn with_all_examples() -> Folder {
    let folder = Folder::new();
    for (_, entry) in keysieve::rules::RuleSet::builtin().iter() {
        let rule = &entry.rule;
        let name = rule.examples.path.as_deref().unwrap_or("example");
        for (number, template) in (1..).zip(rule.examples.positive.iter()) {
            let content = expand(template, &format!("{} positive {number}", rule.id));
            folder.write(format!("{}/{number}/{name}", rule.id), content + "\n");
        }
        for (number, file) in (1..).zip(rule.examples.positive_files.iter()) {
            let content = expand(&file.content, &format!("{} positive {number}", rule.id));
            folder.write(format!("{}/{number}/{}", rule.id, file.path), content);
        }
    }
    folder
}

/// A folder that is removed at the end of the test.
pub struct Folder {
    folder: tempfile::TempDir,
    /// Its real path.
    pub path: PathBuf,
}

impl Folder {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let path = folder.path().canonicalize().expect("because the folder was just made");
        Self { folder, path }
    }

    /// A new repository without a commit.
    pub fn repository() -> Self {
        let folder = Self::new();
        folder.git(["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    /// A repository with one commit that holds `README`.
    pub fn committed() -> Self {
        let folder = Self::repository();
        folder.write("README", "first\n").commit_all();
        folder
    }

    /// Writes a file, with the folders it needs.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("because it is in the folder")).expect("because the folder can be written");
        std::fs::write(path, content).expect("because the folder can be written");
        self
    }

    /// Removes a file.
    pub fn remove(&self, path: impl AsRef<Path>) -> &Self {
        std::fs::remove_file(self.path.join(path)).expect("because it was written");
        self
    }

    /// The content of a file.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.path.join(path)).expect("because it was written as text")
    }

    /// Runs git in the folder and returns what it says.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let said = self.try_git(arguments);
        assert_eq!(said.code, 0, "git failed: {said:?}");
        said.stdout.trim_end().to_owned()
    }

    /// Runs git in the folder, whatever comes of it.
    pub fn try_git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        Said::of(git_in(&self.path).args(arguments))
    }

    /// Stages everything, ignored files too, and commits it. Runs no hooks.
    pub fn commit_all(&self) -> &Self {
        self.git(["add", "--all", "--force"]);
        self.git(["commit", "--quiet", "--no-verify", "--allow-empty", "--message=all"]);
        self
    }

    /// Runs the program in the folder.
    pub fn keysieve<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        Said::of(keysieve_in(&self.path).args(arguments))
    }

    /// `keysieve scan --format json` with further arguments.
    pub fn scan<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        Said::of(keysieve_in(&self.path).args(["scan", "--format", "json"]).args(arguments))
    }

    /// `keysieve scan --stdin --format json` with further arguments and `input`.
    pub fn scan_stdin<S: AsRef<OsStr>>(&self, input: &[u8], arguments: impl IntoIterator<Item = S>) -> Said {
        let mut command = keysieve_in(&self.path);
        command.args(["scan", "--stdin", "--format", "json"]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("because the program was just built");
        // A program that does not read all of its input closes the pipe.
        let _ = child.stdin.take().expect("because it is piped").write_all(input);
        Said::from(child.wait_with_output().expect("because the program ends"))
    }
}

/// The program, to be run in `folder`. It gets no `PATH`: it has nothing to start.
pub fn keysieve_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keysieve"));
    command.current_dir(folder).env_clear().envs(kept(&["SystemRoot"])).envs(fixed()).stdin(Stdio::null());
    command
}

/// git, to be run in `folder`.
pub fn git_in(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env_clear()
        .envs(kept(&["PATH", "SystemRoot", "TMPDIR", "TEMP"]))
        .envs(fixed())
        .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org"), ("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")])
        .envs([("GIT_COMMITTER_NAME", "C"), ("GIT_COMMITTER_EMAIL", "c@example.org"), ("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z")])
        .args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"])
        .stdin(Stdio::null());
    command
}

fn kept(names: &[&'static str]) -> Vec<(&'static str, std::ffi::OsString)> {
    names.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))).collect()
}

/// No test may find a repository or a configuration that is not its own.
fn fixed() -> [(&'static str, std::ffi::OsString); 6] {
    let above = std::env::temp_dir();
    let above = above.canonicalize().unwrap_or(above);
    [
        ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("GIT_CEILING_DIRECTORIES", above.into()),
        ("HOME", "/nonexistent".into()),
        // Nothing can be made below it; a test that wants a cache names a folder of its own.
        ("XDG_CACHE_HOME", "/dev/null/cache".into()),
        ("LC_ALL", "C".into()),
    ]
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    /// Runs `command` to its end.
    pub fn of(command: &mut Command) -> Self {
        Self::from(command.output().expect("because the program is there"))
    }

    /// Runs `command` to its end, and fails when it takes longer than `limit`.
    #[track_caller]
    pub fn within(limit: Duration, command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("because the program is there");
        let stdout = drained(child.stdout.take());
        let stderr = drained(child.stderr.take());
        let started = Instant::now();
        let code = loop {
            if let Some(status) = child.try_wait().expect("because it is our child") {
                break status.code().unwrap_or(-1);
            }
            if started.elapsed() > limit {
                child.kill().expect("because it is our child");
                panic!("still running after {limit:?}: {command:?}");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let text = |reader: JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&reader.join().expect("because reading from a pipe does not panic")).into_owned()
        };
        Self { code, stdout: text(stdout), stderr: text(stderr) }
    }

    /// Fails with everything that was said unless the exit code is `code`.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "another exit code than expected: {self:#?}");
        self
    }

    /// The JSON report on standard output.
    #[track_caller]
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON report ({error}): {self:#?}"))
    }

    /// `path: rule` of every place of every finding of the JSON report, sorted.
    #[track_caller]
    pub fn places(&self) -> Vec<String> {
        let report = self.report();
        let mut places = Vec::new();
        for finding in list(&report["findings"]) {
            let rule = text(&finding["rule"]["id"]);
            places.extend(list(&finding["locations"]).iter().map(|place| format!("{}: {rule}", text(&place["path"]))));
        }
        places.sort();
        places
    }

    /// What the JSON report names as not scanned.
    #[track_caller]
    pub fn gaps(&self) -> Vec<String> {
        list(&self.report()["coverage"]["incomplete"]).iter().map(|gap| text(&gap["what"]).to_owned()).collect()
    }

    /// Fails unless the JSON report has exactly these places (`path: rule`), and the exit code is that of findings, or of none.
    #[track_caller]
    pub fn finds(self, expected: &[&str]) -> Self {
        assert_eq!(self.places(), expected, "{self:#?}");
        self.ends_with(i32::from(!expected.is_empty()))
    }
}

fn drained(mut pipe: Option<impl std::io::Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = &mut pipe {
            // What was read until a pipe broke is what was said.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// The elements of a JSON list; none of anything else.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A JSON string; empty for anything else.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
