//! Events about the findings of a saved report of arbitrary bytes: short enough, JSON, and every format can be made of them.

#![no_main]

use keysieve::report::saved;
use keysieve::rotate::event::{self, About, Enclosed};
use keysieve::rotate::format::{Format, Types};
use keysieve::rotate::look;
use keysieve::secret::Secret;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(report) = saved::read(data) else { return };
    let (types, secret) = (Types::default(), Secret::new(b"fuzzed"));
    for finding in look::exposed(&report) {
        let about = About {
            source: "/app",
            tool: &report.tool,
            generation: 1,
            rotated_before_ms: None,
            detected_ms: 0,
            deadline_ms: 0,
            enclosed: Enclosed::Nothing,
            owners: None,
        };
        let body = event::body("evt_0", finding, about);
        assert!(body.len() < event::LARGEST, "an event of {} bytes", body.len());
        for format in [Format::Keysieve, Format::Slack, Format::Teams] {
            let text = format.body(body.clone(), None, &types).expect("because it needs no secret");
            serde_json::from_str::<Value>(&text).expect("because it is JSON");
        }
        for format in [Format::Keysieve, Format::GitlabRevokeTokens, Format::GithubPartner] {
            if let Ok(text) = format.body(body.clone(), Some(&secret), &types) {
                serde_json::from_str::<Value>(&text).expect("because it is JSON");
            }
        }
    }
});
