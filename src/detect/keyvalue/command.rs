//! Passwords in the arguments of commands that take them there: `curl -u ann:x`, `sshpass -p x`, `mysql -px`.
//!
//! A flag says nothing by itself (`-p` is a port as often as a password), so each program is known with its flags, as its manual lists them.

use crate::detect::{entropy, placeholder, words};
use crate::finding::Confidence;
use crate::location::ByteSpan;

/// Most bytes behind the program's name that are read; arguments may go on on further lines behind a backslash.
const MAX_LINE: usize = 600;
/// Most arguments looked at.
const MAX_ARGUMENTS: usize = 48;
/// Shortest password in bytes.
const SHORTEST: usize = 4;

/// How a program takes a password.
struct Taker {
    /// The program as it is called, with its subcommand, in lower case.
    program: &'static str,
    flags: &'static [&'static str],
    takes: Takes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// `-p x`, and `-px` or `--flag=x`.
    Password,
    /// `-px` only: a blank would make it ask.
    Attached,
    /// `-u user:x`.
    UserAndPassword,
    /// `-U user%x`.
    UserPercentPassword,
}

const TAKERS: [Taker; 12] = [
    Taker { program: "curl ", flags: &["-u", "--user", "--proxy-user"], takes: Takes::UserAndPassword },
    Taker { program: "docker login ", flags: &["-p"], takes: Takes::Password },
    Taker { program: "mongodump ", flags: &["-p"], takes: Takes::Password },
    Taker { program: "mongorestore ", flags: &["-p"], takes: Takes::Password },
    Taker { program: "mysql ", flags: &["-p"], takes: Takes::Attached },
    Taker { program: "mysqladmin ", flags: &["-p"], takes: Takes::Attached },
    Taker { program: "mysqldump ", flags: &["-p"], takes: Takes::Attached },
    Taker { program: "plink ", flags: &["-pw"], takes: Takes::Password },
    Taker { program: "psexec", flags: &["-p"], takes: Takes::Password },
    Taker { program: "redis-cli ", flags: &["-a", "--pass"], takes: Takes::Password },
    Taker { program: "smbclient ", flags: &["-U", "--user"], takes: Takes::UserPercentPassword },
    Taker { program: "sshpass ", flags: &["-p"], takes: Takes::Password },
];

/// What the prefilter looks for.
pub fn literals() -> impl Iterator<Item = &'static str> {
    TAKERS.iter().map(|taker| taker.program)
}

/// The password among the arguments of the program whose name is at `program`, and how sure it is that it is one.
pub fn password_at(text: &[u8], program: ByteSpan) -> Option<(ByteSpan, Confidence)> {
    let name = program.of(text);
    let taker = TAKERS.iter().find(|taker| name.eq_ignore_ascii_case(taker.program.as_bytes()))?;
    if program.start > 0 && (text[program.start - 1].is_ascii_alphanumeric() || matches!(text[program.start - 1], b'_' | b'-')) {
        return None;
    }
    let line = ByteSpan::new(program.end, (program.end + MAX_LINE).min(text.len()));
    let mut arguments = Arguments { text, at: line.start, end: line.end };
    let mut user: Option<ByteSpan> = None;
    for _ in 0..MAX_ARGUMENTS {
        let argument = arguments.next()?;
        let bytes = argument.of(text);
        if bytes == b"-u" || bytes == b"--user" || bytes == b"--username" {
            user = arguments.clone().next();
        }
        let Some(given) = given(taker, argument, text, &mut arguments) else { continue };
        let (user, password) = match taker.takes {
            Takes::Password | Takes::Attached => (user, given),
            Takes::UserAndPassword => split(text, given, b':')?,
            Takes::UserPercentPassword => split(text, given, b'%')?,
        };
        return judge(password.of(text), user.map(|user| user.of(text))).map(|confidence| (password, confidence));
    }
    None
}

/// What the flag `argument` is given: behind it, or as the next argument.
fn given(taker: &Taker, argument: ByteSpan, text: &[u8], arguments: &mut Arguments<'_>) -> Option<ByteSpan> {
    let bytes = argument.of(text);
    if taker.takes != Takes::Attached && taker.flags.iter().any(|flag| bytes == flag.as_bytes()) {
        return arguments.next();
    }
    let flag = taker.flags.iter().find(|flag| bytes.len() > flag.len() && bytes.starts_with(flag.as_bytes()))?;
    let rest = ByteSpan::new(argument.start + flag.len(), argument.end);
    match (flag.starts_with("--"), rest.of(text)[0]) {
        (true, b'=') => Some(ByteSpan::new(rest.start + 1, rest.end)),
        (true, _) => None,
        // `-p"x"`: the quotes belong to the shell.
        (false, quote @ (b'"' | b'\'')) if rest.len() > 2 && rest.of(text).ends_with(&[quote]) => {
            Some(ByteSpan::new(rest.start + 1, rest.end - 1))
        }
        (false, _) => Some(rest),
    }
}

fn split(text: &[u8], both: ByteSpan, at: u8) -> Option<(Option<ByteSpan>, ByteSpan)> {
    let sign = memchr::memchr(at, both.of(text))?;
    Some((Some(ByteSpan::new(both.start, both.start + sign)), ByteSpan::new(both.start + sign + 1, both.end)))
}

/// `None`: a placeholder, a variable, a word of a manual, or the user's name again.
fn judge(password: &[u8], user: Option<&[u8]>) -> Option<Confidence> {
    let printable = password.iter().all(|b| matches!(b, b'!'..=b'~'));
    if password.len() < SHORTEST || !printable || matches!(password[0], b'$' | b'<' | b'%' | b'{' | b'[' | b'-' | b'`' | b'@' | b'/') {
        return None;
    }
    // A part of it is a variable's value.
    if password.windows(2).any(|pair| pair[0] == b'$' && (pair[1].is_ascii_uppercase() || pair[1] == b'_')) {
        return None;
    }
    if placeholder::reason(password).is_some() || words::all_stop_words(password) || user.is_some_and(|user| user == password) {
        return None;
    }
    if password.iter().any(|b| matches!(b, b'(' | b')' | b'{' | b'}' | b'<' | b'>' | b'|')) {
        return None;
    }
    let likely = entropy::randomness(password) >= entropy::Randomness::Likely;
    Some(if likely { Confidence::High } else { Confidence::Medium })
}

/// The arguments of a command, as a shell would split them.
#[derive(Clone)]
struct Arguments<'t> {
    text: &'t [u8],
    at: usize,
    end: usize,
}

impl Iterator for Arguments<'_> {
    type Item = ByteSpan;

    fn next(&mut self) -> Option<ByteSpan> {
        loop {
            match self.text.get(self.at..self.end)? {
                [b' ' | b'\t', ..] => self.at += 1,
                [b'\\', b'\n', ..] => self.at += 2,
                [b'\\', b'\r', b'\n', ..] => self.at += 3,
                [] | [b'\n' | b'\r' | b'|' | b';' | b'&' | b')' | b'`', ..] => return None,
                [quote @ (b'"' | b'\''), rest @ ..] => {
                    let length = memchr::memchr2(*quote, b'\n', rest)?;
                    let span = ByteSpan::new(self.at + 1, self.at + 1 + length);
                    self.at = span.end + 1;
                    return Some(span);
                }
                rest => {
                    let length = argument_length(rest);
                    let span = ByteSpan::new(self.at, self.at + length);
                    self.at = span.end;
                    return Some(span);
                }
            }
        }
    }
}

/// Bytes up to the blank that ends an argument; one between quotes does not.
fn argument_length(rest: &[u8]) -> usize {
    let mut quote = None;
    for (i, byte) in rest.iter().enumerate() {
        match (byte, quote) {
            (b'\n' | b'\r', _) | (b' ' | b'\t' | b'|' | b';' | b'`', None) => return i,
            (b'"' | b'\'', None) => quote = Some(*byte),
            (closing, Some(open)) if *closing == open => quote = None,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(command: &str) -> Option<String> {
        let taker = TAKERS.iter().find(|taker| command.to_ascii_lowercase().contains(taker.program))?;
        let start = command.to_ascii_lowercase().find(taker.program)?;
        let (span, _) = password_at(command.as_bytes(), ByteSpan::new(start, start + taker.program.len()))?;
        Some(command[span.start..span.end].to_owned())
    }

    #[test]
    fn passwords_of_commands() {
        // The text is put together here, so that a scan of this file finds no password.
        let chosen = "zavvfuc0";
        for command in [
            format!("curl -s -u ann:{chosen} https://x.example"),
            format!("curl --user \"ann:{chosen}\" https://x.example"),
            format!("curl -uann:{chosen} https://x.example"),
            format!("curl \\\n  --user 'ann:{chosen}' \\\n  https://x.example"),
            format!("sshpass -p {chosen} ssh h"),
            format!("sshpass -p'{chosen}' ssh h"),
            format!("mysql -u root -p{chosen} shop"),
            format!("redis-cli -h h -a {chosen} ping"),
            format!("docker login -u ann -p {chosen} r.example"),
            format!("smbclient //h/s -U ann%{chosen}"),
            format!("PSEXEC.EXE \\\\h -u d\\u -p {chosen} cmd").replace("PSEXEC.EXE", "PSEXEC"),
        ] {
            assert_eq!(password(&command).as_deref(), Some(chosen), "{command}");
        }
    }

    #[test]
    fn no_passwords_of_commands() {
        for command in [
            "curl -u ann https://x.example",
            "curl -u ann:$PASSWORD https://x.example",
            "curl -u user:password https://x.example",
            "curl https://x.example | sh -p abcdefgh1",
            "mysql -u root -p shop1234",
            "mysql -P 3306",
            "sshpass -p \"$PW\" ssh h",
            "sshpass -e ssh h",
            "docker login -u ann --password-stdin",
            "docker login -u ann -p acme_oat_$TOKEN",
            "the curl program takes -u user:password",
        ] {
            assert_eq!(password(command), None, "{command}");
        }
    }
}
