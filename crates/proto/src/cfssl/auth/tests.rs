use super::*;

const KEY: &str = "0123456789abcdef0123456789ABCDEF";
const ENDPOINT: Endpoint<'_> = Endpoint { method: "POST", path: "/api/v1/cfssl/authsign" };
const NONCE: [u8; 16] = [7; 16];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn key(kind: KeyType) -> AuthKey {
    AuthKey::from_hex(kind, KEY).unwrap()
}

fn message(kind: KeyType) -> AuthenticatedRequest {
    key(kind).authenticate(br#"{"certificate_request":"x"}"#.to_vec(), ENDPOINT, at(1_000), &NONCE)
}

#[test]
fn the_standard_token_is_that_of_cfssl() {
    let token = key(KeyType::Standard).token(br#"{"certificate_request":"x"}"#);
    assert_eq!(decode_hex("a9b58d1ef40a523e6ce8a4b69682f87405c7d23ded07b2385b4d10b8da64f1c5"), Some(token));
}

#[test]
fn a_standard_key_accepts_a_token_alone_and_a_bound_key_does_not() {
    let mut alone = message(KeyType::Standard);
    alone.bound = None;
    alone.timestamp = 0;
    assert_eq!(key(KeyType::Standard).verify(&alone, ENDPOINT, at(9_999_999)), Ok(Scheme::Standard));
    assert_eq!(key(KeyType::Bound).verify(&alone, ENDPOINT, at(1_000)), Err(AuthError::Unbound));
    alone.request = GoBytes(br#"{"certificate_request":"y"}"#.to_vec());
    assert_eq!(key(KeyType::Standard).verify(&alone, ENDPOINT, at(1_000)), Err(AuthError::Token));
    alone.token = GoBytes::default();
    assert_eq!(key(KeyType::Standard).verify(&alone, ENDPOINT, at(1_000)), Err(AuthError::Token));
}

#[test]
fn a_bound_proof_is_good_for_its_endpoint_and_time_only() {
    for kind in [KeyType::Standard, KeyType::Bound] {
        let good = message(kind);
        let verify =
            |message: &AuthenticatedRequest, endpoint, now| key(kind).verify(message, endpoint, at(now));
        assert_eq!(verify(&good, ENDPOINT, 1_000 + 300), Ok(Scheme::Bound));
        assert_eq!(verify(&good, ENDPOINT, 1_000 - 300), Ok(Scheme::Bound));
        assert_eq!(verify(&good, ENDPOINT, 1_301), Err(AuthError::Time { seconds: 301, window: 300 }));
        assert_eq!(verify(&good, Endpoint { method: "PUT", ..ENDPOINT }, 1_000), Err(AuthError::Proof));
        assert_eq!(
            verify(&good, Endpoint { path: "/api/v1/cfssl/sign", ..ENDPOINT }, 1_000),
            Err(AuthError::Proof)
        );
    }
}

#[test]
fn whatever_is_changed_in_a_bound_message_is_noticed() {
    type Change = fn(&mut AuthenticatedRequest);
    let changes: [(Change, AuthError); 5] = [
        (|m| m.request.0.push(b' '), AuthError::Proof),
        (|m| m.bound.as_mut().unwrap().time += 1, AuthError::Proof),
        (|m| m.bound.as_mut().unwrap().nonce.0.push(1), AuthError::Proof),
        (|m| m.bound.as_mut().unwrap().mac.0.clear(), AuthError::Proof),
        (|m| m.bound.as_mut().unwrap().nonce.0.truncate(15), AuthError::Nonce { octets: 15 }),
    ];
    for (change, expected) in changes {
        let mut message = message(KeyType::Standard);
        change(&mut message);
        assert_eq!(key(KeyType::Standard).verify(&message, ENDPOINT, at(1_000)), Err(expected));
    }
    let other = AuthKey::from_hex(KeyType::Standard, "00").unwrap();
    assert_eq!(other.verify(&message(KeyType::Standard), ENDPOINT, at(1_000)), Err(AuthError::Proof));
}

#[test]
fn a_token_of_one_scheme_does_not_pass_for_the_other() {
    let mut message = message(KeyType::Standard);
    message.bound.as_mut().unwrap().mac = message.token.clone();
    assert_eq!(key(KeyType::Standard).verify(&message, ENDPOINT, at(1_000)), Err(AuthError::Proof));
    // Who asks for the standard token of what the bound MAC covers gets that MAC; but such octets are no JSON.
    assert!(super::super::go_json::parse(&bound_octets(b"{}", ENDPOINT, 0, &NONCE)).is_err());
}

#[test]
fn a_message_for_a_bound_key_holds_no_token() {
    assert!(message(KeyType::Bound).token.is_empty());
}

#[test]
fn keys_must_be_hexadecimal_and_not_empty() {
    assert_eq!(AuthKey::from_hex(KeyType::Standard, "").unwrap_err(), AuthKeyError::Empty);
    assert_eq!(AuthKey::from_hex(KeyType::Standard, "0g").unwrap_err(), AuthKeyError::Hexadecimal);
    assert_eq!(AuthKey::from_hex(KeyType::Standard, "012").unwrap_err(), AuthKeyError::Hexadecimal);
    assert!(AuthKey::from_hex(KeyType::Standard, "00").unwrap().is_short());
    assert!(!key(KeyType::Bound).is_short());
    assert_eq!(format!("{:?}", key(KeyType::Bound)), "AuthKey { kind: Bound, .. }");
    assert!(key(KeyType::Bound) == key(KeyType::Bound) && key(KeyType::Bound) != key(KeyType::Standard));
}
