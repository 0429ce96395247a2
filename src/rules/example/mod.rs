//! Examples of rules: `{{base62:36}}` and its like become generated characters, always the same for the same seed, so that this repository
//! holds no live-looking token.
//!
//! Knows the forms of tokens as far as it has to write them; nothing here reads or judges one.

mod key;
mod random;
mod structured;
mod token;

use random::{Alphabet, Random};

/// Longest run of characters one placeholder may ask for.
const LONGEST: usize = 65_536;

/// Replaces every `{{kind}}` and `{{kind:argument}}` of `template`; `{{same:1}}` is once more what the first of them became. `seed` (the rule id and the example's number) and the placeholder's place
/// in the template decide the characters. Braces with a space right inside them (`${{ secrets.X }}`) or with something else than a kind's
/// name (letters, digits, `-`) are ordinary text and stay.
///
/// # Errors
/// One sentence that names an unknown or malformed placeholder.
pub fn expand(template: &str, seed: &str) -> Result<String, String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    let mut ordinal = 0;
    let mut made: Vec<String> = Vec::new();
    while let Some(start) = rest.find("{{") {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((content, after)) = placeholder(rest) {
            ordinal += 1;
            let generated = match content.strip_prefix("same:") {
                Some(number) => repeated(number, &made),
                None => generate(content, &mut Random::new(seed, ordinal)),
            };
            made.push(generated.map_err(|why| format!("`{{{{{content}}}}}`: {why}"))?);
            out.extend(made.last().map(String::as_str));
            rest = after;
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// What placeholder number `number`, from 1, became.
fn repeated(number: &str, made: &[String]) -> Result<String, String> {
    let before = number.parse::<usize>().ok().and_then(|number| made.get(number.checked_sub(1)?));
    before.cloned().ok_or_else(|| "it needs the number, from 1, of a placeholder before it".to_owned())
}

/// What stands between the braces at the start of `text`, and the text behind them.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (content, after) = text.strip_prefix("{{")?.split_once("}}")?;
    let name = content.split(':').next().unwrap_or_default();
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (named && !content.ends_with(' ') && !content.contains('\n')).then_some((content, after))
}

fn generate(content: &str, random: &mut Random) -> Result<String, String> {
    let (name, argument) = content.split_once(':').unwrap_or((content, ""));
    if let Some(alphabet) = Alphabet::named(name) {
        return Ok(random.text(alphabet, length(argument)?));
    }
    match name {
        "uuid" => without(argument, || random.uuid()),
        "github" => token::github(random, argument),
        "npm" => without(argument, || token::npm(random)),
        "gitlab-routable" => token::gitlab_routable(random, argument),
        "grafana" => without(argument, || token::grafana(random)),
        "atlassian" => token::atlassian(random, argument),
        "age" => without(argument, || token::age(random)),
        "nkey" => without(argument, || token::nkey(random)),
        "crypt" => token::crypt(random, argument),
        "onepassword" => without(argument, || token::onepassword(random)),
        "tink" => token::tink(random, argument),
        "aws-key-id" => token::aws_key_id(random, argument),
        "pypi" => without(argument, || structured::pypi(random)),
        "discord" => without(argument, || token::discord(random)),
        "jwt" => structured::jwt(random, argument),
        "json-b64" => structured::json_base64(random, argument),
        "pem" => key::pem(random, argument, "\n"),
        "pem-escaped" => key::pem(random, argument, "\\n"),
        "pgp-private" => without(argument, || key::pgp(random)),
        _ => Err("there is no such placeholder".to_owned()),
    }
}

fn length(argument: &str) -> Result<usize, String> {
    argument
        .parse()
        .ok()
        .filter(|length| (1..=LONGEST).contains(length))
        .ok_or_else(|| format!("it needs a number of characters from 1 to {LONGEST}"))
}

fn without(argument: &str, make: impl FnOnce() -> String) -> Result<String, String> {
    if argument.is_empty() { Ok(make()) } else { Err("it takes no argument".to_owned()) }
}

#[cfg(test)]
mod tests;
