//! `selfsign`, `certinfo`, `gencrl`.

use hf_cfssl::{certinfo, crl, csr, selfsign};
use hf_core::time::Lifetime;
use hf_proto::cfssl::go_json::{self, GoValue};
use hf_x509::crl::CertificateList;

use crate::common::{copy, place, request, root};

const SELF: &str = r#"{"CN":"self.example","hosts":["self.example","10.0.0.9"],"names":[{"O":"Acme"}]}"#;

#[tokio::test]
async fn a_self_signed_leaf_is_no_authority() {
    let place = place();
    let made = selfsign::create(&place.machine, &request(SELF), selfsign::policy(), "").await.unwrap();
    let certificate = &made.certificate;
    assert!(certificate.is_self_signed() && !certificate.is_ca());
    assert_eq!(certificate.subject().to_string(), "CN=self.example,O=Acme");
    assert_eq!(certificate.san_set().unwrap().len(), 2);
    assert_eq!(certificate.not_after().seconds_since(certificate.not_before()), 2190 * 3600);
    let ca = r#"{"CN":"x","ca":{}}"#;
    let refused = selfsign::create(&place.machine, &request(ca), selfsign::policy(), "").await;
    assert_eq!(refused.err().unwrap().message, "ca section only permitted in initca");
}

#[tokio::test]
async fn certinfo_says_what_cfssl_says() {
    let place = place();
    let root = root(&place.machine).await;
    let info = certinfo::of(&root.certificate);
    assert_eq!(info.subject.common_name, "Shop Root");
    assert_eq!(info.subject.organizational_unit, "A,B");
    assert_eq!(info.subject.names, ["DE", "Shop", "A", "B", "Shop Root"]);
    assert_eq!(info.sigalg, "ECDSAWithSHA256");
    assert_eq!(info.serial_number, certinfo::decimal(&root.certificate.serial().unwrap()));
    assert_eq!(crl::read_serials(&info.serial_number, place.machine.clock.now()).unwrap().len(), 1);
    assert_eq!(info.subject_key_id.len(), 59);
}

#[test]
fn the_dump_of_a_request_has_the_fields_of_go() {
    let json = r#"{"CN":"a.example","hosts":["a.example","10.0.0.1","a@b.example","spiffe://d/x"],"names":[{"C":"DE"}]}"#;
    let made = csr::generate(&request(json)).unwrap();
    let dump = certinfo::csr(&made.csr);
    let GoValue::Object(fields) = &dump else { panic!("no object") };
    assert_eq!(fields.len(), 17);
    let text = |name: &str| go_json::to_string(dump.field(name).unwrap());
    assert_eq!(text("SignatureAlgorithm"), "10");
    assert_eq!(text("PublicKeyAlgorithm"), "3");
    assert_eq!(text("DNSNames"), r#"["a.example"]"#);
    assert_eq!(text("IPAddresses"), r#"["10.0.0.1"]"#);
    assert_eq!(text("EmailAddresses"), r#"["a@b.example"]"#);
    assert!(text("URIs").contains(r#""Scheme":"spiffe","Opaque":"","User":null,"Host":"d","Path":"/x""#));
    assert!(text("Subject").contains(r#""Country":["DE"],"Organization":null"#));
    assert!(text("PublicKey").starts_with(r#"{"Curve":{},"X":"#));
}

#[tokio::test]
async fn a_crl_of_serial_numbers_holds_each_once_in_order() {
    let place = place();
    let root = root(&place.machine).await;
    let now = place.machine.clock.now();
    let key = copy(root.key.as_ref().unwrap());
    let revoked = crl::read_serials("300\n\n1\r\n2\n300\n", now).unwrap();
    let der = crl::sign(revoked, &root.certificate, &key, now, crl::LIFETIME).unwrap();
    let list = CertificateList::from_der(der).unwrap();
    list.verify_signed_by(root.certificate.public_key()).unwrap();
    assert_eq!(list.entry_count(), 3);
    assert!(list.find(&[1]).is_some() && list.find(&[1, 44]).is_some() && list.find(&[3]).is_none());
    assert_eq!(list.next_update(), Some(now.plus(Lifetime::from_days(7))));
    for bad in ["x", "-1", "0", "12a"] {
        assert_eq!(crl::read_serials(bad, now).err().unwrap().code, 1300, "{bad}");
    }
    let other = csr::generate(&request("{}")).unwrap().key;
    assert_eq!(
        crl::sign(Vec::new(), &root.certificate, &other, now, crl::LIFETIME).err().unwrap().code,
        2300
    );
    let leaf = selfsign::create(&place.machine, &request(SELF), selfsign::policy(), "").await.unwrap();
    let refused = crl::sign(Vec::new(), &leaf.certificate, &leaf.key, now, crl::LIFETIME);
    assert_eq!(refused.err().unwrap().code, 1210);
}
