use super::super::go_json;
use super::*;

fn read(text: &str) -> CertificateRequest {
    go_json::from_str(text).unwrap()
}

#[test]
fn the_request_of_the_documentation_is_read() {
    let request = read(
        r#"{"cn":"example.net","hosts":["example.net","10.0.0.1"],"key":{"algo":"rsa","size":2048},
            "names":[{"C":"US","L":"San Francisco","o":"Example","OU":"a","st":"CA"},{"OU":"b","E":"x@example.net"}],
            "ca":{"pathlen":1,"expiry":"8760h"},"SerialNumber":"7"}"#,
    );
    assert_eq!(request.key_request().kind(), Ok(KeyKind::Rsa(2048)));
    assert_eq!(request.ca.as_ref().unwrap().path_length(), Some(1));
    let subject = request.subject().unwrap();
    let text: Vec<String> =
        subject.iter().map(|rdn| format!("{}={}", rdn.oid, rdn.values.join("+"))).collect();
    assert_eq!(
        text,
        [
            "2.5.4.6=US",
            "2.5.4.8=CA",
            "2.5.4.7=San Francisco",
            "2.5.4.10=Example",
            "2.5.4.11=a+b",
            "2.5.4.3=example.net",
            "2.5.4.5=7",
            "1.2.840.113549.1.9.1=x@example.net",
        ]
    );
}

#[test]
fn attributes_by_identifier_go_to_their_place() {
    let request = read(r#"{"CN":"a","names":[{"OID":{"2.5.4.17":"94107","1.2.3.4":"x"}}]}"#);
    let oids: Vec<String> = request.subject().unwrap().into_iter().map(|rdn| rdn.oid).collect();
    assert_eq!(oids, ["2.5.4.17", "2.5.4.3", "1.2.3.4"]);
    let refused = read(r#"{"names":[{"OID":{"1.x":"y"}}]}"#).subject().unwrap_err();
    assert_eq!((refused.code, refused.message.as_str()), (9300, "invalid OID part x"));
}

#[test]
fn keys_that_cfssl_does_not_make_are_refused_in_its_words() {
    let refused = |algo: &str, size| KeyRequest { algo: algo.into(), size }.kind().unwrap_err().message;
    assert_eq!(refused("rsa", 1024), "RSA key is too weak");
    assert_eq!(refused("rsa", 16_384), "RSA key size too large");
    assert_eq!(refused("ecdsa", 255), "invalid curve");
    assert_eq!(refused("dsa", 2048), "invalid algorithm");
    assert_eq!(KeyRequest { algo: "ed25519".into(), size: 0 }.kind(), Ok(KeyKind::Ed25519));
    assert_eq!(CertificateRequest::default().key_request().kind(), Ok(KeyKind::P256));
}

#[test]
fn an_authority_needs_a_subject() {
    let allowed = |text: &str| read(text).check_authority_subject().is_ok();
    assert!(allowed(r#"{"CN":"Root"}"#));
    assert!(allowed(r#"{"names":[{"O":"Example"}]}"#));
    assert!(!allowed("{}"));
    assert!(!allowed(r#"{"names":[{"O":"Example"},{"E":"x@y"}]}"#));
    assert!(!allowed(r#"{"names":[{"O":" "}]}"#));
}

#[test]
fn a_path_length_of_zero_must_be_meant() {
    let length =
        |pathlen, pathlenzero| CaConfig { pathlen, pathlenzero, ..CaConfig::default() }.path_length();
    assert_eq!(length(0, false), None);
    assert_eq!(length(0, true), Some(0));
    assert_eq!(length(2, true), Some(2));
    assert_eq!(length(-1, false), None);
}

#[test]
fn extensions_come_as_go_writes_them() {
    let request = read(r#"{"extensions":[{"Id":[1,2,3,4,5],"Critical":true,"Value":"BQA="}]}"#);
    let extension = &request.extensions.as_ref().unwrap()[0];
    assert_eq!(
        (extension.oid().as_str(), extension.critical, extension.value.as_slice()),
        ("1.2.3.4.5", true, &[5, 0][..])
    );
    assert!(go_json::to_string(&request).contains(r#"{"Id":[1,2,3,4,5],"Critical":true,"Value":"BQA="}"#));
}
