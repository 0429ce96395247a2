//! What a file is for, told by its name alone.
//!
//! The same line means different things in source code, in a settings file and in a translation. Knows nothing of content.

/// How values are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// A programming language: a bare word after `=` is an expression.
    Code,
    /// YAML: a bare word after `:` is a string.
    Yaml,
    /// Settings of another kind, shell, SQL, or a name without a known extension: a bare word after `=` is a string.
    Config,
    /// Text for people.
    Prose,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRole {
    /// How values are written.
    pub syntax: Syntax,
    /// Texts of a user interface: `password` there is a label.
    pub locale: bool,
    /// A lock file: full of hashes that are no secret.
    pub lock: bool,
}

const CODE: [&str; 58] = [
    "py", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go", "rb", "java", "kt", "kts", "scala", "groovy", "gradle", "c",
    "h", "cc", "cpp", "cxx", "hpp", "hh", "cs", "vb", "fs", "swift", "m", "mm", "rs", "php", "pl", "pm", "lua", "r", "jl", "dart", "ex",
    "exs", "erl", "hs", "clj", "cljs", "elm", "ml", "vue", "svelte", "zig", "nim", "sol", "coffee", "html", "htm", "erb", "jsp", "s",
];
const PROSE: [&str; 9] = ["md", "markdown", "mdx", "rst", "txt", "adoc", "asciidoc", "org", "tex"];
const LOCALE: [&str; 10] = ["strings", "resx", "storyboard", "rrc", "po", "pot", "xlf", "xliff", "arb", "xib"];
const LOCK: [&str; 18] = [
    "tsconfig.tsbuildinfo",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "cargo.lock",
    "go.sum",
    "composer.lock",
    "gemfile.lock",
    "poetry.lock",
    "pipfile.lock",
    "uv.lock",
    "pdm.lock",
    "packages.lock.json",
    "podfile.lock",
    "mix.lock",
    "flake.lock",
];

impl FileRole {
    /// Judges a path with `/` between its parts.
    pub fn of(path: &[u8]) -> Self {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path).to_ascii_lowercase();
        let extension = name.iter().rposition(|b| *b == b'.').map_or(&[][..], |dot| &name[dot + 1..]);
        let is = |list: &[&str]| list.iter().any(|known| known.as_bytes() == extension);
        let syntax = if is(&CODE) {
            Syntax::Code
        } else if is(&["yaml", "yml"]) {
            Syntax::Yaml
        } else if is(&PROSE) {
            Syntax::Prose
        } else {
            Syntax::Config
        };
        Self { syntax, locale: is(&LOCALE) || is_translation(path), lock: LOCK.iter().any(|known| known.as_bytes() == name.as_slice()) }
    }
}

/// Whether a folder of the path holds translations.
fn is_translation(path: &[u8]) -> bool {
    const FOLDERS: [&str; 9] = ["translations", "translation", "locales", "locale", "i18n", "l10n", "lang", "langs", "languages"];
    let mut folders = path.split(|b| *b == b'/').rev().skip(1);
    folders.any(|folder| FOLDERS.iter().any(|known| folder.eq_ignore_ascii_case(known.as_bytes())) || folder.ends_with(b".lproj"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_role() {
        assert_eq!(FileRole::of(b"src/Main.java").syntax, Syntax::Code);
        assert_eq!(FileRole::of(b"deploy/values.YML").syntax, Syntax::Yaml);
        assert_eq!(FileRole::of(b"README.md").syntax, Syntax::Prose);
        assert_eq!(FileRole::of(b".env").syntax, Syntax::Config);
        assert_eq!(FileRole::of(b"Dockerfile").syntax, Syntax::Config);
        assert!(FileRole::of(b"a/package-lock.json").lock);
        assert!(FileRole::of(b"app/translations/nb.json").locale);
        assert!(FileRole::of(b"de.lproj/Localizable.strings").locale);
    }
}
