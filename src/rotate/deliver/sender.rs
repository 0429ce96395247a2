//! One target's connections: its address, keys and certificates, and one request after the other.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::http::Response;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};
use zeroize::Zeroizing;

use super::address::{Allowed, Guarded};
use super::answer::{NoReply, Reply};
use super::keys;
use super::revocable::{Listed, Revocable};
use crate::rotate::config::{Lookup, Target, check_url, is_loopback_host};
use crate::rotate::format::{Format, Types, WhyNot, revoke};
use crate::rotate::outbox::Claim;
use crate::rotate::sign::{SIGNATURE, Signer};
use crate::rotate::time::SECOND_MS;
use crate::secret::Secret;
use crate::source;

/// Most bytes of an answer that are read; a receiver has a word or two to say.
const LONGEST_ANSWER: u64 = 64 << 10;
/// Largest file of certificates, in bytes.
const LARGEST_PEM: u64 = 4 << 20;

/// A target, ready to be called.
pub struct Sender {
    agent: Agent,
    url: Zeroizing<String>,
    format: Format,
    types: Types,
    revocable: Option<Revocable>,
    signer: Signer,
    headers: Vec<(String, Zeroizing<String>)>,
}

/// Whether everything that `target` names is there and can be used. Opens no socket.
///
/// # Errors
/// What is not, without its content.
pub fn check(target: &Target, lookup: Lookup<'_>) -> Result<(), String> {
    Sender::new(target, lookup).map(|_| ())
}

impl Sender {
    /// Looks up all values and reads all files of `target`.
    ///
    /// # Errors
    /// Something is not there or cannot be used; never says what is in it.
    pub fn new(target: &Target, lookup: Lookup<'_>) -> Result<Self, String> {
        let url = target.url.value(lookup).map_err(|why| format!("`url`: {why}"))?;
        let parts = check_url(&url).map_err(|why| format!("the address in the {} {why}", target.url))?;
        let signer = keys::signer(target, lookup)?;
        let mut headers = Vec::new();
        for (name, reference) in &target.headers {
            let value = reference.value(lookup).map_err(|why| format!("header `{name}`: {why}"))?;
            if !value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
                return Err(format!("header `{name}`: the {reference} has characters that no header can have"));
            }
            headers.push((name.clone(), value));
        }
        let allowed = match () {
            () if is_loopback_host(&parts.host) => Allowed::Loopback,
            () if target.allow_private => Allowed::Private,
            () => Allowed::Public,
        };
        let resolver = Guarded { inner: DefaultResolver::default(), allowed };
        let agent = agent(target, parts.is_https, resolver)?;
        let (format, types) = (target.format, target.types.clone());
        let asked = |url: &str| revoke::addresses(url).map_err(|why| format!("the address in the {} {why}", target.url));
        let (url, revocable) = if format.asks_first() {
            let addresses = asked(&url)?;
            (Zeroizing::new(addresses.revoke), Some(Revocable::new(addresses.types)))
        } else {
            (url, None)
        };
        Ok(Self { agent, url, format, types, revocable, signer, headers })
    }

    /// Sends one event; `secret` is what it is about, for formats that send it. An answer of any status is a reply; whatever it says is read
    /// up to a limit.
    ///
    /// # Errors
    /// Nothing could be sent, or there was no whole answer.
    pub fn send(&self, claim: &Claim, secret: Option<&Secret>, at_ms: i64) -> Result<Reply, NoReply> {
        let unsendable = |why: WhyNot| NoReply::Unsendable(why.to_string());
        let kind = if self.format.sends_secret() { self.types.of_event(&claim.body).map_err(unsendable)? } else { String::new() };
        if let Some(revocable) = &self.revocable
            && let Some(refused) = revocable.takes(&kind, |url| self.list(url))?
        {
            return Ok(refused);
        }
        let body = self.format.body(claim.body.to_string(), secret, &self.types).map_err(unsendable)?;
        let seconds = at_ms.div_euclid(SECOND_MS);
        let mut request = self.agent.post(self.url.as_str()).content_type(self.format.content_type());
        request = request.header("webhook-id", claim.id.as_str()).header("webhook-timestamp", seconds.to_string());
        let signed = self.signer.headers(&claim.id, seconds, body.as_bytes());
        for (name, value) in &signed {
            request = request.header(*name, value.as_str());
        }
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        let (mut reply, content) = received(request.send(body.as_bytes()), LONGEST_ANSWER)?;
        if (200..300).contains(&reply.status) {
            reply.answer = self.format.answer(reply.status, &content.unwrap_or_default(), secret, &kind);
        }
        if secret.is_none() && body == claim.body {
            reply.signature = signed.into_iter().find(|(name, _)| *name == SIGNATURE).map(|(_, value)| value);
        }
        reply.is_final = self.format.is_final(reply.status);
        Ok(reply)
    }

    /// Asks which kinds of tokens the receiver revokes.
    fn list(&self, url: &str) -> Result<Listed, NoReply> {
        let mut request = self.agent.get(url).header("accept", "application/json");
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        let (reply, content) = received(request.call(), revoke::LONGEST_LIST)?;
        Ok((Reply { asked: "asked which types it revokes: ", ..reply }, content))
    }
}

/// What was answered, and its content if that is no longer than `longest` bytes.
fn received(answered: Result<Response<Body>, ureq::Error>, longest: u64) -> Result<Listed, NoReply> {
    let mut response = answered.map_err(|error| NoReply::Unanswered(told(&error)))?;
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let mut content = Vec::new();
    let read = response.body_mut().as_reader().take(longest + 1).read_to_end(&mut content);
    // A failure is one whatever it goes on to say.
    if read.is_err() && (200..300).contains(&status) {
        return Err(NoReply::Unanswered(format!("the answer (HTTP {status}) broke off or took too long")));
    }
    let content = (content.len() as u64 <= longest).then_some(content);
    Ok((Reply { status, retry_after, answer: None, is_final: false, asked: "", signature: None }, content))
}

fn agent(target: &Target, is_https: bool, resolver: Guarded) -> Result<Agent, String> {
    let timeout = Duration::from_secs(target.timeout_seconds);
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // The environment of a scan must not decide where secrets are told.
        .proxy(None)
        .user_agent(concat!("keysieve/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(timeout))
        .timeout_connect(Some(timeout.min(Duration::from_secs(10))))
        .max_idle_connections_per_host(target.parallel)
        .max_response_header_size(64 << 10)
        .https_only(is_https);
    if is_https {
        config = config.tls_config(tls(target)?);
    }
    Ok(Agent::with_parts(config.build(), DefaultConnector::default(), resolver))
}

fn tls(target: &Target) -> Result<TlsConfig, String> {
    let roots = match &target.ca_file {
        Some(path) => certificates(path)?,
        None => {
            let found = rustls_native_certs::load_native_certs();
            found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
        }
    };
    if roots.is_empty() {
        return Err("this system has no certificate authorities to trust; install them (ca-certificates), or name a `ca_file`".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = target.client.as_ref().map(|files| client(&files.certificate, &files.key, &provider)).transpose()?;
    let config = TlsConfig::builder().provider(TlsProvider::Rustls).unversioned_rustls_crypto_provider(provider);
    Ok(config.root_certs(RootCerts::new_with_certs(&roots)).client_cert(client).build())
}

/// The sender's own certificate and its key, which have to belong together.
fn client(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<ClientCert, String> {
    let (chain, private) = (certificates(certificate)?, private_key(key)?);
    let unusable =
        || format!("the certificate in {} and the key in {} cannot be used, or not together", certificate.display(), key.display());
    let der = chain.iter().map(|one| CertificateDer::from(one.der().to_vec())).collect();
    let key_der = PrivateKeyDer::try_from(private.der()).map_err(|_| unusable())?.clone_key();
    CertifiedKey::from_der(der, key_der, provider).map_err(|_| unusable())?;
    Ok(ClientCert::new_with_certs(&chain, private))
}

fn pem(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let bytes = source::read_bounded(path, true, LARGEST_PEM).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
    bytes.map(Zeroizing::new).ok_or_else(|| format!("there is no file {}", path.display()))
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let bytes = pem(path)?;
    let found: Vec<_> = parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(format!("there is no certificate in PEM in {}", path.display())) } else { Ok(found) }
}

fn private_key(path: &Path) -> Result<PrivateKey<'static>, String> {
    PrivateKey::from_pem(&pem(path)?).map_err(|_| format!("there is no private key in PEM in {}", path.display()))
}

/// What went wrong, without the address, which may be a secret.
fn told(error: &ureq::Error) -> String {
    use ureq::Error;
    match error {
        Error::Timeout(which) => format!("no answer in time ({which})"),
        Error::HostNotFound => "there is no host of that name".to_owned(),
        Error::Io(error) if alert(error).is_some() => alert(error).unwrap_or_default(),
        Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => "nobody listens at that address".to_owned(),
            std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::BrokenPipe => {
                "the connection broke off before there was an answer".to_owned()
            }
            _ => error.to_string(),
        },
        Error::Rustls(error) => format!("no secure connection: {error}"),
        Error::Tls(why) => format!("no secure connection: {why}"),
        Error::ConnectionFailed => "no connection".to_owned(),
        Error::Protocol(_) => "the answer is no HTTP".to_owned(),
        Error::LargeResponseHeader(..) => "the header of the answer is too long".to_owned(),
        _ => "the request could not be made".to_owned(),
    }
}

/// What a receiver says that ends the connection since it wants another certificate of the sender.
fn alert(error: &std::io::Error) -> Option<String> {
    use rustls::AlertDescription as Alert;
    let rustls::Error::AlertReceived(alert) = error.get_ref()?.downcast_ref()? else { return None };
    let is_about_certificate = matches!(
        alert,
        Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::UnsupportedCertificate
            | Alert::AccessDenied
            | Alert::DecryptError
            | Alert::HandshakeFailure
    );
    let why = "the receiver asks for a client certificate, or for another one: `client_certificate` names it";
    is_about_certificate.then(|| format!("no secure connection ({alert:?}): {why}"))
}
