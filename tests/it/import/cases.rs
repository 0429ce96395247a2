//! Made-up configurations of gitleaks, each about one thing, and files to run them on. Files are templates, as examples of rules are.

/// A configuration and files.
pub struct Case {
    pub name: &'static str,
    pub config: &'static str,
    /// Path and content.
    pub files: &'static [(&'static str, &'static str)],
}

const fn case(name: &'static str, config: &'static str, files: &'static [(&'static str, &'static str)]) -> Case {
    Case { name, config, files }
}

macro_rules! rule {
    ($regex:literal) => {
        concat!("[[rules]]\nid = 'r'\ndescription = 'd'\nregex = '''", $regex, "'''\n")
    };
    ($regex:literal, $more:literal) => {
        concat!(rule!($regex), $more, "\n")
    };
}

macro_rules! other {
    ($regex:literal) => {
        concat!("[[rules]]\nid = 's'\ndescription = 'd'\nregex = '''", $regex, "'''\n")
    };
    ($regex:literal, $more:literal) => {
        concat!(other!($regex), $more, "\n")
    };
}

macro_rules! allow {
    ($regex:literal, $allow:literal) => {
        concat!(rule!($regex), "[[rules.allowlists]]\n", $allow, "\n")
    };
}

/// All of them.
pub const CASES: &[Case] = &[
    case("first group that holds something", rule!(r"k=(x?)(\w+)"), &[("a", "k=abc\nk=xabc\n")]),
    case("groups of alternatives", rule!(r"(?:a=(\d+)|b=(\w+))"), &[("a", "a=123 b=hello\n")]),
    case("named group", rule!(r"k=(?P<secret>\w+)-(\w+)"), &[("a", "k=abc-def\n")]),
    case("second group", rule!(r"k=(\w+)-(\w+)", "secretGroup = 2"), &[("a", "k=abc-def\n")]),
    case("no group", rule!(r"k=\w+"), &[("a", "k=abc\n")]),
    case("line feed behind", rule!(r"k=(\w+)\n"), &[("a", "k=abc\nx\n")]),
    case("line feed before", rule!(r"\nk=(\w+)"), &[("a", "q\nk=abc\nx\n")]),
    case("what stands around a match", rule!(r"\Bk=(\w+)"), &[("a", "zk=abc\n")]),
    case("lazy group", rule!(r"k=(\w+?)(\w)?($|;)"), &[("a", "k=abcd;\n")]),
    case("matches share no line feed", rule!(r"(?:^|\n)k=(\w+)\n"), &[("a", "k=abc\nk=def\nk=ghi\n")]),
    case("blanks belong to the secret", rule!(r"k=([^;]+);"), &[("a", "k= ab\n ;\n")]),
    case("many in a line", rule!(r"k=(\w+)"), &[("a", "k=abc k=abd\nk=abe\n")]),
    case("entropy that is reached", rule!(r"k=(\w+)", "entropy = 1.0"), &[("a", "k=abab\n")]),
    case("entropy that is exceeded", rule!(r"k=(\w+)", "entropy = 0.99"), &[("a", "k=abab\n")]),
    case("entropy of zero", rule!(r"k=(\w+)", "entropy = 0.0"), &[("a", "k=aaaa\n")]),
    case("entropy of the first group", rule!(r"k=(a+)(\w+)", "entropy = 1.0"), &[("a", "k=aabcdef\n")]),
    case("entropy of another group", rule!(r"k=(a+)(\w+)", "entropy = 1.0\nsecretGroup = 2"), &[("a", "k=aabcdef\n")]),
    case("entropy beyond ASCII, above", rule!(r"k=(\S+)", "entropy = 0.5"), &[("a", "k=\u{e9}\u{e0}\u{e9}\u{e0}\n")]),
    case("entropy beyond ASCII, below", rule!(r"k=(\S+)", "entropy = 1.5"), &[("a", "k=\u{e9}\u{e0}\u{e9}\u{e0}\n")]),
    case(
        "keyword in any case",
        rule!(r"(?i)k=(\w+)", "keywords = ['AcMe']"),
        &[("a", "ACME\n\nk=abc\n"), ("b", "k=abc\n"), ("c", "acm\nk=abc\n")],
    ),
    case("keywords", rule!(r"k=(\w+)", "keywords = ['one', 'two']"), &[("a", "one\nk=abc\n"), ("b", "k=abc two\n"), ("c", "k=abc\n")]),
    case("short keyword", rule!(r"k=(\w+)", "keywords = ['q']"), &[("a", "q\nk=abc\n"), ("b", "k=abc\n")]),
    case("keyword in the path", rule!(r"k=(\w+)", "keywords = ['acme']"), &[("acme", "k=abc\n")]),
    case("path", rule!(r"k=(\w+)", "path = '''\\.env$'''"), &[("a.env", "k=abc\n"), ("b", "k=abc\n"), ("x/.env", "k=abc\n")]),
    case("path from the top", rule!(r"k=(\w+)", "path = '''^x/'''"), &[("x/.env", "k=abc\n"), ("y/x/a", "k=abc\n")]),
    case("part of a path", rule!(r"k=(\w+)", "path = '''a/b'''"), &[("a/b/c", "k=abc\n"), ("xa/bc", "k=abc\n"), ("c", "k=x\n")]),
    case("keys in any case", rule!(r"k=(\w+)-(\w+)", "SecretGroup = 2"), &[("a", "k=abc-def\n")]),
    case("same id twice", concat!(rule!("a(b)"), rule!("a(c)")), &[("a", "ab ac\n")]),
    case("not reported", rule!(r"k=(\w+)", "skipReport = true"), &[("a", "k=abc\n")]),
    case("allowed secret", allow!(r"k=(\w+)-x", "regexes = ['^abc$']"), &[("a", "k=abc-x k=abcd-x\n")]),
    case("allowed match", allow!(r"k=(\w+)-x", "regexTarget = 'match'\nregexes = ['^k=abc-x$']"), &[("a", "k=abc-x k=abcd-x\n")]),
    case("allowed line", allow!(r"k=(\w+)-x", "regexTarget = 'line'\nregexes = ['zz$']"), &[("a", "k=abc-x zz\nk=abcd-x\n")]),
    case(
        "allowed lines",
        allow!(r"k=(\w+)\n(\w+)-x", "regexTarget = 'line'\nregexes = ['two']"),
        &[("a", "zero\none k=aaa\nbbb-x two\nthree\n")],
    ),
    case(
        "line before",
        allow!(r"k=(\w+)\n(\w+)-x", "regexTarget = 'line'\nregexes = ['zero']"),
        &[("a", "zero\none k=aaa\nbbb-x two\nthree\n")],
    ),
    case("stop word in any case", allow!(r"k=(\w+)-x", "stopwords = ['BCD']"), &[("a", "k=abc-x k=abcd-x k=aBcDe-x\n")]),
    case("stop word in the match", allow!(r"k=(\w+)-x", "stopwords = ['k=']"), &[("a", "k=aaa-x\n")]),
    case("path or regex", allow!(r"k=(\w+)", "paths = ['^x/']\nregexes = ['abc']"), &[("x/a", "k=def\n"), ("b", "k=abc k=zzz\n")]),
    case(
        "path and regex",
        allow!(r"k=(\w+)", "condition = 'AND'\npaths = ['^x/']\nregexes = ['abc']"),
        &[("x/a", "k=def k=abc\n"), ("b", "k=abc k=zzz\n")],
    ),
    case(
        "path and regex, otherwise written",
        allow!(r"k=(\w+)", "condition = '&&'\npaths = ['^x/']\nregexes = ['abc']"),
        &[("x/a", "k=def k=abc\n"), ("b", "k=abc\n")],
    ),
    case(
        "path and stop word",
        allow!(r"k=(\w+)", "condition = 'and'\npaths = ['^x/']\nstopwords = ['BC']"),
        &[("x/a", "k=def k=abc\n"), ("b", "k=abc\n")],
    ),
    case(
        "regex and stop word",
        allow!(r"k=(\w+)", "condition = 'AND'\nstopwords = ['ab']\nregexes = ['bc']"),
        &[("a", "k=ab k=bc k=abc\n")],
    ),
    case(
        "commit and regex",
        allow!(r"k=(\w+)", "condition = 'AND'\ncommits = ['aaaaaaaa']\nregexes = ['bc']"),
        &[("a", "k=ab k=bc k=abc\n")],
    ),
    case("commit or regex", allow!(r"k=(\w+)", "commits = ['aaaaaaaa']\nregexes = ['bc']"), &[("a", "k=ab k=bc k=abc\n")]),
    case(
        "two allowlists",
        concat!(allow!(r"k=(\w+)", "regexes = ['ab']"), "[[rules.allowlists]]\nstopwords = ['cd']\n"),
        &[("a", "k=xab k=xcd k=xef\n")],
    ),
    case("old allowlist", concat!(rule!(r"k=(\w+)"), "[rules.allowlist]\nregexes = ['abc']\n"), &[("a", "k=abc k=def\n")]),
    case("global regex", concat!(rule!(r"k=(\w+)-x"), "[[allowlists]]\nregexes = ['^abc$']\n"), &[("a", "k=abc-x k=def-x\n")]),
    case(
        "global match",
        concat!(rule!(r"k=(\w+)-x"), "[[allowlists]]\nregexTarget = 'match'\nregexes = ['^k=abc-x$']\n"),
        &[("a", "k=abc-x k=def-x\n")],
    ),
    case(
        "global line",
        concat!(rule!(r"k=(\w+)-x"), "[[allowlists]]\nregexTarget = 'line'\nregexes = ['zz']\n"),
        &[("a", "k=abc-x zz\nk=def-x\n")],
    ),
    case("global stop word", concat!(rule!(r"k=(\w+)-x"), "[[allowlists]]\nstopwords = ['abc']\n"), &[("a", "k=xabcx-x k=def-x\n")]),
    case(
        "global path and regex",
        concat!(rule!(r"k=(\w+)-x"), "[[allowlists]]\ncondition = 'AND'\npaths = ['x']\nregexes = ['abc']\n"),
        &[("x/a", "k=xabcx-x\n"), ("b", "k=abc-x\n")],
    ),
    case("global, old", concat!(rule!(r"k=(\w+)-x"), "[allowlist]\nregexes = ['^abc$']\n"), &[("a", "k=abc-x k=def-x\n")]),
    case(
        "global for one rule",
        concat!(rule!(r"k=(\w+)-x"), other!(r"m=(\w+)"), "[[allowlists]]\ntargetRules = ['s']\nregexes = ['^abc$']\n"),
        &[("a", "k=abc-x m=abc m=abd\n")],
    ),
    case(
        "global path for one rule",
        concat!(rule!(r"k=(\w+)-x"), other!(r"m=(\w+)"), "[[allowlists]]\ntargetRules = ['s']\npaths = ['^x/']\n"),
        &[("x/a", "k=abc-x m=abd\n"), ("a", "m=abc\n")],
    ),
    case(
        "required anywhere",
        concat!(rule!(r"k=(\w+)-x", "[[rules.required]]\nid = 's'"), other!(r"m=(\w+)")),
        &[("a", "k=abc-x\n\n\n\nm=abd\n"), ("b", "k=abc-x\n")],
    ),
    case(
        "required within lines",
        concat!(rule!(r"k=(\w+)-x", "[[rules.required]]\nid = 's'\nwithinLines = 2"), other!(r"m=(\w+)")),
        &[("a", "k=abc-x\n\nm=abc\n"), ("b", "k=abc-x\n\n\nm=abc\n"), ("c", "m=abc\n\nk=abc-x\n")],
    ),
    case(
        "required on the line",
        concat!(rule!(r"k=(\w+)-x", "[[rules.required]]\nid = 's'\nwithinLines = 0"), other!(r"m=(\w+)")),
        &[("a", "k=abc-x\nm=abc\n"), ("b", "k=abc-x m=abd\n")],
    ),
    case(
        "required and not reported",
        concat!(rule!(r"k=(\w+)-x", "[[rules.required]]\nid = 's'"), other!(r"m=(\w+)", "skipReport = true")),
        &[("a", "k=abc-x\n\nm=abc\n"), ("b", "k=abc-x\n"), ("c", "m=abc\n")],
    ),
    case(
        "two required",
        concat!(
            rule!(r"k=(\w+)-x", "[[rules.required]]\nid = 's'\n[[rules.required]]\nid = 'u'"),
            other!(r"m=(\w+)"),
            "[[rules]]\nid = 'u'\nregex = 'n=(\\w+)'\n"
        ),
        &[("a", "k=abc-x m=abd\n"), ("b", "k=abc-x m=abd n=abe\n")],
    ),
    case(
        "decoded",
        rule!(r"acme_(\w{24})"),
        &[
            ("a", "x: dG9rZW46IGFjbWVfYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4IQ==\n"),
            ("b", "y: acme%5Fabcdefghijklmnopqrstuvwx\n"),
            ("c", "z: 746f6b656e3a2061636d655f6162636465666768696a6b6c6d6e6f70717273747576777821\n"),
        ],
    ),
    case(
        "decoded with a keyword",
        rule!(r"acme_(\w{24})", "keywords = ['acme_']"),
        &[
            ("a", "x: dG9rZW46IGFjbWVfYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4IQ==\n"),
            ("b", "x: bm90aGluZyBvZiB0aGF0IGtpbmQgc3RhbmRzIGluIHRoaXMgdGV4dA==\n"),
            ("c", "z: 746f6b656e3a2061636d655f6162636465666768696a6b6c6d6e6f70717273747576777821\n"),
        ],
    ),
    case("no text", rule!(r"k=(\w+)"), &[("a", "\0\0k=abc\n")]),
    case(
        "tokens of a made-up provider",
        concat!(
            "[[rules]]\nid = 'acme-token'\ndescription = 'Acme'\nregex = '''\\b(acme_(?:live|test)_[0-9A-Za-z]{24})\\b'''\nkeywords = ['acme_']\nentropy = 3.0\n",
            "[[rules.allowlists]]\nstopwords = ['example']\n",
            "[[rules]]\nid = 'acme-assigned'\ndescription = 'Acme'\n",
            "regex = '''(?i)acme[_-]?(?:key|secret)[\\w.-]{0,20}[\"'\\x60]?\\s{0,3}(?:=|:=|:|=>)\\s{0,3}[\"'\\x60]?([0-9a-f]{32})(?:[\"'\\x60;\\s]|$)'''\nkeywords = ['acme']\nsecretGroup = 1\nentropy = 3.3\n",
            "[[rules]]\nid = 'zeta'\ndescription = 'Zeta'\nregex = '''zeta:\\/\\/([^:@\\s]+):([^@\\s]{6,})@'''\nsecretGroup = 2\npath = '''(?i)\\.(ya?ml|conf)$'''\n",
        ),
        &[
            ("src/main.go", "const a = \"acme_live_{{base62:24}}\"\nvar b = `acme_test_{{base62:24}}`\nc := \"acme_live_{{base62:23}}\"\n"),
            (
                "src/conf.py",
                "ACME_KEY = '{{hex:32}}'\nacme_secret_x: \"{{hex:32}}\"\nACME_KEY='00000000000000000000000000000000'\nother = '{{hex:32}}'\n",
            ),
            ("deploy/app.yaml", "url: zeta://user:{{base62:20}}@host/db\nalso: zeta://user:abc@host\nacmeKey: {{hex:32}}\n"),
            ("deploy/app.txt", "url: zeta://user:{{base62:20}}@host/db\n"),
            ("deploy/APP.CONF", "zeta://a:{{base62:8}}@b zeta://c:{{base62:8}}@d\n"),
            ("crlf.ini", "acme_key={{hex:32}}\r\nacme_key={{hex:31}}\r\nt=acme_live_example{{base62:17}}\r\n"),
        ],
    ),
];
