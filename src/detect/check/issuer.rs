//! What the claims of a JWT say beyond the registered ones, by who issued it.
//!
//! Sources: <https://supabase.com/docs/guides/auth/jwts>, <https://auth0.com/docs/secure/tokens/access-tokens>,
//! <https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/>, <https://cloud.google.com/docs/authentication/token-types>,
//! <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>,
//! <https://www.keycloak.org/docs/latest/server_admin/>, <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>,
//! <https://docs.github.com/actions/reference/security/oidc>, <https://docs.gitlab.com/ci/secrets/id_token_authentication/>,
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>,
//! <https://firebase.google.com/docs/auth/admin/verify-id-tokens>.

use serde_json::{Map, Value};

use super::Checked;

/// Who issued a token, and the claims that say whose it is.
struct Issuer {
    name: &'static str,
    /// Path of a claim, its parts divided by `/` from the first, and the word under which it is reported.
    claims: &'static [(&'static str, &'static str)],
}

const ANYONE: [(&str, &str); 6] = [
    ("email", "email"),
    ("preferred_username", "user"),
    ("client_id", "client_id"),
    ("azp", "client_id"),
    ("tenant_id", "tenant_id"),
    ("org_id", "organization"),
];
const SUPABASE: Issuer = Issuer { name: "Supabase", claims: &[("ref", "project_ref")] };
const AUTH0: Issuer = Issuer { name: "Auth0", claims: &[("gty", "grant")] };
const OKTA: Issuer = Issuer { name: "Okta", claims: &[("cid", "client_id"), ("uid", "user_id")] };
const GOOGLE: Issuer = Issuer { name: "Google", claims: &[("hd", "domain")] };
const FIREBASE: Issuer = Issuer { name: "Firebase", claims: &[("user_id", "user_id")] };
const ENTRA: Issuer =
    Issuer { name: "Microsoft Entra ID", claims: &[("tid", "tenant_id"), ("appid", "client_id"), ("oid", "object_id"), ("upn", "user")] };
const KEYCLOAK: Issuer = Issuer { name: "Keycloak", claims: &[] };
const KUBERNETES: Issuer = Issuer {
    name: "Kubernetes",
    claims: &[
        ("kubernetes.io/serviceaccount/namespace", "namespace"),
        ("kubernetes.io/serviceaccount/service-account.name", "service_account"),
    ],
};
const KUBERNETES_BOUND: Issuer = Issuer {
    name: "Kubernetes",
    claims: &[
        ("kubernetes.io//namespace", "namespace"),
        ("kubernetes.io//serviceaccount//name", "service_account"),
        ("kubernetes.io//pod//name", "pod"),
    ],
};
const GITHUB_ACTIONS: Issuer = Issuer {
    name: "GitHub Actions",
    claims: &[("repository", "repository"), ("workflow", "workflow"), ("ref", "ref"), ("environment", "environment"), ("actor", "user")],
};
const GITLAB: Issuer = Issuer {
    name: "GitLab",
    claims: &[("project_path", "project"), ("ref", "ref"), ("environment", "environment"), ("user_email", "email")],
};
const COGNITO: Issuer = Issuer { name: "Amazon Cognito", claims: &[("username", "user"), ("token_use", "token_use")] };

/// Adds to `checked` who issued the token, and what only tokens of that issuer say.
pub fn identify(checked: Checked, claims: &Map<String, Value>) -> Checked {
    let iss = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    let mut checked = name_all(checked, claims, &ANYONE);
    if let Some(issuer) = of(iss, claims) {
        checked = name_all(checked.with("issued_by", issuer.name), claims, issuer.claims);
    }
    [("/realms/", "realm"), ("https://securetoken.google.com/", "project_id")]
        .into_iter()
        .filter_map(|(before, key)| Some((key, iss.split_once(before)?.1.split('/').next()?)))
        .fold(checked, |checked, (key, value)| if value.is_empty() { checked } else { checked.with(key, value) })
}

fn of(iss: &str, claims: &Map<String, Value>) -> Option<&'static Issuer> {
    let rest = iss.strip_prefix("https://").unwrap_or(iss);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_in = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|head| head.ends_with('.'));
    Some(match host {
        "supabase" | "supabase-demo" => &SUPABASE,
        "kubernetes" => &KUBERNETES,
        _ if claims.contains_key("kubernetes.io") => &KUBERNETES_BOUND,
        "accounts.google.com" => &GOOGLE,
        "securetoken.google.com" => &FIREBASE,
        "sts.windows.net" | "login.microsoftonline.com" => &ENTRA,
        "token.actions.githubusercontent.com" => &GITHUB_ACTIONS,
        _ if is_in("supabase.co") => &SUPABASE,
        _ if is_in("auth0.com") => &AUTH0,
        _ if is_in("okta.com") || is_in("oktapreview.com") || is_in("okta-emea.com") => &OKTA,
        _ if is_in("gserviceaccount.com") || iss.ends_with(".gserviceaccount.com") => &GOOGLE,
        _ if host.starts_with("cognito-idp.") && is_in("amazonaws.com") => &COGNITO,
        _ if path.starts_with("realms/") || path.starts_with("auth/realms/") => &KEYCLOAK,
        _ if claims.contains_key("project_path") && claims.contains_key("pipeline_id") => &GITLAB,
        _ => return None,
    })
}

fn name_all(checked: Checked, claims: &Map<String, Value>, wanted: &[(&str, &'static str)]) -> Checked {
    wanted.iter().fold(checked, |checked, (path, key)| match at(claims, path).and_then(text) {
        Some(text) => checked.with(key, text),
        None => checked,
    })
}

/// The claim at `path`: a name, or names divided by `//` where one claim stands in another.
fn at<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    let mut names = path.split("//");
    let first = claims.get(names.next()?)?;
    names.try_fold(first, |claim, name| claim.get(name))
}

/// A short text or a number.
fn text(value: &Value) -> Option<String> {
    const LONGEST: usize = 200;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (1..=LONGEST).contains(&text.len()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a token with these claims, as `key=value` by key.
    fn said(claims: &str) -> String {
        let claims: Map<String, Value> = serde_json::from_str(claims).expect("because the test writes JSON");
        let checked = identify(Checked::neutral(), &claims);
        checked.identity.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn issuers_are_known_and_say_whose_it_is() {
        for (claims, expected) in [
            (r#"{"iss":"supabase","ref":"abc"}"#, "issued_by=Supabase project_ref=abc"),
            (r#"{"iss":"https://abc.supabase.co/auth/v1","email":"a@b.example"}"#, "email=a@b.example issued_by=Supabase"),
            (r#"{"iss":"https://acme.eu.auth0.com/","azp":"c1"}"#, "client_id=c1 issued_by=Auth0"),
            (r#"{"iss":"https://acme.okta.com/oauth2/default","cid":"c1"}"#, "client_id=c1 issued_by=Okta"),
            (r#"{"iss":"https://accounts.google.com","hd":"b.example"}"#, "domain=b.example issued_by=Google"),
            (r#"{"iss":"ci@acme.iam.gserviceaccount.com"}"#, "issued_by=Google"),
            (r#"{"iss":"https://securetoken.google.com/acme","user_id":"u"}"#, "issued_by=Firebase project_id=acme user_id=u"),
            (r#"{"iss":"https://sts.windows.net/t/","tid":"t","appid":"a"}"#, "client_id=a issued_by=Microsoft Entra ID tenant_id=t"),
            (r#"{"iss":"https://id.example/auth/realms/main"}"#, "issued_by=Keycloak realm=main"),
            (
                r#"{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"n","kubernetes.io/serviceaccount/service-account.name":"s"}"#,
                "issued_by=Kubernetes namespace=n service_account=s",
            ),
            (
                r#"{"iss":"https://k.example","kubernetes.io":{"namespace":"n","serviceaccount":{"name":"s"},"pod":{"name":"p"}}}"#,
                "issued_by=Kubernetes namespace=n pod=p service_account=s",
            ),
            (
                r#"{"iss":"https://token.actions.githubusercontent.com","repository":"a/b","ref":"refs/heads/main"}"#,
                "issued_by=GitHub Actions ref=refs/heads/main repository=a/b",
            ),
            (r#"{"iss":"https://git.example","project_path":"a/b","pipeline_id":"1"}"#, "issued_by=GitLab project=a/b"),
            (r#"{"iss":"https://cognito-idp.eu-west-1.amazonaws.com/p","token_use":"id"}"#, "issued_by=Amazon Cognito token_use=id"),
            (r#"{"iss":"https://notauth0.com/","tid":"t"}"#, ""),
            (r#"{"iss":7,"email":["x"],"azp":""}"#, ""),
        ] {
            assert_eq!(said(claims), expected, "{claims}");
        }
    }
}
