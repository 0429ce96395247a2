//! Certificates, and names that stand for other addresses than they should.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::super::address::{Allowed, Guarded};
use super::Bench;
use super::server::{Server, said};

/// An authority of a test's own.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("because it has no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("because there is randomness");
    CertifiedIssuer::self_signed(params, key).expect("because it is fine")
}

/// A receiver with a certificate of `issuer` for `name`, that ends in `year`.
fn server(issuer: &CertifiedIssuer<'_, KeyPair>, name: &str, year: i32) -> Server {
    server_for(None, issuer, name, year)
}

/// The same that takes only senders with a certificate of `clients`.
fn server_for(clients: Option<&CertifiedIssuer<'_, KeyPair>>, issuer: &CertifiedIssuer<'_, KeyPair>, name: &str, year: i32) -> Server {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("because it is a name");
    params.not_after = date_time_ymd(year, 1, 1);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().expect("because there is randomness");
    let certificate = params.signed_by(&key, issuer).expect("because it is fine");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().expect("because it knows them");
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(clients.der().clone()).expect("because it is a certificate");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            config.with_client_cert_verifier(verifier.expect("because there is an authority"))
        }
    };
    let config = config.with_single_cert(vec![certificate.der().clone()], private).expect("because they fit");
    let config = Arc::new(config);
    Server::over(
        |_, _| said(200, "", ""),
        move |stream| {
            let mut connection = ServerConnection::new(config.clone()).expect("because the configuration is fine");
            let mut stream = stream;
            if connection.complete_io(&mut stream).is_err() {
                // As servers do, so that what was said last is read before the connection ends.
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
            Box::new(StreamOwned::new(connection, stream))
        },
    )
}

fn bench(server: &Server, trusted: &CertifiedIssuer<'_, KeyPair>, folder: &Path) -> Bench {
    let path = folder.join("ca.pem");
    std::fs::write(&path, trusted.pem()).expect("because it can be written");
    Bench::new(&format!("https://{}/hook", server.address), &format!(", ca_file: '{}'", path.display()), 1)
}

#[test]
fn a_certificate_has_to_be_trusted_for_the_name_and_for_now() {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let (own, other) = (authority(), authority());
    let fine = server(&own, "127.0.0.1", 2090);
    assert_eq!(bench(&fine, &own, folder.path()).deliver(false, 0).delivered, 1);
    for (server, trusted, says) in [
        // The other authority has the same name and another key.
        (server(&own, "127.0.0.1", 2090), &other, "BadSignature"),
        (server(&own, "hooks.example.org", 2090), &own, "not valid for name"),
        (server(&own, "127.0.0.1", 2020), &own, "expired"),
    ] {
        let why = bench(&server, trusted, folder.path()).fails();
        assert!(why.contains("certificate") && why.contains(says), "{says}: {why}");
        assert_eq!(server.count(), 0);
    }
}

/// Writes a sender's certificate of `issuer` and its key; the lines that name them.
fn client(issuer: &CertifiedIssuer<'_, KeyPair>, folder: &Path) -> String {
    let mut params = CertificateParams::new(Vec::new()).expect("because it has no names");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().expect("because there is randomness");
    let certificate = params.signed_by(&key, issuer).expect("because it is fine");
    let (certificate_path, key_path) = (folder.join("client.pem"), folder.join("client.key"));
    std::fs::write(&certificate_path, certificate.pem()).expect("because it can be written");
    std::fs::write(&key_path, key.serialize_pem()).expect("because it can be written");
    format!(", client_certificate: {{certificate: '{}', key: '{}'}}", certificate_path.display(), key_path.display())
}

#[test]
fn a_receiver_that_asks_for_a_certificate_takes_only_the_right_one() {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let (own, clients, other) = (authority(), authority(), authority());
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, own.pem()).expect("because it can be written");
    let server = server_for(Some(&clients), &own, "127.0.0.1", 2090);
    let bench = |more: &str| Bench::new(&format!("https://{}/hook", server.address), &format!(", ca_file: '{}'{more}", ca.display()), 1);
    for more in [String::new(), client(&other, folder.path())] {
        let why = bench(&more).fails();
        assert!(why.contains("client certificate"), "{more}: {why}");
    }
    assert_eq!(server.count(), 0);
    assert_eq!(bench(&client(&clients, folder.path())).deliver(false, 0).delivered, 1);
    // A certificate and the key of another one are told before anything is sent.
    let right = client(&clients, folder.path());
    std::fs::write(folder.path().join("client.key"), KeyPair::generate().expect("because there is randomness").serialize_pem())
        .expect("because it can be written");
    let done = bench(&right).deliver(false, 0);
    assert!(done.problems.join("").contains("not together") && server.count() == 1, "{done:?}");
    std::fs::write(folder.path().join("client.key"), "hunter2").expect("because it can be written");
    let problems = bench(&right).deliver(false, 0).problems.join("\n");
    assert!(problems.contains("no private key in PEM") && !problems.contains("hunter2"), "{problems}");
}

#[test]
fn addresses_that_are_none_of_the_internet_are_not_called() {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority().pem()).expect("because it can be written");
    for host in ["10.1.2.3", "169.254.169.254", "100.64.0.1", "192.168.0.1", "[fd12::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let why = Bench::new(&format!("https://{host}/"), &format!(", ca_file: '{}'", ca.display()), 1).fails();
        assert!(why.contains("allow_private: true"), "{host}: {why}");
    }
}

#[test]
fn files_of_certificates_that_hold_none_are_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, "hunter2").expect("because it can be written");
    let problems = |more: &str| Bench::new("https://127.0.0.1:9/", more, 1).deliver(false, 0).problems.join("\n");
    let no_certificate = problems(&format!(", ca_file: '{}'", path.display()));
    assert!(no_certificate.contains("no certificate in PEM") && !no_certificate.contains("hunter2"), "{no_certificate}");
    assert!(problems(", ca_file: /nowhere/ca.pem").contains("there is no file"));
}

/// Answers with one address after the other.
#[derive(Debug, Clone)]
struct Changing {
    addresses: Arc<Vec<SocketAddr>>,
    asked: Arc<AtomicUsize>,
    given: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Resolver for Changing {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let address = self.addresses[self.asked.fetch_add(1, Ordering::Relaxed).min(self.addresses.len() - 1)];
        self.given.lock().expect("because no test panics with it").push(address);
        let mut addresses = self.empty();
        addresses.push(address);
        Ok(addresses)
    }
}

#[test]
fn a_name_is_resolved_once_and_what_was_checked_is_what_is_called() {
    let wanted = Server::new(|_, _| said(200, "connection: close\r\n", ""));
    let other = Server::new(|_, _| said(200, "connection: close\r\n", ""));
    let addresses = Arc::new(vec![wanted.address, other.address]);
    let changing = Changing { addresses, asked: Arc::default(), given: Arc::default() };
    let agent = |allowed, inner| {
        let config = ureq::Agent::config_builder().proxy(None).build();
        ureq::Agent::with_parts(config, ureq::unversioned::transport::DefaultConnector::default(), Guarded { inner, allowed })
    };
    let sent = agent(Allowed::Loopback, changing.clone()).post("http://hooks.example.org/").send("x");
    assert!(sent.is_ok(), "{sent:?}");
    assert_eq!((wanted.count(), other.count(), changing.asked.load(Ordering::Relaxed)), (1, 0, 1));
    // The second answer is an address of this machine: not for a target out there.
    let refused = agent(Allowed::Public, changing).post("http://hooks.example.org/").send("x");
    assert!(refused.is_err_and(|error| error.to_string().contains("allow_private")));
    assert_eq!(other.count(), 0);
}
