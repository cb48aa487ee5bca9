//! instant-acme, the Rust library: all that a client can do.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use hf_testkit::dns::Data;
use hf_x509::certificate::Certificate;
use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeHandle, ChallengeType, ExternalAccountKey,
    Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy, RevocationReason, RevocationRequest,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::crypto::aws_lc_rs::{default_provider, sign};
use rustls::pki_types::{CertificateDer, Der, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection};

use super::ca::Ca;
use super::matrix::{self, ADDRESS, Challenge, Does, INSTANT_ACME, Row};
use super::web;

#[test]
fn instant_acme() {
    matrix::each(INSTANT_ACME, |row| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(try_row(row));
    });
}

#[test]
fn caa_records_decide_where_the_file_names_the_authority_for_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ca = Ca::declaring("caa = [\"ca.shop.internal\"]");
        let row = matrix::first(INSTANT_ACME);
        let client = Client::new(&ca, &row);
        let allow = Data::caa("issue", "ca.shop.internal; validationmethods=http-01");
        ca.dns.set("shop.internal", vec![allow]);
        client.issue(&client.register().await, None).await;
        ca.dns.set("shop.internal", vec![Data::caa("issue", "other.test")]);
        // Another account has to prove the name anew.
        let mut order = client.start(&client.register().await, None).await;
        let refusal = order.poll_ready(&RetryPolicy::default()).await.err().unwrap();
        let refusal = format!("{refusal:?}");
        assert!(refusal.contains("urn:ietf:params:acme:error:caa"), "{refusal}");
        assert!(refusal.contains("CAA records of shop.internal forbid it"), "{refusal}");
    });
}

async fn try_row(row: &Row) {
    let ca = Ca::start();
    let client = Client::new(&ca, row);
    let mut account = client.register().await;
    let first = client.issue(&account, None).await;
    assert_eq!((row.renew, row.revoke, row.key_change), (Does::WhenTold, Does::Yes, Does::Yes));
    drop(account.update_key().await.unwrap());
    let id = certificate_id(&first);
    let (planned, _) = account.renewal_info(&id).await.unwrap();
    ca.ask_for_renewal();
    let (told, _) = account.renewal_info(&id).await.unwrap();
    assert!(told.suggested_window.start < planned.suggested_window.start);
    let second = client.issue(&account, Some(id.clone())).await;
    assert_ne!(first, second);
    // What is replaced is replaced once (RFC 9773 section 5).
    let again = account.new_order(&NewOrder::new(&[client.identifier()]).replaces(id)).await;
    let refusal = again.err().unwrap().to_string();
    assert!(refusal.contains("alreadyReplaced"), "{refusal}");
    let der = CertificateDer::from(second.der());
    let request = RevocationRequest { certificate: &der, reason: Some(RevocationReason::KeyCompromise) };
    account.revoke(&request).await.unwrap();
    assert_eq!((ca.state(&first).as_str(), ca.state(&second).as_str()), ("valid", "revoked"));
}

/// RFC 9773 section 4.1.
fn certificate_id(certificate: &Certificate) -> CertificateIdentifier<'static> {
    let authority = certificate.authority_key_identifier().unwrap().unwrap();
    let authority = Der::from_slice(authority.key_identifier.as_ref().unwrap().as_bytes());
    CertificateIdentifier::new(authority, Der::from_slice(certificate.serial_octets())).into_owned()
}

struct Client<'a> {
    ca: &'a Ca,
    row: &'a Row,
    folder: PathBuf,
    shown: Arc<Shown>,
}

impl<'a> Client<'a> {
    fn new(ca: &'a Ca, row: &'a Row) -> Self {
        let folder = ca.folder("instant-acme");
        let shown = Arc::new(Shown::default());
        match row.challenge {
            Challenge::Http01 => web::serve(ca.http, &folder),
            Challenge::TlsAlpn01 => serve_tls(ca.tls, Arc::clone(&shown)),
            Challenge::Dns01 => {}
        }
        Self { ca, row, folder, shown }
    }

    async fn register(&self) -> Account {
        let binding = self.ca.binding(self.row);
        let key = binding.map(|binding| ExternalAccountKey::new(binding.kid, &unbase64(&binding.hmac)));
        let account = NewAccount { contact: &[], terms_of_service_agreed: true, only_return_existing: false };
        let builder = Account::builder_with_root(self.ca.roots()).unwrap();
        builder.create(&account, self.ca.directory(), key.as_ref()).await.unwrap().0
    }

    fn identifier(&self) -> Identifier {
        match self.row.name {
            ADDRESS => Identifier::Ip(ADDRESS.parse().unwrap()),
            name => Identifier::Dns(name.to_owned()),
        }
    }

    /// Order the name, and prove it where it is not proven.
    async fn start(&self, account: &Account, replaces: Option<CertificateIdentifier<'_>>) -> Order {
        let identifiers = [self.identifier()];
        let order = NewOrder::new(&identifiers);
        let order = match replaces {
            Some(id) => order.replaces(id),
            None => order,
        };
        let mut order = account.new_order(&order).await.unwrap();
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.unwrap();
            if authorization.status == AuthorizationStatus::Pending {
                let kind = match self.row.challenge {
                    Challenge::Http01 => ChallengeType::Http01,
                    Challenge::Dns01 => ChallengeType::Dns01,
                    Challenge::TlsAlpn01 => ChallengeType::TlsAlpn01,
                };
                let mut challenge = authorization.challenge(kind).unwrap();
                self.prove(&challenge);
                challenge.set_ready().await.unwrap();
            }
        }
        order
    }

    async fn issue(&self, account: &Account, replaces: Option<CertificateIdentifier<'_>>) -> Certificate {
        let mut order = self.start(account, replaces).await;
        let status = order.poll_ready(&RetryPolicy::default()).await.unwrap();
        assert_eq!(status, OrderStatus::Ready, "{:?}", order.state());
        order.finalize().await.unwrap();
        let chain = order.poll_certificate(&RetryPolicy::default()).await.unwrap();
        let file = self.folder.join("chain.pem");
        std::fs::write(&file, chain).unwrap();
        self.ca.check(&file, &file, self.row.name)
    }

    fn prove(&self, challenge: &ChallengeHandle<'_>) {
        let proof = challenge.key_authorization();
        match self.row.challenge {
            Challenge::Http01 => std::fs::write(self.folder.join(&challenge.token), proof.as_str()).unwrap(),
            Challenge::Dns01 => {
                let record = self.ca.zone().join("_acme-challenge.shop.internal");
                std::fs::write(record, proof.dns_value()).unwrap();
            }
            Challenge::TlsAlpn01 => self.shown.set(self.row.name, proof.digest().as_ref()),
        }
    }
}

/// The certificate of tls-alpn-01.
#[derive(Debug, Default)]
struct Shown(Mutex<Option<Arc<CertifiedKey>>>);

impl Shown {
    fn set(&self, name: &str, digest: &[u8]) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        let certificate = CertificateDer::from(params.self_signed(&key).unwrap().der().to_vec());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = sign::any_supported_type(&key).unwrap();
        *self.0.lock().unwrap() = Some(Arc::new(CertifiedKey::new(vec![certificate], signer)));
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.lock().unwrap().clone()
    }
}

fn serve_tls(address: SocketAddr, shown: Arc<Shown>) {
    let listener = TcpListener::bind(address).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // Until the authority has seen the certificate and gone.
            while connection.complete_io(&mut stream).is_ok_and(|(read, _)| read > 0) {}
        }
    });
}

/// base64url without padding, RFC 4648 section 5.
fn unbase64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut octets = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for digit in text.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit).unwrap();
        held = held << 6 | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            octets.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    octets
}
