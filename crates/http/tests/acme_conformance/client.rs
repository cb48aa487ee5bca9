//! An ACME client that does what it is told, right or wrong.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hf_ca::create::request_for;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::house::{Answer, HOST, House, SERVICES};

/// The media type of every signed request.
pub(crate) const JOSE: &str = "application/jose+json";

pub(crate) fn base64url(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// A key that signs requests.
pub(crate) struct Key(pub(crate) PrivateKey);

impl Key {
    pub(crate) fn new(algorithm: KeyAlgorithm) -> Self {
        Self(PrivateKey::generate(algorithm).unwrap())
    }

    pub(crate) fn p256() -> Self {
        Self::new(KeyAlgorithm::EcdsaP256)
    }

    fn algorithm(&self) -> Algorithm {
        let algorithm = self.0.algorithm();
        if algorithm.is_rsa() {
            Algorithm::RS256
        } else if algorithm == KeyAlgorithm::EcdsaP384 {
            Algorithm::ES384
        } else if algorithm == KeyAlgorithm::Ed25519 {
            Algorithm::EdDSA
        } else {
            Algorithm::ES256
        }
    }

    pub(crate) fn alg(&self) -> String {
        format!("{:?}", self.algorithm())
    }

    pub(crate) fn jwk(&self) -> Value {
        let public = self.0.public_key();
        if let Some((modulus, exponent)) = public.rsa_modulus().zip(public.rsa_exponent()) {
            return json!({"kty":"RSA","n":base64url(modulus),"e":base64url(exponent)});
        }
        match public.ec_point() {
            Some((_, point)) => {
                let (x, y) = point[1..].split_at(point.len() / 2);
                let crv = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"kty":"EC","crv":crv,"x":base64url(x),"y":base64url(y)})
            }
            None => json!({"kty":"OKP","crv":"Ed25519","x":base64url(public.key_octets())}),
        }
    }

    pub(crate) fn thumbprint(&self) -> String {
        hf_proto::acme::jwk::Jwk::read(&self.jwk()).unwrap().thumbprint().to_string()
    }

    /// A flattened JWS over these parts, as they are.
    pub(crate) fn jws(&self, header: &Value, payload: &str) -> Value {
        let protected = base64url(header.to_string());
        let payload = base64url(payload);
        let signature = jsonwebtoken::crypto::sign(
            format!("{protected}.{payload}").as_bytes(),
            &self.encoding(),
            self.algorithm(),
        );
        json!({"protected":protected,"payload":payload,"signature":signature.unwrap()})
    }

    fn encoding(&self) -> EncodingKey {
        let pkcs8 = self.0.pkcs8_der().expose();
        if self.0.algorithm().is_rsa() {
            let pem = self.0.to_traditional_pem().unwrap();
            let body: String = pem.expose().lines().filter(|line| !line.starts_with('-')).collect();
            EncodingKey::from_rsa_der(&STANDARD.decode(body).unwrap())
        } else if self.0.algorithm() == KeyAlgorithm::Ed25519 {
            EncodingKey::from_ed_der(pkcs8)
        } else {
            EncodingKey::from_ec_der(pkcs8)
        }
    }
}

/// A client with a key, and with an account once it has registered.
pub(crate) struct Client<'h> {
    pub(crate) house: &'h House,
    pub(crate) key: Key,
    pub(crate) kid: String,
    authority: &'static str,
}

impl<'h> Client<'h> {
    /// Without an account.
    pub(crate) fn stranger(house: &'h House) -> Self {
        Self::of(house, SERVICES, Key::p256())
    }

    pub(crate) fn of(house: &'h House, authority: &'static str, key: Key) -> Self {
        Self { house, key, kid: String::new(), authority }
    }

    /// With an account.
    pub(crate) async fn new(house: &'h House) -> Self {
        let mut client = Self::stranger(house);
        client.register().await;
        client
    }

    pub(crate) async fn register(&mut self) {
        let answer = self.new_account(&json!({"termsOfServiceAgreed":true})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        self.kid = answer.location();
    }

    /// A URL of the authority.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{HOST}/acme/{}/{path}", self.authority)
    }

    pub(crate) async fn nonce(&self) -> String {
        self.house.plain("HEAD", &self.url("new-nonce")).await.header("replay-nonce").to_owned()
    }

    /// A header by account.
    pub(crate) async fn header(&self, url: &str) -> Value {
        json!({"alg":self.key.alg(),"kid":self.kid,"url":url,"nonce":self.nonce().await})
    }

    /// A header by key.
    pub(crate) async fn key_header(&self, url: &str) -> Value {
        json!({"alg":self.key.alg(),"jwk":self.key.jwk(),"url":url,"nonce":self.nonce().await})
    }

    /// Send a body as it is.
    pub(crate) async fn send(&self, url: &str, body: &Value) -> Answer {
        self.house.send("POST", url, &[("content-type", JOSE)], body.to_string().into_bytes()).await
    }

    /// A signed request with this payload.
    pub(crate) async fn post_text(&self, url: &str, payload: &str) -> Answer {
        let jws = self.key.jws(&self.header(url).await, payload);
        self.send(url, &jws).await
    }

    pub(crate) async fn post(&self, url: &str, payload: &Value) -> Answer {
        self.post_text(url, &payload.to_string()).await
    }

    /// POST-as-GET.
    pub(crate) async fn read(&self, url: &str) -> Answer {
        self.post_text(url, "").await
    }

    pub(crate) async fn new_account(&self, payload: &Value) -> Answer {
        let url = self.url("new-account");
        let jws = self.key.jws(&self.key_header(&url).await, &payload.to_string());
        self.send(&url, &jws).await
    }

    pub(crate) async fn new_order(&self, payload: &Value) -> Answer {
        self.post(&self.url("new-order"), payload).await
    }

    pub(crate) async fn new_authz(&self, payload: &Value) -> Answer {
        self.post(&self.url("new-authz"), payload).await
    }

    /// A new order for DNS names and addresses.
    pub(crate) async fn order(&self, names: &[&str]) -> Placed {
        let answer = self.new_order(&json!({"identifiers":identifiers(names)})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        Placed { url: answer.location(), object: answer.json() }
    }

    /// Say of one challenge of each authorization of an order that it is ready.
    pub(crate) async fn begin(&self, order: &Placed) {
        for authorization in order.authorizations() {
            let object = self.read(&authorization).await.json();
            if object["status"] == "pending" {
                let url = object["challenges"][0]["url"].as_str().unwrap();
                assert_eq!(self.post(url, &json!({})).await.status, 200);
            }
        }
    }

    /// An order that can be finalized.
    pub(crate) async fn ready(&self, names: &[&str]) -> Placed {
        let order = self.order(names).await;
        self.begin(&order).await;
        self.house.work().await;
        let order = self.look(&order).await;
        assert_eq!(order.object["status"], "ready", "{}", order.object);
        order
    }

    pub(crate) async fn look(&self, order: &Placed) -> Placed {
        Placed { url: order.url.clone(), object: self.read(&order.url).await.json() }
    }

    pub(crate) async fn finalize(&self, order: &Placed, csr: &[u8]) -> Answer {
        self.post(&order.finalize(), &json!({"csr":base64url(csr)})).await
    }

    /// A certificate for these names, with its order.
    pub(crate) async fn certificate(&self, names: &[&str]) -> (Certificate, PrivateKey, Placed) {
        let order = self.ready(names).await;
        let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
        let answer = self.finalize(&order, &csr(&key, names)).await;
        let order = Placed { url: order.url, object: answer.json() };
        assert_eq!(order.object["status"], "valid", "{}", order.object);
        (first(&self.read(&order.certificate()).await), key, order)
    }
}

/// An order as the server states it.
pub(crate) struct Placed {
    pub(crate) url: String,
    pub(crate) object: Value,
}

impl Placed {
    pub(crate) fn authorizations(&self) -> Vec<String> {
        let list = self.object["authorizations"].as_array().unwrap();
        list.iter().map(|url| url.as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn finalize(&self) -> String {
        self.object["finalize"].as_str().unwrap().to_owned()
    }

    pub(crate) fn certificate(&self) -> String {
        self.object["certificate"].as_str().unwrap_or_else(|| panic!("{}", self.object)).to_owned()
    }
}

/// Names as an order has them.
pub(crate) fn identifiers(names: &[&str]) -> Value {
    let one = |name: &&str| {
        let kind = if name.parse::<std::net::IpAddr>().is_ok() { "ip" } else { "dns" };
        json!({"type":kind,"value":name})
    };
    names.iter().map(one).collect()
}

/// A signing request for these names, DER.
pub(crate) fn csr(key: &PrivateKey, names: &[&str]) -> Vec<u8> {
    csr_with_subject(key, &DistinguishedName::empty(), names)
}

pub(crate) fn csr_with_subject(key: &PrivateKey, subject: &DistinguishedName, names: &[&str]) -> Vec<u8> {
    let names: SanSet = names.iter().map(|name| name.parse().unwrap()).collect();
    request_for(subject, &names, key).unwrap().der().to_vec()
}

/// The certificates of a download.
pub(crate) fn chain(answer: &Answer) -> Vec<Certificate> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/pem-certificate-chain");
    let text = answer.text();
    assert!(
        text.starts_with("-----BEGIN CERTIFICATE-----\n") && text.ends_with("-----END CERTIFICATE-----\n")
    );
    assert!(!text.contains('\r') && !text.contains("\n\n"));
    let blocks = text.split_inclusive("-----END CERTIFICATE-----\n");
    blocks.map(|block| Certificate::from_pem(block).unwrap()).collect()
}

pub(crate) fn first(answer: &Answer) -> Certificate {
    chain(answer).remove(0)
}

/// The names of a certificate, sorted as text.
pub(crate) fn names_of(certificate: &Certificate) -> Vec<String> {
    let general = certificate.names().unwrap();
    let mut names: Vec<String> =
        general.iter().map(|name| name.to_identifier().unwrap().to_string()).collect();
    names.sort();
    names
}
