//! `keysieve completions SHELL`.

use std::process::Command;

use crate::support::{Folder, Said};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

#[test]
fn every_shell_gets_every_command_and_flag() {
    let folder = Folder::new();
    for shell in SHELLS {
        let said = folder.keysieve(["completions", shell]).ends_with(0);
        assert_eq!(said.stderr, "");
        for word in ["scan", "rules", "explain", "completions", "staged", "max-file-size", "show-secrets", "allow-incomplete"] {
            assert!(said.stdout.contains(word), "{shell} does not know `{word}`");
        }
    }
}

#[test]
fn a_shell_that_is_not_known_is_told_the_others() {
    let said = Folder::new().keysieve(["completions", "cmd"]).ends_with(2);
    assert!(SHELLS.iter().all(|shell| said.stderr.contains(shell)), "{said:?}");
}

#[cfg(unix)]
#[test]
fn bash_can_read_its_script() {
    let folder = Folder::new();
    folder.write("completions.bash", folder.keysieve(["completions", "bash"]).stdout);
    let mut bash = Command::new("bash");
    let Ok(output) = bash.current_dir(&folder.path).args(["-n", "completions.bash"]).output() else {
        return; // Not every Unix has it.
    };
    assert_eq!(Said::from(output).ends_with(0).stderr, "");
}
