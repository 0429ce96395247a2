//! Values that look like credentials and that everybody knows: samples from documentation, keys that every copy of an emulator has.
//!
//! They stand here as digests, so that this file is no sample itself. A value is listed only if it was seen byte for byte: signed tokens were
//! signed again with the key that their source gives, derived keys derived again, the others read in many places. A default password of
//! something that is run in production is not listed unless its maker documents it as public.

use sha2::{Digest, Sha256};

/// Where the value of `secret` was published, if it is one of the known public values, compared byte for byte.
pub fn is_public(secret: &[u8]) -> Option<&'static str> {
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(secret));
    PUBLIC.iter().find(|source| source.digests.contains(&digest.as_str())).map(|source| source.url)
}

/// A page and the SHA-256 of the values it gives, in lower-case hex.
struct Source {
    url: &'static str,
    digests: &'static [&'static str],
}

const PUBLIC: &[Source] = &[
    Source {
        url: "https://www.rfc-editor.org/rfc/rfc7617#section-2",
        digests: &[
            "cf4d418ed3de92d71f767db5391d5a2dacd40e1ce49e75d1137e2ecf4982d844",
            "73f71af093fdf1541b2c376f03436d71d1209d8a181f87d36e53a44b87ac4c4f",
        ],
    },
    Source {
        url: "https://jwt.io/",
        digests: &[
            "7f75367e7881255134e1375e723d1dea8ad5f6a4fdb79d938df1f1754a830606",
            "da816f9f2c16e6c5390e7636cadc40c43551bf0bbcf8f36c65539e6633a9c5e8",
            "c794fa6d20c64efb9adf980ae93af472a1679775862d421ffe55d4a57fad5b3e",
            "0672044443043ba75fe6767d263963d417ce791a6422a15fb6faeb348c548e95",
        ],
    },
    Source {
        url: "https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1",
        digests: &["8d4ef6536dc8895f256c1e0d95dcd19763036732d64a095e44a90ed444267ad3"],
    },
    Source {
        url: "https://supabase.com/docs/guides/local-development",
        digests: &[
            "bf1725a8f98bea37e88618702e725ba84bd8acdb2647c5e0ed638bfd685791cf",
            "70541e07fd4f900b66e289f5be55c85f9bef1def4924a5b0c518c45ea1688c12",
            "c85debb55f2f204d868cc1552c42faa143b4c675f61363ab040dd50b5b5304cd",
            "9705102db0d5f99ee08daa19a73e510d9877a2a9add9369da247cbbe6c2a0140",
        ],
    },
    Source {
        url: "https://learn.microsoft.com/azure/storage/common/storage-use-azurite",
        digests: &["0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059"],
    },
    Source {
        url: "https://learn.microsoft.com/azure/cosmos-db/emulator",
        digests: &["aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615"],
    },
    Source {
        url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html",
        digests: &[
            "1a5d44a2dca19669d72edf4c4f1c27c4c1ca4b4408fbb17f6ce4ad452d78ddb3",
            "cb20d34a7adda2f5d2043836051e242fd4c2b233e02c80c91fe9d5af9b100574",
            "c6ea27c534f993d31f0aef882e3d200e7b87470c379ae79c8f9b19d3bd363dc9",
            "78314b11be2e581549ac1c4f616563fad3fdf0c3b71678f6e2299182080e0598",
            "647f7143af14706273d54740603644de5cb9abb42a76b7a0d32a48c9261860c5",
            "e8a0614b6747a06ff9a2728dd2250bf13068310cd2550ebc3cecd4d287a4e259",
            "e21b597ba6b9cafa59d9ebc4d65c0385f5eb3fa56abab2607fa76589ad849a33",
        ],
    },
    Source {
        url: "https://docs.stripe.com/keys",
        digests: &[
            "2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326",
            "b1471f544ceeea31333bde7e1ecbaad6eac0d4a749412ad29bd66ef895b81c6b",
            "f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397",
            "5895b89c8fb33402a5bfc23aad5aaf863fbb438a51e1a0bb02b0ce618c8fdf9d",
        ],
    },
    Source {
        url: "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens",
        digests: &[
            "bc3ae723f57c6b9e3fd80b699fcc420f6074b0b1718039669d22631d508ac0a7",
            "82e74299544e00738f9c0acb69b1eb348b3e20ffcfabcb34779bd37590fead6c",
            "797c0ce414586cc8eb6929afe947c720e3e4d351dd070a6fe39f630beaab3054",
            "6d7fa4e64d4b1f3ea31962e258b684de1f244434ebb11089b9d9817e44c43303",
        ],
    },
    Source {
        url: "https://developers.google.com/maps/documentation/javascript/examples",
        digests: &[
            "e4902a0b38812b15ed5701b17fd4fd8c69d7e176d7517fa791981dc77e3b5e0d",
            "bd1f9d210c4a46757c5f780c80640942ef79175b00330d81e756926ec49fc249",
        ],
    },
    Source {
        url: "https://developers.google.com/recaptcha/docs/faq",
        digests: &[
            "f5e95c9954635b65acab57e6d5ea663eb900f06dc8794a90358f5abb1c77d4e0",
            "03b970ed8171d73b58bbc9a5c72e3e4eec28503b56b3bb400a0801857dd45614",
        ],
    },
    Source {
        url: "https://developers.cloudflare.com/turnstile/troubleshooting/testing/",
        digests: &[
            "fb8f35129df87662c650ada12fd614f1b58dce4a37fdd7589ba3a6b9a78c0aae",
            "1e3e58656012d861e23deae64f177673d7b86a9c55fe1d5d10b94e3c9755d168",
            "841b4f5b0b34e19ada74f47a88831efbb909008ceea4430d61449c1874923f83",
        ],
    },
    Source {
        url: "https://documentation.mailgun.com/docs/mailgun/user-manual/get-started/",
        digests: &["9c846fdf0fa8955c377d0301542ee20ecd4585c5f359aa0a4cf15d44424f573d"],
    },
    Source {
        url: "https://discord.com/developers/docs/reference#authentication",
        digests: &["02f7ce3c263f85c019eeeeea4b08f1b7f6ade2b7a2199c14f3efdac0eef382e1"],
    },
    Source {
        url: "https://core.telegram.org/bots/api#authorizing-your-bot",
        digests: &[
            "731fa294d036e54f19df879bfcd4fe72d967dc6327800c5f74a48414a3f258c9",
            "0b5dd075ccdd03c42f4edda8e299e6838e2a75d3486a2a8d86940ed1541e9178",
        ],
    },
    Source {
        url: "https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/",
        digests: &[
            "3002888f967a7086ab52fcc9e8bbc3e46724c349828ce6c8625b850a7036e876",
            "a4b8b245ab28bc4f72dcaa0d9ba9f73d6488fa758a2a5cb55ecb11511f002f80",
        ],
    },
    Source {
        url: "https://hardhat.org/hardhat-network/docs/reference",
        digests: &[
            "bc1a50966c9e6486bc4ebf880b51611a2a97fcb8e7a6976e9b81a9e3e8ca0e3c",
            "60a09e4357868c1e9b801052726d061c370429f723db84523ed58ac354f6eb8a",
            "8335c55334821eefd4334369ff9c04a8594f161013cf9d87f58802d87297837e",
            "095101cf732c298a0ce0320b9de704209cdd8640b70d8fdf4e5be51aa2eb272e",
            "b26ab6529d20ebebb4192256f202984754f785481c64b1a1aed58cac93b3617e",
            "bb4978fbe7638de8e6ee13d9a59a5fb047beb0f0ee059fe166541b1f96b6af63",
            "64034b44c579b335ab5e85debbfe72789e970138cc8d296799c3833a2a8525fb",
            "f02322197a196ceb746aa52cee2a869abf0fe231c4d6d050a8a5f02c6625a1d4",
            "4d3e46eec8244d1d106f866ee48994f6176705298aee1b8426b2ad2529eb454b",
            "5de22089c247b9b2722ec5c33498e6bc481b1faba85f4da957f8b84679fcf88c",
            "0aedba9d586f34f95cf1f0d54926f62e8a078ce2ca593be73ab27a87d3ff9c5d",
            "59feecfa04eb096ba44eed297e4239fa32d8840cbc1ffb8ff2f7fd8e8e0edd38",
            "28e543d3753fc9d14c658ebef20b76a3b5f8e7d78667baf27832ceb3bea01bdf",
            "b69d88ff1ad5834ab1d8ed45f20d72b6ccf3429c9ccc75b93d14ca0ee00dec16",
            "f070994a8599478580678f2b9482c5f02bb3de0647281e8efae183669425808a",
            "b6b9ee08c38f62da71fa150a8ada4a7a09c7d3c4a9f6445e51e5a4b2c6395368",
            "38e69fdd19aefeb4adf56312f10e62c30274997835173c7006308323ad7db506",
            "be394de37f9d6cf6682434e9f15a4f891eca9b614bf79da2da22a8e48a658fcd",
            "967f21586cdf1248a862f2cfb330099701c942c2c7a7537c54f7ec48f8556505",
            "dd0102d1cd0c6ac702573e3e7551fc6cec26596b6287348804c1b0f9544b5bf9",
        ],
    },
    Source {
        url: "https://min.io/docs/minio/linux/reference/minio-server/settings/root-credentials.html",
        digests: &["ad9858116e63b0c5a4d7dc7f50f034c7247e56838dae22c1832712ffde48e694"],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use data_encoding::BASE64URL_NOPAD;
    use hmac::{Hmac, KeyInit, Mac};

    use super::*;

    #[test]
    fn digests_are_whole_and_stand_once() {
        let mut seen = BTreeSet::new();
        for source in PUBLIC {
            assert!(source.url.starts_with("https://") && !source.digests.is_empty(), "{}", source.url);
            for digest in source.digests {
                let is_hex = digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                assert!(is_hex && seen.insert(digest), "{}: {digest}", source.url);
            }
        }
    }

    fn signed(claims: &str, key: &str) -> String {
        let text = [r#"{"alg":"HS256","typ":"JWT"}"#, claims].map(|part| BASE64URL_NOPAD.encode(part.as_bytes())).join(".");
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("because HMAC takes keys of any length");
        mac.update(text.as_bytes());
        format!("{text}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
    }

    #[test]
    fn samples_made_anew_are_known() {
        let jwt = signed(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#, "your-256-bit-secret");
        let local = signed(
            r#"{"iss":"supabase-demo","role":"service_role","exp":1983812996}"#,
            "super-secret-jwt-token-with-at-least-32-characters-long",
        );
        let zeros = format!("1x{}AA", "0".repeat(31));
        for (value, source) in [
            (jwt.as_str(), "https://jwt.io/"),
            (&local, "https://supabase.com/"),
            (&zeros, "https://developers.cloudflare.com/"),
            (concat!("AKIA", "IOSFODNN7", "EXAMPLE"), "https://docs.aws.amazon.com/"),
            (concat!("minio", "admin"), "https://min.io/"),
        ] {
            assert!(is_public(value.as_bytes()).is_some_and(|url| url.starts_with(source)), "{source}");
        }
    }

    #[test]
    fn other_values_are_not() {
        for value in [b"".as_slice(), b"AKIA", concat!("minio", "admin ").as_bytes(), concat!("MINIO", "ADMIN").as_bytes(), &[0xff; 40]] {
            assert_eq!(is_public(value), None);
        }
    }
}
