//! What a receiver may answer of its own accord, in the format `keysieve`: `{"state": "acknowledged | rotated | rejected", …}`.

use serde::Deserialize;

use crate::rotate::outbox::{Answer, AnswerState};
use crate::rotate::time;

/// Most characters of a note.
const LONGEST_NOTE: usize = 200;

/// What a receiver says of the exposure; none if it says nothing, or nothing that is understood.
pub fn read(body: &[u8]) -> Option<Answer> {
    #[derive(Deserialize)]
    struct Said {
        state: String,
        #[serde(default)]
        rotated_at: Option<String>,
        #[serde(default)]
        replacement: Option<String>,
        #[serde(default)]
        reason: Option<String>,
    }
    let said: Said = serde_json::from_slice(body).ok()?;
    let state = match said.state.as_str() {
        "acknowledged" => AnswerState::Acknowledged,
        "rotated" => AnswerState::Rotated,
        "rejected" => AnswerState::Rejected,
        _ => return None,
    };
    let note = if state == AnswerState::Rotated { said.replacement } else { said.reason };
    let note = note.map(|note| note.chars().filter(|c| !c.is_control()).take(LONGEST_NOTE).collect());
    Some(Answer { state, rotated_ms: said.rotated_at.as_deref().and_then(time::parse), note })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_became_of_the_secret_and_anything_else_says_nothing() {
        let rotated = read(br#"{"state":"rotated","rotated_at":"1970-01-01T00:00:05Z","replacement":"key\n2"}"#);
        assert_eq!(rotated, Some(Answer { state: AnswerState::Rotated, rotated_ms: Some(5_000), note: Some("key2".to_owned()) }));
        assert_eq!(read(br#"{"state":"acknowledged","rotated_at":"soon"}"#).map(|answer| answer.rotated_ms), Some(None));
        for nothing in ["", "ok", "[]", "{}", "{\"state\":1}", "{\"state\":\"done\"}", "\u{ff}"] {
            assert_eq!(read(nothing.as_bytes()), None, "{nothing}");
        }
    }
}
