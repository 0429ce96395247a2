//! Values that a format wants in base64 whatever they are, as the data of a Kubernetes Secret: judged by the text that they stand for.
//!
//! Source: <https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data>.

use super::{Check, Checked};
use crate::decode::embedded;
use crate::detect::entropy::{self, Charset};
use crate::detect::keyvalue::syntax::Form;
use crate::detect::keyvalue::value::{self, Value};
use crate::rules::schema::GrammarClass;

pub(super) const CHECK: Check =
    Check { name: "base64-value", summary: "what base64 stands for: a template, a word or an address is no secret", run };

fn run(written: &[u8]) -> Checked {
    let Some((coding, plain)) = embedded::whole(written).filter(|(coding, _)| coding.is_opaque()) else { return Checked::neutral() };
    let value = Value { bytes: &plain, form: Form::Quoted, charset: Charset::of(&plain), randomness: entropy::randomness(&plain) };
    // Text of several lines is a file; what is in it has rules of its own.
    if !plain.contains(&b'\n') && value::rejected(&value, b"", GrammarClass::Secret).is_some() {
        return Checked::malformed();
    }
    Checked { stands_for: Some((coding.name(), plain)), ..Checked::neutral() }
}
