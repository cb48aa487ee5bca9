use super::*;

#[test]
fn text_and_der_round_trip() {
    for text in ["CN=Root,O=Shop", "CN=a\\,b,C=DE", "CN=\\ x\\ ,DC=internal", "1.2.3.4=x", "CN=Grüße"] {
        let name: DistinguishedName = text.parse().unwrap();
        assert_eq!(DistinguishedName::from_der(name.to_der()).unwrap(), name);
        assert_eq!(name.to_string(), text);
    }
}
