//! A rotation configuration to begin with.

/// What `keysieve rotate config example` prints. It reads without an error as it is.
pub const EXAMPLE: &str = r#"# Where keysieve sends what it found, so that it gets rotated.
# Keep this file in your own settings, not in a scanned repository. It holds no secrets:
# keys and tokens are named by environment variable (`env`) or by file (`file`).

# Where the secrets are exposed, as events say it. Default: the name of the current folder.
# source: https://git.example.org/app

# Within which time a secret has to be rotated; what is older is overdue.
deadlines: {critical: 4h, high: 24h, medium: 7d, low: 30d}

# Who agrees to events of targets with `require_approval: owner`: an owner of the file by CODEOWNERS at HEAD, else who last
# changed the line, else the default owner; never who committed the secret. Members of teams are known from here alone.
# approval:
#   default_owner: security@example.org
#   teams: {"@org/platform": [ann@example.org, "@bob"]}

targets:
  # Your own receiver; see examples/receivers/. Each request is signed, see docs/rotation.md.
  - name: rotation-service
    url: https://rotate.example.org/hook
    format: keysieve
    # Several while one takes the place of another: whsec_… (HMAC-SHA256) or whsk_… (Ed25519).
    signing_keys: [{env: ROTATION_KEY}]
    # All conditions have to hold. Without `select` the target gets everything.
    select:
      rules: ["aws.*", "github.*"]
      min_severity: high
      min_confidence: medium
    rate_limit: 10/s
    timeout: 20s

  # A receiver on this machine: plain http goes to nowhere else.
  - name: local
    url: http://127.0.0.1:8080/hook
    format: keysieve
    signing_keys: [{env: HOOK_KEY}]

  # A message to a chat. The address is a secret itself, so it is named, not written.
  - name: chat
    url: {env: SLACK_WEBHOOK_URL}
    format: slack
    select: {min_severity: critical}
    rate_limit: 1/s

  # A receiver that needs the secret itself to revoke it: only it can read what is encrypted for it.
  # It makes its key with `age-keygen -o receiver.key`, which prints the recipient.
  # - name: revoker
  #   url: https://revoke.example.org/hook
  #   format: keysieve
  #   signing_keys: [{env: REVOKER_KEY}]
  #   include_secret: encrypted
  #   recipient: age1…

  # A receiver in your own network, with a certificate of your own authority. An owner approves each event (`true`: anybody).
  # - name: internal
  #   url: https://vault-rotator.internal:8443/hook
  #   format: keysieve
  #   signing_keys: [{file: keys/rotator.whsk}]
  #   allow_private: true
  #   ca_file: keys/internal-ca.pem
  #   client_certificate: {certificate: keys/client.pem, key: keys/client-key.pem}
  #   headers: {Authorization: {env: ROTATOR_TOKEN, prefix: "Bearer "}}
  #   require_approval: owner

  # A service of your own that has tokens revoked: GitLab's Token Revocation API. It is sent the secrets themselves.
  # - name: revocation
  #   url: https://revoke.example.org
  #   format: gitlab-revoke-tokens
  #   include_secret: plain
  #   headers: {Authorization: {env: REVOCATION_TOKEN, prefix: "Bearer "}}
  #   # What the service calls the tokens of a rule, where that is not the rule's id.
  #   types: {gitlab.personal-access-token: gitleaks_rule_id_gitlab_personal_access_token}
  #   select: {rules: ["gitlab.*"]}

  # The issuer of tokens, told as GitHub tells its partners: with the secrets themselves. `keysieve rotate keys` prints
  # what it needs to check the signatures.
  # - name: issuer
  #   url: https://tokens.example.org/leaked
  #   format: github-partner
  #   include_secret: plain
  #   # openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out keys/issuer.pem
  #   signing_keys: [{file: keys/issuer.pem}]
  #   types: {github.personal-access-token: github_personal_access_token}
  #   select: {rules: ["github.*"], min_confidence: high}
"#;
