use serde_json::{Value, json};

use super::super::jws::tests::{TestKey, URL};
use super::super::problem::ProblemType;
use super::*;

const ACCOUNT: &str = "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA";

struct Change {
    old: TestKey,
    new: TestKey,
    header: Value,
    statement: Value,
}

impl Change {
    fn new() -> Self {
        let (old, new) = (TestKey::p256(), TestKey::p256());
        let header = json!({"alg":new.alg(),"jwk":new.jwk(),"url":URL});
        let statement = json!({"account":ACCOUNT,"oldKey":old.jwk()});
        Self { old, new, header, statement }
    }

    fn judge(&self, signer: &TestKey) -> Result<VerifiedKeyChange, Problem> {
        let inner = signer.jws(&self.header, &self.statement.to_string()).to_string();
        KeyChange::read(inner.as_bytes())?.verify(URL, ACCOUNT, &self.old.key())
    }

    fn refused(&self) -> ProblemType {
        self.judge(&self.new).unwrap_err().kind
    }
}

#[test]
fn both_keys_agree() {
    let change = Change::new();
    assert_eq!(change.judge(&change.new).unwrap().into_new_key(), change.new.key());
}

#[test]
fn each_check_refuses() {
    let malformed = ProblemType::Malformed;
    // 2: a well-formed JWS.
    for payload in ["", "{}", "[]", "null"] {
        assert_eq!(KeyChange::read(payload.as_bytes()).unwrap_err().kind, malformed);
    }
    // 3: `jwk`, and nothing of the outer header.
    let mut change = Change::new();
    change.header.as_object_mut().unwrap().remove("jwk");
    assert_eq!(change.refused(), malformed);
    for (member, value) in [("kid", json!(ACCOUNT)), ("nonce", json!("AAAA"))] {
        let mut change = Change::new();
        change.header[member] = value;
        assert_eq!(change.refused(), malformed, "{member}");
    }
    let mut change = Change::new();
    change.header["jwk"] = json!({"kty":"RSA","n":"AQ","e":"AQAB"});
    assert_eq!(change.refused(), ProblemType::BadPublicKey);
    // 4: by the new key.
    let change = Change::new();
    assert_eq!(change.judge(&change.old).unwrap_err().kind, malformed);
    for alg in ["ES384", "HS256", "none"] {
        let mut change = Change::new();
        change.header["alg"] = json!(alg);
        assert_eq!(change.refused(), ProblemType::BadSignatureAlgorithm, "{alg}");
    }
    // 5: a well-formed statement.
    for statement in [json!({}), json!([]), json!({"account":ACCOUNT}), json!({"account":1,"oldKey":{}})] {
        let change = Change { statement, ..Change::new() };
        assert_eq!(change.refused(), malformed);
    }
    // 6: `url`.
    for url in [json!(format!("{URL}/")), json!(null), json!("")] {
        let mut change = Change::new();
        change.header["url"] = url;
        assert_eq!(change.refused(), malformed);
    }
    // 7: `account`.
    let mut change = Change::new();
    change.statement["account"] = json!("https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAQ");
    assert_eq!(change.refused(), malformed);
    // 8: `oldKey`.
    let mut change = Change::new();
    change.statement["oldKey"] = change.new.jwk();
    assert_eq!(change.refused(), malformed);
}

#[test]
fn a_key_in_use_says_whose() {
    let problem = key_in_use(ACCOUNT);
    assert_eq!((problem.kind, problem.status), (ProblemType::Malformed, 409));
    assert_eq!(problem.location.as_deref(), Some(ACCOUNT));
}
