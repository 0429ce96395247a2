//! Weighs name, value and surroundings of a pair into points, and points into a confidence.
//!
//! The weights come from labeled lines of real source code: at 1.0 points 95 % of what is reported is true and 85 to 89 % of what is true is
//! reported; at 0.6 points 90 % is reported at slightly lower precision.

use super::context;
use super::name::Name;
use super::syntax::{Form, Operator, Pair};
use super::value::{self, Shape, Value};
use crate::detect::entropy::{self, Charset, Randomness};
use crate::detect::role::{FileRole, Syntax};
use crate::finding::{Confidence, Evidence};
use crate::rules::schema::GrammarClass;

/// Least points of each confidence.
pub const LOW: f32 = 0.6;
/// See [`LOW`].
pub const MEDIUM: f32 = 1.0;
/// See [`LOW`].
pub const HIGH: f32 = 2.6;

/// A pair that is believed, and why.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What kind of credential.
    pub class: GrammarClass,
    /// From the points.
    pub confidence: Confidence,
    /// The reasons in words.
    pub evidence: Vec<Evidence>,
}

/// Why a pair is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which part said so: `value`, `place`, `shape`, `user` or `points`.
    pub stage: &'static str,
    /// A few words.
    pub why: &'static str,
}

impl Refusal {
    fn new(stage: &'static str, why: &'static str) -> Self {
        Self { stage, why }
    }
}

/// Looks at the value alone.
pub fn value_of<'a>(text: &'a [u8], pair: &Pair) -> Value<'a> {
    let bytes = pair.value.of(text);
    Value { bytes, form: pair.form, charset: Charset::of(bytes), randomness: entropy::randomness(bytes) }
}

/// Decides on a pair whose name was judged.
///
/// # Errors
/// Why it is no credential.
pub fn decide(text: &[u8], pair: &Pair, name: Name, value: &Value<'_>, role: FileRole) -> Result<Decision, Refusal> {
    if let Some(why) = value::rejected(value, pair.name.of(text), name.class) {
        return Err(Refusal::new("value", why));
    }
    if let Some(why) = rejected_by_place(text, pair, name, value, role) {
        return Err(Refusal::new("place", why));
    }
    let shape = value::shape(value.bytes);
    if rejected_by_shape(name.class, shape, value) {
        return Err(Refusal::new("shape", "words, or short and plain, under a name that does not hold such"));
    }
    if context::equals_user(text, pair.value) {
        return Err(Refusal::new("user", "the same as the user's name nearby"));
    }
    let mut sum = 0.0;
    points(text, pair, name, value, role, |_, points| sum += points);
    let among_hex = is_among_hex(text, pair, value);
    if among_hex {
        // Digests and test vectors are called keys and signatures; nobody calls them a password.
        if matches!(name.class, GrammarClass::Auth | GrammarClass::Key) {
            return Err(Refusal::new("place", "one of many hex strings: digests and test vectors are called keys and signatures"));
        }
        sum = sum.min(LOW);
    }
    let confidence = match sum {
        p if p >= HIGH => Confidence::High,
        p if p >= MEDIUM => Confidence::Medium,
        p if p >= LOW => Confidence::Low,
        _ => return Err(Refusal::new("points", "too few points")),
    };
    let mut evidence = vec![Evidence::supporting("name", "assigned to a credential's name")];
    match value.randomness {
        Randomness::Strong => evidence.push(Evidence::supporting("entropy", "random")),
        Randomness::Likely => evidence.push(Evidence::supporting("entropy", "looks random")),
        Randomness::Slight => {}
        Randomness::None => evidence.push(Evidence::opposing("entropy", "made of words")),
    }
    if among_hex {
        evidence.push(Evidence::opposing("surroundings", "one of many hex strings"));
    }
    Ok(Decision { class: name.class, confidence, evidence })
}

/// What counts for a pair, and for how many points; those that count nothing are left out.
pub fn items(text: &[u8], pair: &Pair, name: Name, value: &Value<'_>, role: FileRole) -> Vec<(&'static str, f32)> {
    let mut items = Vec::new();
    points(text, pair, name, value, role, |what, points| items.push((what, points)));
    let sum: f32 = items.iter().map(|(_, points)| points).sum();
    if sum > LOW && is_among_hex(text, pair, value) {
        items.push(("one of many hex strings", LOW - sum));
    }
    items.retain(|(_, points)| *points != 0.0);
    items
}

fn is_among_hex(text: &[u8], pair: &Pair, value: &Value<'_>) -> bool {
    let digits = value.bytes.strip_prefix(b"0x").unwrap_or(value.bytes);
    digits.iter().all(u8::is_ascii_hexdigit) && context::is_among_hex(text, pair.value)
}

/// Where a literal cannot stand, or is an argument, a label, a comparison with a word.
fn rejected_by_place(text: &[u8], pair: &Pair, name: Name, value: &Value<'_>, role: FileRole) -> Option<&'static str> {
    let strong = value.randomness == Randomness::Strong;
    if pair.form == Form::Backtick && !strong {
        return Some("between backticks and not random");
    }
    if pair.form == Form::Bare && role.syntax == Syntax::Code && !strong {
        let embedded = context::is_inside_string(text, pair.name.start) || context::is_comment(text, pair.name.start);
        if !embedded || value.randomness == Randomness::None && name.class != GrammarClass::Password {
            return Some("without quotes in source code: a variable or an expression");
        }
    }
    let wordy = pair.form == Form::Bare && value.randomness == Randomness::None && pair.operator != Operator::Flag;
    if wordy && role.syntax == Syntax::Prose && name.class != GrammarClass::Password && !text[..pair.value.start].ends_with(b"=") {
        return Some("a word in prose");
    }
    // `--- PASS: TestX`, `Pass: 3`: a verdict, not a password.
    let verdict = pair.name.of(text).eq_ignore_ascii_case(b"pass") && pair.form == Form::Bare && text[..pair.value.start].ends_with(b": ");
    if verdict && (role.syntax != Syntax::Yaml || pair.name.of(text) != b"pass") && value.randomness < Randomness::Likely {
        return Some("a verdict, not a password");
    }
    let before = &text[..pair.name.start];
    // Three dashes begin a line of a test's log; two begin a comment, which may hold a password.
    let log_line = before.ends_with(b"--- ");
    // A fingerprint of this program, as its reports hold it: `v1:<family>:<hex>`.
    let fingerprint = before.ends_with(b"v1:") && text.get(pair.name.end) == Some(&b':');
    if log_line || fingerprint {
        return Some("a line of a log or of a report");
    }
    if role.lock && !strong {
        return Some("in a lock file");
    }
    if pair.operator == Operator::Comma && (value.randomness < Randomness::Likely || context::is_list_element(text, pair.name)) {
        return Some("the argument behind the name, and not random or one of a list");
    }
    if context::is_in_arn(text, pair.name.start) {
        return Some("a part of an ARN");
    }
    if role.locale && value.charset.digits == 0 {
        return Some("without digits, in a file of translations");
    }
    if context::is_followed_by_code(text, pair) {
        return Some("code follows it");
    }
    if context::is_prose(text, pair) {
        return Some("a sentence follows it");
    }
    context::is_argument_of_lookup(text, pair).then_some("looked up by a call")
}

/// Words under names that do not hold words.
fn rejected_by_shape(class: GrammarClass, shape: Shape, value: &Value<'_>) -> bool {
    use GrammarClass::{ApiKey, Auth, Key, Password, Secret, Token};
    let short_and_plain = value.randomness < Randomness::Likely && value.bytes.len() < 16;
    match class {
        Password => shape == Shape::Dotted,
        Secret => matches!(shape, Shape::Separated | Shape::Dotted | Shape::Cased),
        Token | Auth | Key => shape != Shape::Other || short_and_plain,
        ApiKey => matches!(shape, Shape::Separated | Shape::Dotted | Shape::Cased | Shape::TwoWords) || short_and_plain,
        GrammarClass::BasicHeader | GrammarClass::BearerHeader => false,
    }
}

fn points(text: &[u8], pair: &Pair, name: Name, value: &Value<'_>, role: FileRole, mut add: impl FnMut(&'static str, f32)) {
    let password = name.class == GrammarClass::Password;
    add("the name", name.prior);
    add(
        "randomness of the value",
        match value.randomness {
            Randomness::None => 0.0,
            Randomness::Slight => 0.5,
            Randomness::Likely => 1.0,
            Randomness::Strong => 2.0,
        },
    );
    if is_uuid(value.bytes) {
        add("a UUID", -1.0);
    }
    if value.charset.symbols > 0 && value.charset.digits == 0 {
        add("symbols without digits", -0.6);
    }
    add(
        "made of words",
        match value::shape(value.bytes) {
            Shape::Other => 0.0,
            Shape::LowerWord => -0.1,
            Shape::Separated | Shape::Cased => -0.5,
            Shape::TwoWords | Shape::Dotted => -0.7,
        },
    );
    if value.bytes.len() < 6 && value.randomness == Randomness::None {
        add("short", -0.4);
    }
    if value.charset.digits == value.bytes.len() {
        add("digits only", if password { -0.2 } else { -1.0 });
    }
    if matches!(pair.operator, Operator::Call | Operator::Comma | Operator::Compare) {
        add("a call, an argument or a comparison", -0.2);
    }
    if context::has_login_nearby(text, pair.value) {
        add("a user, host or URL nearby", 0.4);
    }
    if context::is_comment(text, pair.name.start) {
        add("in a comment", -0.2);
    }
    if role.locale {
        add("in a file of translations", -0.6);
    }
}

/// 8-4-4-4-12 hex digits.
pub fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}
