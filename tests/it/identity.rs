//! What a credential says about itself is in every report, and whether it is over.

use crate::support::{Folder, expand, text};

#[test]
fn every_format_says_whose_it_is_and_that_it_is_over() {
    let folder = Folder::new();
    // 2023-11-14 and 9999-12-31.
    for (name, expires, is_over) in [("old.txt", 1_700_000_000_u64, true), ("new.txt", 253_402_300_799, false)] {
        let token = expand(&format!("{{{{jwt:iss=supabase,ref=abcproject,exp={expires}}}}}"), name);
        folder.write(name, format!("Authorization: Bearer {token}\n"));
        let report = folder.scan([name]).ends_with(1).report();
        let finding = &report["findings"][0];
        assert_eq!(text(&finding["identity"]["project_ref"]), "abcproject");
        assert_eq!(text(&finding["identity"]["issued_by"]), "Supabase");
        assert_eq!(text(&finding["confidence"]), "high");
        let kinds: Vec<&str> = finding["evidence"].as_array().into_iter().flatten().map(|reason| text(&reason["kind"])).collect();
        assert_eq!(kinds.contains(&"expired"), is_over, "{kinds:?}");
        for format in ["human", "jsonl", "sarif"] {
            let said = folder.keysieve(["scan", "--format", format, name]).ends_with(1).stdout;
            assert!(said.contains("abcproject") && said.contains("Supabase"), "{format}: {said}");
            assert_eq!(said.contains("expired on 2023-11-14"), is_over, "{format}: {said}");
        }
    }
}
