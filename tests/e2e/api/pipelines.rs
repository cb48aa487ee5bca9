//! A pipeline with a token of an identity provider, which here is a folder behind Python's HTTP server.

use std::path::Path;

use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Elsewhere;
use crate::port;
use crate::program::{Running, text};
use crate::serve::Served;

/// An identity provider on loopback.
struct Provider {
    url: String,
    key: KeyPair,
    _folder: TempDir,
    _server: Running,
}

impl Provider {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let port = port::free().port();
        let url = format!("http://127.0.0.1:{port}");
        let keys = json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "one",
            "x": base64url(key.der_bytes()),
        }] });
        let place = folder.path().join(".well-known");
        std::fs::create_dir(&place).unwrap();
        let configuration = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        std::fs::write(place.join("openid-configuration"), configuration.to_string()).unwrap();
        std::fs::write(folder.path().join("keys"), keys.to_string()).unwrap();
        let server = serve(folder.path(), port);
        Self { url, key, _folder: folder, _server: server }
    }

    fn token(&self, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "kid": "one", "typ": "JWT" }).to_string();
        let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.to_string().as_bytes()));
        let signature = self.key.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64url(&signature))
    }

    fn claims(&self) -> Value {
        let now = now();
        json!({
            "iss": self.url, "sub": "repo:acme/shop:ref:refs/heads/main", "aud": "https://ca.shop.internal",
            "iat": now, "exp": now + 300, "repository_owner": "acme",
        })
    }
}

fn serve(folder: &Path, port: u16) -> Running {
    let mut command = std::process::Command::new("python3");
    command.args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string(), "--directory"]).arg(folder);
    let mut server = Running::start(&mut command);
    server.until_listening(([127, 0, 0, 1], port).into());
    server
}

#[expect(clippy::disallowed_methods, reason = "the token is judged by the clock of the machine")]
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// RFC 4648 section 5, without padding.
fn base64url(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |value: u32| char::from(DIGITS[value as usize & 63]);
    let mut encoded = String::new();
    for group in octets.chunks(3) {
        let bits =
            group.iter().fold(0, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        let all = [digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)];
        encoded.extend(all.iter().take(group.len() + 1));
    }
    encoded
}

#[test]
fn a_pipeline_gets_a_certificate_without_a_stored_secret() {
    let provider = Provider::start();
    let served = Served::with(&format!(
        "\n[access.pipelines]\nissuer = \"{}\"\naudience = \"https://ca.shop.internal\"\nrights = [\"issue\"]\n\
         names = [\"{{repository_owner}}.ci.shop.internal\"]\nmax_lifetime = \"1d\"\n",
        provider.url
    ));
    let pipeline = Elsewhere::new(&served, Some(&provider.token(&provider.claims())));
    pipeline.good("issue build.acme.ci.shop.internal --profile client --lifetime 1h");
    pipeline.refused("issue build.evil.ci.shop.internal --profile client --lifetime 1h", "build.evil");
    pipeline.refused("issue other.acme.ci.shop.internal --profile client --lifetime 30d", "1d");
    pipeline.refused("list", "lacks the right `read`");
    let mut expired = provider.claims();
    expired["exp"] = json!(now() - 60);
    let mut elsewhere = provider.claims();
    elsewhere["aud"] = json!("https://other.internal");
    let mut forged = provider.token(&provider.claims());
    forged.pop();
    for bad in [provider.token(&expired), provider.token(&elsewhere), forged] {
        let attacker = Elsewhere::new(&served, Some(&bad));
        let output = attacker.ask("issue a.acme.ci.shop.internal --profile client --lifetime 1h");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("the credential is not accepted"), "{}", text(&output.stderr));
    }
    let audit = served.good("audit export");
    assert!(audit.contains("repo:acme/shop:ref:refs/heads/main"));
}
