//! A repository with a token in blobs, a commit's message, a UTF-16 file, base64, a tag, a note, the stash, a pull ref, a name and a person; a
//! private key in several spellings; and an API key with the arrow of git-filter-repo's files in it.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Folder, Said, expand, git_in, keysieve_in, token};

/// The repository, and a place beside it.
pub struct Spill {
    pub folder: Folder,
    beside: Folder,
    /// The token.
    pub token: String,
    /// The key, with line feeds.
    pub key: String,
    /// An API key with `==>` in it.
    pub arrow: String,
}

impl Spill {
    pub fn new() -> Self {
        let folder = Folder::repository();
        let (token, key) = (token("spill"), expand("{{pem:RSA PRIVATE KEY}}", "spill").trim_end().to_owned());
        let arrow = expand("AQEyhmf{{base62:80}}-{{base62:42}}==-{{base62:8}}==>{{base62:8}}", "arrow");
        let spill = Self { folder, beside: Folder::new(), token, key, arrow };
        spill.fill();
        spill
    }

    fn fill(&self) {
        let Self { folder, token, key, .. } = self;
        let wide: Vec<u8> = format!("\u{feff}token: {token}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let basic = data_encoding::BASE64.encode(format!("someone:{token}").as_bytes());
        folder.write("README", "first\n").commit_all();
        folder.write("a.env", format!("TOKEN={token}\n")).write("sub/b.env", format!("# again\nexport TOKEN='{token}'\n"));
        folder.write("wide.txt", wide).write("basic.txt", format!("header {basic}\n"));
        folder.write("key.pem", format!("{key}\n")).write("crlf.pem", format!("{}\r\n", key.replace('\n', "\r\n")));
        folder.write("pasted.txt", key.lines().skip(3).take(4).map(|line| format!("> {line}\n")).collect::<String>());
        folder.write("pay.yml", format!("adyen_api_key: {}\n", self.arrow));
        folder.git(["add", "--all"]);
        folder.git(["commit", "--quiet", "--message", &format!("Use the token\n\nTOKEN={token}")]);
        folder.git(["update-ref", "refs/pull/1/head", "HEAD"]);
        folder.git(["tag", "--annotate", "v1", "--message", &format!("TOKEN={token}")]);
        folder.git(["notes", "add", "--message", &format!("TOKEN={token}")]);
        folder.write("a.env", format!("TOKEN={token}\nMORE={token}\n"));
        folder.git(["stash", "--quiet"]);
        folder.write(format!("log-{token}.txt"), "named\n").commit_all();
        let mut by_name = git_in(&folder.path);
        by_name.args(["commit", "--quiet", "--allow-empty", "--message=person"]).env("GIT_AUTHOR_NAME", format!("A {token}"));
        Said::of(&mut by_name).ends_with(0);
        // Kept by a reflog alone, and then by nothing.
        folder.write("lost.env", format!("LOST={token}\n")).commit_all();
        folder.git(["reset", "--quiet", "--hard", "HEAD~1"]);
        folder.git(["rm", "--quiet", "a.env", &format!("log-{token}.txt")]);
        folder.write("README", "last\n").commit_all();
    }

    /// A folder that is not there yet, outside of the repository.
    pub fn out(&self) -> PathBuf {
        self.beside.path.join("purge")
    }

    /// Runs `purge-plan` for the repository.
    pub fn plan(&self, arguments: &[&str]) -> Said {
        Said::of(self.command().args(arguments))
    }

    /// The program with the folder of the plan.
    pub fn command(&self) -> Command {
        let mut command = keysieve_in(&self.folder.path);
        command.args(["purge-plan", "--out"]).arg(self.out());
        command
    }

    /// The plan as data.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.written("plan.json")).expect("because the plan is JSON")
    }

    /// A file of the plan.
    pub fn written(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.out().join(name)).expect("because it was written")
    }

    /// The text of every object that git has, reached or not.
    pub fn objects(&self) -> Vec<u8> {
        git_in(&self.folder.path).args(["cat-file", "--batch", "--batch-all-objects"]).output().expect("because git is there").stdout
    }

    /// Every way in which a secret of this repository is written, by a name.
    pub fn spellings(&self) -> Vec<(&'static str, Vec<u8>)> {
        let wide: Vec<u8> = self.token.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let inner = data_encoding::BASE64.encode(format!("someone:{}", self.token).as_bytes());
        let key_line = self.key.lines().nth(3).expect("because a key has more lines");
        vec![
            ("the token", self.token.clone().into_bytes()),
            ("the token in UTF-16", wide),
            ("the token in base64", inner.as_bytes()[12..inner.len() - 4].to_vec()),
            ("the key", self.key.clone().into_bytes()),
            ("a line of the key", key_line.as_bytes().to_vec()),
            ("the API key", self.arrow.clone().into_bytes()),
        ]
    }
}

/// Whether `part` stands in `whole`.
pub fn holds(whole: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(whole, part).is_some()
}
