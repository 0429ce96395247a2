//! Messages for chats. Every text of an event is foreign and is written so that the chat shows it and does nothing with it.

use serde_json::{Value, json};

/// Locations that a message names.
const MOST_LOCATIONS: usize = 3;

/// What a message says, before it is dressed.
struct Message {
    title: String,
    facts: Vec<(&'static str, String)>,
    link: Option<String>,
}

impl Message {
    fn of(event: &Value) -> Self {
        let data = &event["data"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let again = if data["reexposed"] == true { " again, after it was rotated" } else { "" };
        let title = format!("{} exposed{again}", text(&data["rule"]["name"]));
        let places = data["locations"].as_array().map_or(&[][..], Vec::as_slice);
        let mut places: Vec<String> =
            places.iter().take(MOST_LOCATIONS).map(|place| format!("{}:{}", text(&place["path"]), place["line"])).collect();
        let more = data["locations_total"].as_u64().unwrap_or_default().saturating_sub(places.len() as u64);
        if more > 0 {
            places.push(format!("and {more} more"));
        }
        let mut facts = vec![
            ("Severity", text(&data["severity"])),
            ("Secret", text(&data["secret"]["masked"])),
            ("Where", format!("{} {}", text(&event["source"]), places.join(", "))),
            ("Rotate until", text(&data["deadline"])),
            ("Event", text(&event["id"])),
        ];
        if let Some(owner) = data["owner"]["name"].as_str().filter(|name| !name.is_empty()) {
            facts.push(("First committed by", owner.to_owned()));
        }
        let link = data["playbook"]["url"].as_str().filter(|url| url.starts_with("https://") && !url.contains(['|', '>', ' ', '"', ')']));
        Self { title, facts, link: link.map(str::to_owned) }
    }
}

/// A message in Slack's format, without mentions and links of foreign text.
pub fn slack(event: &Value) -> String {
    let message = Message::of(event);
    let title = slack_text(&message.title);
    let mut lines = vec![format!("*{title}*")];
    lines.extend(message.facts.iter().map(|(name, value)| format!("{name}: {}", slack_text(value))));
    lines.extend(message.link.map(|url| format!("<{url}|How to rotate it>")));
    let section = json!({"type": "section", "text": {"type": "mrkdwn", "text": lines.join("\n"), "verbatim": true}});
    json!({"text": title, "unfurl_links": false, "unfurl_media": false, "blocks": [section]}).to_string()
}

/// Slack asks for three characters to be escaped; the rest would be formatting.
fn slack_text(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace(['*', '~', '`'], "•")
}

/// An adaptive card, in which foreign text stands in facts, whose values are shown without markdown links.
pub fn teams(event: &Value) -> String {
    let message = Message::of(event);
    let plain = |text: &str| {
        let kept: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
        kept.replace(['[', ']', '*', '`', '_'], " ")
    };
    let facts: Vec<_> = message.facts.iter().map(|(name, value)| json!({"title": name, "value": plain(value)})).collect();
    let title = json!({"type": "TextBlock", "text": plain(&message.title), "weight": "Bolder", "wrap": true});
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [title, {"type": "FactSet", "facts": facts}],
    });
    if let Some(url) = message.link {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "How to rotate it", "url": url}]);
    }
    json!({"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_no_markup() {
        let event = json!({
            "id": "evt_1", "source": "<!channel>",
            "data": {
                "rule": {"name": "*GitHub* <http://x|y>"}, "severity": "high", "secret": {"masked": "ghp_****"},
                "locations": [{"path": "a`b\n[c](d)", "line": 1}], "locations_total": 5, "deadline": "2026-01-01T00:00:00Z",
                "playbook": {"url": "https://example.org/a|b>"}, "reexposed": true,
            },
        });
        let message: Value = serde_json::from_str(&slack(&event)).expect("because it is JSON");
        let text = message["blocks"][0]["text"]["text"].as_str().expect("because it is there");
        assert!(!text.contains('<') && !text.contains('`') && text.contains("and 4 more") && text.contains("ghp_••••"), "{text}");
        assert!(text.contains("exposed again, after it was rotated"), "{text}");
        let card = teams(&event);
        assert!(!card.contains("[c](d)") && !card.contains("Action.OpenUrl"), "{card}");
    }
}
