//! Tokens of an identity provider: a real one on loopback, whose keys are fetched over HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_http::access::rules::{Rules, TokenRule};
use hf_http::access::token::{FetchError, Fetched, KeyFetcher};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::house::{Asker, House, wish};

/// An identity provider on loopback: discovery and keys.
struct Provider {
    url: String,
    keys: watch::Sender<Value>,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (keys, read) = watch::channel(json!({ "keys": [] }));
        let asked = Arc::new(AtomicUsize::new(0));
        let (base, count) = (url.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut octets = [0; 4096];
                let length = stream.read(&mut octets).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&octets[..length]).into_owned();
                let body = if request.starts_with("GET /.well-known/openid-configuration ") {
                    json!({ "issuer": base, "jwks_uri": format!("{base}/keys") }).to_string()
                } else {
                    count.fetch_add(1, Ordering::SeqCst);
                    read.borrow().to_string()
                };
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        Self { url, keys, asked }
    }

    fn publish(&self, keys: &[&TokenKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.keys.send_replace(json!({ "keys": keys }));
    }

    fn fetches(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// The simplest client that speaks to the provider.
struct Loopback;

impl KeyFetcher for Loopback {
    fn fetch<'a>(&'a self, url: &'a str, most: usize) -> Fetched<'a> {
        Box::pin(async move {
            let fault = |reason: String| FetchError { url: url.to_owned(), reason };
            let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
            let mut stream = TcpStream::connect(host).await.map_err(|error| fault(error.to_string()))?;
            stream.write_all(format!("GET /{path} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
            let mut octets = Vec::new();
            stream.read_to_end(&mut octets).await.map_err(|error| fault(error.to_string()))?;
            assert!(octets.len() < most);
            let text = String::from_utf8(octets).unwrap();
            Ok(text.split_once("\r\n\r\n").unwrap().1.as_bytes().to_vec())
        })
    }
}

struct TokenKey {
    id: &'static str,
    key: PrivateKey,
}

impl TokenKey {
    fn new(id: &'static str, algorithm: KeyAlgorithm) -> Self {
        Self { id, key: PrivateKey::generate(algorithm).unwrap() }
    }

    fn jwk(&self) -> Value {
        let public = self.key.public_key();
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        if let Some((_, point)) = public.ec_point() {
            return json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id,
                           "x": text(&point[1..33]), "y": text(&point[33..65]) });
        }
        match public.rsa_modulus().zip(public.rsa_exponent()) {
            Some((modulus, exponent)) => {
                json!({ "kty": "RSA", "kid": self.id, "n": text(modulus), "e": text(exponent) })
            }
            None => json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": self.id,
                            "x": text(public.key_octets()) }),
        }
    }

    fn algorithm(&self) -> Algorithm {
        if self.key.algorithm().is_rsa() {
            return Algorithm::RS256;
        }
        if self.key.algorithm() == KeyAlgorithm::Ed25519 { Algorithm::EdDSA } else { Algorithm::ES256 }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": format!("{:?}", self.algorithm()), "kid": self.id, "typ": "JWT" });
        self.sign_with(&header.to_string(), &claims.to_string())
    }

    fn sign_with(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let pkcs8 = self.key.pkcs8_der().expose();
        let key = if self.key.algorithm().is_rsa() {
            EncodingKey::from_rsa_der(&pkcs1(&self.key))
        } else if self.algorithm() == Algorithm::EdDSA {
            EncodingKey::from_ed_der(pkcs8)
        } else {
            EncodingKey::from_ec_der(pkcs8)
        };
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, self.algorithm()).unwrap();
        format!("{signed}.{signature}")
    }
}

/// The RSA key in the form of before PKCS#8, which the signing crate wants.
fn pkcs1(key: &PrivateKey) -> Vec<u8> {
    let pem = key.to_traditional_pem().unwrap();
    let body: String = pem.expose().lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

fn rule(provider: &Provider) -> TokenRule {
    TokenRule {
        name: "pipelines".to_owned(),
        issuer: provider.url.clone(),
        audience: "https://ca.shop.internal".to_owned(),
        jwks_url: None,
        claims: BTreeMap::from([("ref".to_owned(), "refs/heads/main".to_owned())]),
        names: vec!["{owner}.ci.shop.internal".parse().unwrap()],
        rights: [Right::Issue].into(),
        profiles: None,
        authorities: Some(vec!["services".to_owned()]),
        max_lifetime: None,
    }
}

async fn house(provider: &Provider) -> House {
    let rules = Rules { certificates: Vec::new(), tokens: vec![rule(provider)] };
    House::with(rules, Some(Arc::new(Loopback))).await
}

fn claims(house: &House, provider: &Provider) -> Value {
    let now = house.now().unix_seconds();
    json!({
        "iss": provider.url, "sub": "repo:acme/shop", "aud": "https://ca.shop.internal",
        "exp": now + 600, "iat": now, "nbf": now, "ref": "refs/heads/main", "owner": "acme",
    })
}

async fn status(house: &House, token: &str) -> u16 {
    let body = wish(&["build.acme.ci.shop.internal"]);
    house.post(&Asker::bearer(token), "/v1/certificates", &body).await.status
}

#[tokio::test]
async fn a_pipeline_gets_a_certificate_for_the_names_of_its_claims() {
    let provider = Provider::start().await;
    let keys = [
        TokenKey::new("p256", KeyAlgorithm::EcdsaP256),
        TokenKey::new("ed", KeyAlgorithm::Ed25519),
        TokenKey::new("rsa", KeyAlgorithm::Rsa2048),
    ];
    provider.publish(&keys.each_ref());
    let house = house(&provider).await;
    for key in &keys {
        let token = key.sign(&claims(&house, &provider));
        assert_eq!(status(&house, &token).await, 201, "{}", key.id);
        let other =
            house.post(&Asker::bearer(&token), "/v1/certificates", &wish(&["x.evil.ci.shop.internal"])).await;
        assert_eq!(other.code(), "refused");
        assert_eq!(house.get(&Asker::bearer(&token), "/v1/certificates").await.code(), "forbidden");
    }
    assert_eq!(provider.fetches(), 1, "the keys are kept");
    let audit = house.get(&Asker::owner(), "/v1/audit?limit=1000").await.text();
    assert!(audit.contains("repo:acme/shop"));
}

#[tokio::test]
async fn every_claim_that_is_not_as_it_must_be_refuses_the_token() {
    let provider = Provider::start().await;
    let key = TokenKey::new("k", KeyAlgorithm::EcdsaP256);
    provider.publish(&[&key]);
    let house = house(&provider).await;
    let now = house.now().unix_seconds();
    assert_eq!(status(&house, &key.sign(&claims(&house, &provider))).await, 201);
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{}/", provider.url))),
        ("aud", json!("https://other.internal")),
        ("aud", json!(["a", "b"])),
        ("aud", json!(["https://ca.shop.internal", 5])),
        ("exp", json!(now - 31)),
        ("exp", json!(now + 90_000)),
        ("exp", json!("soon")),
        ("exp", json!(1e300)),
        ("nbf", json!(now + 31)),
        ("iat", json!(now + 31)),
        ("ref", json!("refs/heads/evil")),
        ("ref", json!(["refs/heads/main"])),
        ("owner", json!("*")),
        ("owner", json!("")),
        ("owner", json!("acme.ci.shop.internal\u{0}")),
        ("owner", Value::Null),
        ("sub", json!("")),
    ] {
        let mut changed = claims(&house, &provider);
        changed[claim] = value.clone();
        assert_eq!(status(&house, &key.sign(&changed)).await, 401, "{claim}: {value}");
    }
    for missing in ["iss", "sub", "aud", "exp", "ref", "owner"] {
        let mut changed = claims(&house, &provider);
        changed.as_object_mut().unwrap().remove(missing);
        assert_eq!(status(&house, &key.sign(&changed)).await, 401, "without {missing}");
    }
    let mut list = claims(&house, &provider);
    list["aud"] = json!(["x", "https://ca.shop.internal"]);
    assert_eq!(status(&house, &key.sign(&list)).await, 201);
}

#[tokio::test]
async fn the_token_does_not_say_how_it_is_verified() {
    let provider = Provider::start().await;
    let key = TokenKey::new("k", KeyAlgorithm::EcdsaP256);
    let rsa = TokenKey::new("r", KeyAlgorithm::Rsa2048);
    provider.publish(&[&key, &rsa]);
    let house = house(&provider).await;
    let claims = claims(&house, &provider).to_string();
    let good = key.sign_with("{\"alg\":\"ES256\",\"kid\":\"k\"}", &claims);
    assert_eq!(status(&house, &good).await, 201);
    let stranger = TokenKey::new("k", KeyAlgorithm::EcdsaP256);
    let parts: Vec<&str> = good.split('.').collect();
    let with_header = |header: &str| format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), parts[1], parts[2]);
    // The public key as the secret of a MAC: the classic confusion.
    let secret = EncodingKey::from_secret(rsa.key.public_key().spki_der());
    let mac = {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\",\"kid\":\"r\"}"), parts[1]);
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &secret, Algorithm::HS256).unwrap();
        format!("{signed}.{signature}")
    };
    let jwk = json!({ "alg": "ES256", "kid": "k", "jwk": stranger.jwk() }).to_string();
    for (bad, why) in [
        (mac, "HS256"),
        (with_header("{\"alg\":\"none\",\"kid\":\"k\"}"), "none"),
        (format!("{}.{}.", URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"), parts[1]), "none, no signature"),
        (with_header("{\"alg\":\"NONE\",\"kid\":\"k\"}"), "NONE"),
        (stranger.sign_with("{\"alg\":\"ES256\",\"kid\":\"k\"}", &claims), "another key of the same name"),
        (stranger.sign_with(&jwk, &claims), "a key that it brings"),
        (key.sign_with("{\"alg\":\"ES256\",\"kid\":\"r\"}", &claims), "the key of another algorithm"),
        (key.sign_with("{\"alg\":\"ES256\",\"kid\":\"unknown\"}", &claims), "an unknown key"),
        (
            key.sign_with("{\"alg\":\"ES256\",\"kid\":\"k\",\"crit\":[\"exp\"]}", &claims),
            "critical parameters",
        ),
        (key.sign_with("{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"k\"}", &claims), "a member twice"),
        (
            key.sign_with(
                "{\"alg\":\"ES256\",\"kid\":\"k\"}",
                &claims.replacen('{', "{\"owner\":\"evil\",", 1),
            ),
            "a claim twice",
        ),
        (format!("{good}x"), "a changed signature"),
        (
            format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.replace("acme", "evil")), parts[2]),
            "changed claims",
        ),
        (format!("{good}.x"), "four parts"),
        (parts[0].to_owned(), "one part"),
        ("a".repeat(20_000), "a long text"),
    ] {
        assert_eq!(status(&house, &bad).await, 401, "{why}");
    }
}

#[tokio::test]
async fn new_keys_are_found_but_nobody_can_make_us_ask_too_often() {
    let provider = Provider::start().await;
    let (old, new) =
        (TokenKey::new("old", KeyAlgorithm::EcdsaP256), TokenKey::new("new", KeyAlgorithm::EcdsaP256));
    provider.publish(&[&old]);
    let house = house(&provider).await;
    assert_eq!(status(&house, &old.sign(&claims(&house, &provider))).await, 201);
    provider.publish(&[&new]);
    for _ in 0..20 {
        assert_eq!(status(&house, &new.sign(&claims(&house, &provider))).await, 401);
    }
    assert_eq!(provider.fetches(), 1, "within the floor nobody asks again");
    house.clock.advance(Lifetime::from_seconds(31));
    assert_eq!(status(&house, &new.sign(&claims(&house, &provider))).await, 201);
    assert_eq!(status(&house, &old.sign(&claims(&house, &provider))).await, 401, "the old key is gone");
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn a_provider_that_is_away_is_no_way_in_and_said_to_be_away() {
    let provider = Provider::start().await;
    let key = TokenKey::new("k", KeyAlgorithm::EcdsaP256);
    let rules = Rules { certificates: Vec::new(), tokens: vec![rule(&provider)] };
    let house = House::with(rules, None).await;
    let answer = house
        .post(
            &Asker::bearer(key.sign(&claims(&house, &provider))),
            "/v1/certificates",
            &wish(&["a.acme.ci.shop.internal"]),
        )
        .await;
    assert_eq!((answer.status, answer.code()), (503, "token-keys-unavailable".to_owned()));
    let title = answer.json()["title"].as_str().unwrap().to_owned();
    assert!(title.contains("keys") && !title.contains("too much to do"), "{title}");
    assert_eq!(answer.headers["retry-after"], "30");
}

#[tokio::test]
async fn rules_that_are_exchanged_hold_from_the_next_request_on() {
    let provider = Provider::start().await;
    let key = TokenKey::new("k", KeyAlgorithm::EcdsaP256);
    provider.publish(&[&key]);
    let house = house(&provider).await;
    let token = key.sign(&claims(&house, &provider));
    assert_eq!(status(&house, &token).await, 201);
    house.doors.access.replace(Rules::default());
    assert_eq!(status(&house, &token).await, 401);
}
