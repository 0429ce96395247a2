//! Python with the package `standardwebhooks`, from the package index, in an environment of its own below the build folder.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// The version that the receivers are tested with.
const PACKAGE: &str = "standardwebhooks==1.1.0";

/// The interpreter; none where it cannot be made ready. With `KEYSIEVE_NEEDS_PYTHON` set, as in CI, that is a failure.
pub fn python() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| match install() {
        Ok(path) => Some(path),
        Err(why) => {
            assert!(std::env::var_os("KEYSIEVE_NEEDS_PYTHON").is_none(), "there is no Python with {PACKAGE}: {why}");
            // Past the test's capture: a test that did not look must not pass in silence.
            let _ = writeln!(std::io::stderr(), "\nSKIPPED: the receivers in Python are NOT tested: {why}\n");
            None
        }
    });
    found.as_deref()
}

fn install() -> Result<PathBuf, String> {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE.replace("==", "-"));
    let python = environment.join("bin/python");
    if is_ready(&python) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]))?;
    Ok(python)
}

fn is_ready(python: &Path) -> bool {
    python.is_file() && run(Command::new(python).args(["-c", "import standardwebhooks"])).is_ok()
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let words = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {}", words.lines().last().unwrap_or_default())) }
}

/// A program of `examples/receivers` that listens; ended with the test.
pub struct Listening {
    child: Child,
    pub address: SocketAddr,
}

impl Listening {
    /// Starts `script` on a free port with further arguments and environment variables.
    pub fn start(python: &Path, script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/receivers").join(script);
        let mut command = Command::new(python);
        command.arg("-B").arg(script).args(["--port", "0"]).args(arguments).envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("because Python is there");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("because it is piped")).read_line(&mut line).expect("because it says where it listens");
        let address = line.trim().rsplit("http://").next().and_then(|rest| rest.trim_end_matches('/').parse().ok());
        Self { child, address: address.unwrap_or_else(|| panic!("{line:?} names no address")) }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
