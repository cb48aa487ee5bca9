//! `gencert` and `sign` with a CA at hand.

use hf_cfssl::initca;
use hf_cfssl::policy::Unknown;
use hf_proto::cfssl::info::InfoRequest;
use hf_proto::cfssl::sign_request::{Extension, SignRequest, Subject};
use hf_x509::ext::{BasicConstraints, KeyUsage};
use hf_x509::oids;

use crate::common::{asker, place, request, sign_request, signer, signer_under};

const WEB: &str = r#"{"CN":"www.shop.internal","hosts":["www.shop.internal","10.0.0.5","a@b.example","spiffe://shop/web"],
    "names":[{"C":"DE","O":"Shop"}],"key":{"algo":"rsa","size":2048}}"#;

#[tokio::test]
async fn a_profile_decides_what_the_certificate_says() {
    let place = place();
    let (signer, _standalone, root) = signer(&place).await;
    let certificate = signer.sign(&sign_request(WEB, "server"), &asker(&place)).await.unwrap().certificate;
    certificate.verify_signed_by(root.certificate.public_key()).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=www.shop.internal,O=Shop,C=DE");
    assert_eq!(
        certificate.key_usage().unwrap(),
        Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT)
    );
    assert_eq!(certificate.extended_key_usage().unwrap().unwrap().0, [oids::SERVER_AUTH]);
    assert_eq!(
        certificate.basic_constraints().unwrap(),
        Some(BasicConstraints { ca: false, path_length: None })
    );
    assert_eq!(certificate.san_set().unwrap().len(), 4);
    assert_eq!(certificate.not_after().seconds_since(certificate.not_before()), 8760 * 3600);
    assert_eq!(place.machine.clock.now().seconds_since(certificate.not_before()), 300);
    let access = certificate.authority_information_access().unwrap().unwrap();
    assert_eq!(access.ocsp().collect::<Vec<_>>(), ["http://ocsp.shop.internal"]);
    assert_eq!(
        access.ca_issuers().collect::<Vec<_>>(),
        ["http://pki.shop.internal/a.cer", "http://pki.shop.internal/b.cer"]
    );
    assert!(certificate.crl_distribution_points().unwrap().is_some());
}

#[tokio::test]
async fn the_default_profile_and_unknown_ones() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let usual = signer.sign(&sign_request(WEB, ""), &asker(&place)).await.unwrap();
    let certificate = usual.certificate;
    assert_eq!(certificate.not_after().seconds_since(certificate.not_before()), 168 * 3600);
    let unknown = signer.sign(&sign_request(WEB, "nobody"), &asker(&place)).await.err().unwrap();
    assert_eq!(unknown.code, 5400, "{unknown}");
    let lenient = signer.clone().with_unknown(Unknown::IsDefault);
    lenient.sign(&sign_request(WEB, "nobody"), &asker(&place)).await.unwrap();
}

#[tokio::test]
async fn hosts_replace_all_names_and_the_subject_goes_by_attribute() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let request = SignRequest {
        hosts: Some(vec!["db.shop.internal".to_owned()]),
        subject: Some(Subject { common_name: "db.shop.internal".to_owned(), ..Subject::default() }),
        ..sign_request(WEB, "server")
    };
    let certificate = signer.sign(&request, &asker(&place)).await.unwrap().certificate;
    assert_eq!(certificate.subject().to_string(), "CN=db.shop.internal,O=Shop,C=DE");
    let names: Vec<String> = certificate.san_set().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["db.shop.internal"]);
    let hostname = SignRequest { hostname: "a.shop.internal,10.0.0.1".to_owned(), ..request };
    let certificate = signer.sign(&hostname, &asker(&place)).await.unwrap().certificate;
    assert_eq!(certificate.san_set().unwrap().len(), 3, "the common name is a host, so it is a name too");
}

#[tokio::test]
async fn a_name_whitelist_looks_at_every_name() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let good = r#"{"CN":"a.shop.internal","hosts":["b.shop.internal","10.0.0.1"]}"#;
    signer.sign(&sign_request(good, "listed"), &asker(&place)).await.unwrap();
    for bad in [
        r#"{"CN":"a.shop.internal","hosts":["evil.example"]}"#,
        r#"{"CN":"somebody","hosts":["b.shop.internal"]}"#,
        r#"{"CN":"a.shop.internal","hosts":["a@evil.example"]}"#,
    ] {
        let error = signer.sign(&sign_request(bad, "listed"), &asker(&place)).await.err().unwrap();
        assert_eq!(error.code, 5500, "{bad}: {error}");
    }
}

#[tokio::test]
async fn a_csr_whitelist_leaves_out_what_it_does_not_list() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let certificate = signer.sign(&sign_request(WEB, "keyonly"), &asker(&place)).await.unwrap().certificate;
    assert!(certificate.subject().is_empty());
    let names: Vec<String> = certificate.san_set().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["www.shop.internal"]);
}

#[tokio::test]
async fn serial_numbers_and_extensions_only_where_the_profile_says_so() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let extension =
        |id: &str| Some(vec![Extension { id: id.to_owned(), critical: false, value: "0500".to_owned() }]);
    let missing = signer.sign(&sign_request(WEB, "serial"), &asker(&place)).await.err().unwrap();
    assert_eq!(missing.code, 1400, "{missing}");
    let own = hf_proto::cfssl::go_json::BigInteger::from_unsigned(&[7, 7, 7, 7, 7, 7, 7, 7, 7]);
    let request =
        SignRequest { serial: Some(own), extensions: extension("1.2.3.4"), ..sign_request(WEB, "serial") };
    let certificate = signer.sign(&request, &asker(&place)).await.unwrap().certificate;
    assert_eq!(certificate.serial_octets(), [7; 9]);
    assert_eq!(certificate.extension(&"1.2.3.4".parse().unwrap()).unwrap().value(), [5, 0]);
    let again = signer.sign(&request, &asker(&place)).await.err().unwrap();
    assert_eq!(again.code, 5300, "a serial number is used once: {again}");
    let other = SignRequest { extensions: extension("1.2.3.5"), ..sign_request(WEB, "server") };
    assert_eq!(signer.sign(&other, &asker(&place)).await.err().unwrap().code, 1300);
}

#[tokio::test]
async fn an_intermediate_by_its_profile_and_by_nothing_else() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let certificate = signer
        .sign(&sign_request(r#"{"CN":"Inter","hosts":["x.shop.internal"]}"#, "inter"), &asker(&place))
        .await;
    let certificate = certificate.unwrap().certificate;
    assert_eq!(
        certificate.basic_constraints().unwrap(),
        Some(BasicConstraints { ca: true, path_length: Some(0) })
    );
    assert!(certificate.names().unwrap().is_empty());
    let json = request(r#"{"CN":"evil.shop.internal","ca":{"pathlen":3}}"#);
    let asking = initca::create(&place.machine, &json).await.unwrap().csr.to_pem();
    let request =
        SignRequest { certificate_request: asking, profile: "server".to_owned(), ..SignRequest::default() };
    let error = signer.sign(&request, &asker(&place)).await.err().unwrap();
    assert_eq!(error.code, 5300, "{error}");
}

#[tokio::test]
async fn bad_requests_have_their_codes() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let good = sign_request(WEB, "server");
    let tampered = good.certificate_request.replacen("MII", "MIJ", 1);
    for (certificate_request, code) in [
        ("nothing".to_owned(), 9002),
        (tampered, 9003),
        (good.certificate_request.replace("REQUEST", "THING"), 9002),
    ] {
        let request = SignRequest { certificate_request, ..good.clone() };
        let error = signer.sign(&request, &asker(&place)).await.err().unwrap();
        assert_eq!(error.code, code, "{error}");
    }
    let crl = SignRequest { crl_override: "http://evil.example/x".to_owned(), ..good };
    assert_eq!(signer.sign(&crl, &asker(&place)).await.err().unwrap().code, 5300);
}

#[tokio::test]
async fn info_tells_what_the_profile_says() {
    let place = place();
    let (signer, _standalone, root) = signer(&place).await;
    let info = signer.info(&InfoRequest { profile: "server".to_owned(), ..InfoRequest::default() }).unwrap();
    assert_eq!(info.certificate, root.certificate.to_pem().trim_end());
    assert_eq!(info.usages, ["signing", "key encipherment", "server auth"]);
    assert_eq!(info.expiry, "8760h");
}

#[tokio::test]
async fn a_lint_level_stops_at_warnings_and_exemptions_let_them_through() {
    // `encipher only` without `key agreement` is a warning of ours (HF-LINT-KU-ONLY, RFC 5280 section 4.2.1.3).
    let profile = |more: &str| {
        format!(r#"{{"usages":["signing","encipher only","server auth"],"expiry":"24h"{more}}}"#)
    };
    let policy = format!(
        r#"{{"signing":{{"profiles":{{"plain":{},"warn":{},"info":{},"pass":{},"ours":{},"source":{},"zlint":{}}}}}}}"#,
        profile(""),
        profile(r#","lint_error_level":"warn""#),
        profile(r#","lint_error_level":"info""#),
        profile(r#","lint_error_level":3"#),
        profile(r#","lint_error_level":"info","ignored_lints":["HF-LINT-KU-ONLY"]"#),
        profile(r#","lint_error_level":"info","ignored_lint_sources":["RFC5280"]"#),
        profile(r#","lint_error_level":"info","ignored_lints":["w_something_else"]"#),
    );
    // With an RSA key the usage would be left out, for it cannot agree on keys.
    let request = r#"{"CN":"www.shop.internal","hosts":["www.shop.internal"]}"#;
    let place = place();
    let (signer, _standalone, _) = signer_under(&place, &policy).await;
    for (name, passes) in [
        ("plain", true),
        ("warn", true),
        ("info", false),
        ("pass", false),
        ("ours", true),
        ("source", true),
        ("zlint", false),
    ] {
        let outcome = signer.sign(&sign_request(request, name), &asker(&place)).await;
        assert_eq!(outcome.is_ok(), passes, "{name}");
        if let Err(error) = outcome {
            assert!(error.code == 5300 && error.message.contains("HF-LINT-KU-ONLY"), "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn who_gets_less_than_was_asked_for_is_told() {
    let place = place();
    let long = r#"{"signing":{"default":{"usages":["signing","server auth"],"expiry":"87600h"},
        "profiles":{"short":{"usages":["signing","server auth"],"expiry":"1h"}}}}"#;
    let (signer, _standalone, root) = signer_under(&place, long).await;
    let web = r#"{"CN":"www.shop.internal","hosts":["www.shop.internal"]}"#;
    let made = signer.sign(&sign_request(web, ""), &asker(&place)).await.unwrap();
    assert_eq!(made.certificate.not_after(), root.certificate.not_after());
    let remarks: Vec<String> = made.remarks().collect();
    let [remark] = remarks.as_slice() else { panic!("{remarks:?}") };
    let end = root.certificate.not_after().to_string();
    assert!(
        remark.contains("validity was shortened")
            && remark.contains(&format!("expected an end by {end}, found"))
    );
    let made = signer.sign(&sign_request(web, "short"), &asker(&place)).await.unwrap();
    assert_eq!(made.remarks().count(), 0);
}

#[tokio::test]
async fn what_a_request_holds_beside_the_usual_does_not_pass_a_stated_subject() {
    let place = place();
    let (signer, _standalone, _) = signer(&place).await;
    let sly = r#"{"CN":"www.shop.internal","hosts":["www.shop.internal"],
        "names":[{"O":"Shop","E":"root@shop.internal","OID":{"0.9.2342.19200300.100.1.1":"root"}}]}"#;
    let as_requested = signer.sign(&sign_request(sly, "server"), &asker(&place)).await.unwrap().certificate;
    assert!(as_requested.subject().to_string().contains("root"), "{}", as_requested.subject());
    let stated = SignRequest {
        subject: Some(Subject { common_name: "www.shop.internal".to_owned(), ..Subject::default() }),
        ..sign_request(sly, "server")
    };
    let certificate = signer.sign(&stated, &asker(&place)).await.unwrap().certificate;
    assert_eq!(certificate.subject().to_string(), "CN=www.shop.internal,O=Shop");
}
