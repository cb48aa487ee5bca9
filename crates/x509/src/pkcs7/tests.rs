use super::*;
use crate::asn1::DerProblem;
use crate::testing::{TestKey, leaf, root};

#[test]
fn members_survive_in_their_order() {
    let key = TestKey::generate();
    let certificate = |tbs: crate::tbs::TbsCertificate| {
        let tbs = tbs.finalize().unwrap();
        tbs.assemble_certificate(&key.sign(&tbs)).unwrap()
    };
    let bundle = Bundle {
        certificates: vec![certificate(root(&key)), certificate(leaf(&key, &key))],
        crls: Vec::new(),
    };
    for bundle in [bundle, Bundle::default()] {
        assert_eq!(Bundle::from_der(&bundle.to_der()).unwrap(), bundle);
        assert_eq!(Bundle::from_pem(&bundle.to_pem()).unwrap(), bundle);
    }
}

#[test]
fn other_contents_are_refused() {
    let mut der = Bundle::default().to_der();
    let place = der.windows(9).position(|window| window == oids::SIGNED_DATA.as_content()).unwrap();
    der[place + 8] = 1;
    let X509Error::Syntax { source, .. } = Bundle::from_der(&der).unwrap_err() else {
        panic!("a syntax error")
    };
    assert_eq!(source.problem, DerProblem::ContentType);
    assert!(Bundle::from_der(&[]).is_err());
}
