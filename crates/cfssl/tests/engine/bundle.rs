//! `bundle`: flavours, platforms, missing issuers.

use std::sync::Arc;

use hf_cfssl::bundle::{Bundler, Issuers, read_metadata};
use hf_cfssl::policy::Policy;
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::standalone::Standalone;
use hf_core::time::Lifetime;
use hf_proto::cfssl::bundle::{BundleStatus, Flavor};
use hf_proto::cfssl::code::ErrorKind;
use hf_x509::certificate::Certificate;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::common::{Place, asker, copy, place, policy, request, root};

struct Path {
    root: Certificate,
    intermediate: Certificate,
    leaf: Certificate,
    key: hf_keys::private_key::PrivateKey,
}

async fn signer(
    place: &Place,
    policy: &Arc<Policy>,
    ca: &Certificate,
    key: &hf_keys::private_key::PrivateKey,
) -> (LocalSigner, Standalone) {
    let standalone = Standalone::open(&place.machine, policy.profiles()).await.unwrap();
    let name = standalone.admit(std::slice::from_ref(ca), copy(key)).await.unwrap();
    (LocalSigner::new(Arc::clone(standalone.authority()), name, Arc::clone(policy)), standalone)
}

/// Root, intermediate, leaf; the leaf says that its issuer is at `issuer_url`.
async fn path(place: &Place, issuer_url: &str) -> Path {
    let policy = policy(&format!(
        r#"{{"signing":{{"default":{{"usages":["signing","server auth"],"expiry":"1000h","issuer_urls":["{issuer_url}"]}},
            "profiles":{{"inter":{{"usages":["cert sign","crl sign"],"expiry":"8760h","ca_constraint":{{"is_ca":true}}}}}}}}}}"#
    ));
    let root = root(&place.machine).await;
    let sign = |profile: &str, csr: String| hf_proto::cfssl::sign_request::SignRequest {
        certificate_request: csr,
        profile: profile.to_owned(),
        ..Default::default()
    };
    let (top, _top) = signer(place, &policy, &root.certificate, root.key.as_ref().unwrap()).await;
    let between = hf_cfssl::csr::generate(&request(r#"{"CN":"Shop Issuing"}"#)).unwrap();
    let made = top.sign(&sign("inter", between.csr.to_pem()), &asker(place)).await.unwrap();
    let (low, _low) = signer(place, &policy, &made.certificate, &between.key).await;
    let end =
        hf_cfssl::csr::generate(&request(r#"{"CN":"a.shop.internal","hosts":["a.shop.internal"]}"#)).unwrap();
    let leaf = low.sign(&sign("", end.csr.to_pem()), &asker(place)).await.unwrap().certificate;
    Path { root: root.certificate, intermediate: made.certificate, leaf, key: end.key }
}

#[tokio::test]
async fn the_bundle_leads_to_the_root_and_leaves_it_out() {
    let place = place();
    let path = path(&place, "http://127.0.0.1:1/none.cer").await;
    let now = place.machine.clock.now();
    let bundler = Bundler {
        roots: vec![path.root.clone()],
        intermediates: vec![path.root.clone(), path.intermediate.clone()],
        ..Bundler::default()
    };
    for flavor in [Flavor::Ubiquitous, Flavor::Optimal] {
        let made =
            bundler.bundle(std::slice::from_ref(&path.leaf), Some(&path.key), flavor, now).await.unwrap();
        let bundle = made.bundle;
        let chain = Certificate::many_from_pem(&bundle.bundle).unwrap();
        assert_eq!(chain, [path.leaf.clone(), path.intermediate.clone()]);
        assert_eq!(bundle.root, path.root.to_pem().trim_end());
        assert_eq!(bundle.hostnames, Some(vec!["a.shop.internal".to_owned()]));
        assert_eq!((bundle.key_type.as_str(), bundle.key_size), ("256-bit ECDSA", 256));
        assert_eq!(bundle.issuer, "/CommonName=Shop Issuing");
        assert!(bundle.key.starts_with("-----BEGIN EC PRIVATE KEY-----"));
        assert!(bundle.status.rebundled);
        assert_eq!(bundle.status.code, BundleStatus::NOT_UBIQUITOUS);
        assert_eq!(bundle.expires, path.leaf.not_after().to_string());
    }
    let late = now.plus(Lifetime::from_hours(900));
    let status = bundler
        .bundle(std::slice::from_ref(&path.leaf), None, Flavor::Optimal, late)
        .await
        .unwrap()
        .bundle
        .status;
    assert_eq!(status.code & BundleStatus::EXPIRING, BundleStatus::EXPIRING);
    assert_eq!(status.expiring_skis.unwrap().len(), 1);
}

#[tokio::test]
async fn force_takes_what_is_linked_in_either_order_and_nothing_else() {
    let place = place();
    let path = path(&place, "http://127.0.0.1:1/none.cer").await;
    let now = place.machine.clock.now();
    let bundler = Bundler::default();
    let given = [path.leaf.clone(), path.intermediate.clone()];
    let bundle = bundler.bundle(&given, None, Flavor::Force, now).await.unwrap().bundle;
    assert_eq!((bundle.root.as_str(), bundle.status.rebundled), ("", false));
    let turned = [path.intermediate.clone(), path.leaf.clone()];
    let bundle = bundler.bundle(&turned, None, Flavor::Force, now).await.unwrap().bundle;
    assert_eq!(Certificate::many_from_pem(&bundle.bundle).unwrap(), given);
    let unlinked = [path.leaf.clone(), path.root.clone()];
    assert_eq!(bundler.bundle(&unlinked, None, Flavor::Force, now).await.err().unwrap().code, 1200);
}

#[tokio::test]
async fn what_leads_nowhere_is_told() {
    let place = place();
    let path = path(&place, "http://127.0.0.1:1/none.cer").await;
    let now = place.machine.clock.now();
    let roots = vec![path.root.clone()];
    let code = |bundler: Bundler, certificate: Certificate, now| async move {
        bundler.bundle(&[certificate], None, Flavor::Ubiquitous, now).await.err().map(|error| error.code)
    };
    let lonely = Bundler { roots: roots.clone(), ..Bundler::default() };
    assert_eq!(code(lonely.clone(), path.leaf.clone(), now).await, Some(1220));
    assert_eq!(code(lonely.clone(), path.root.clone(), now).await, Some(1100));
    let whole = Bundler { roots, intermediates: vec![path.intermediate.clone()], ..Bundler::default() };
    assert_eq!(code(whole.clone(), path.leaf.clone(), now.plus(Lifetime::from_days(60))).await, Some(1211));
    let other = hf_cfssl::csr::generate(&request("{}")).unwrap().key;
    let mismatch = whole.bundle(std::slice::from_ref(&path.leaf), Some(&other), Flavor::Optimal, now).await;
    assert_eq!(mismatch.err().unwrap().code, 2300);
    assert_eq!(whole.bundle(&[], None, Flavor::Optimal, now).await.err().unwrap().code, 1002);
}

#[tokio::test]
async fn a_missing_issuer_is_fetched_only_when_asked_to() {
    let place = place();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/issuing.cer", listener.local_addr().unwrap());
    let path = path(&place, &url).await;
    let der = path.intermediate.der().to_vec();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut octets = [0; 2048];
        let count = stream.read(&mut octets).await.unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", der.len());
        stream.write_all(&[head.as_bytes(), &der].concat()).await.unwrap();
        String::from_utf8_lossy(&octets[..count]).into_owned()
    });
    let now = place.machine.clock.now();
    let given = Bundler { roots: vec![path.root.clone()], ..Bundler::default() };
    let leaf = [path.leaf.clone()];
    assert_eq!(given.bundle(&leaf, None, Flavor::Optimal, now).await.err().unwrap().code, 1220);
    let fetching = Bundler { issuers: Issuers::Fetched, ..given };
    let made = fetching.bundle(&leaf, None, Flavor::Optimal, now).await.unwrap();
    assert!(serving.await.unwrap().starts_with("GET /issuing.cer HTTP/1.1"));
    let [(name, fetched)] = made.fetched.as_slice() else { panic!("one is fetched") };
    assert_eq!(fetched, &path.intermediate);
    assert!(name.starts_with("ShopIssuing_") && name.contains(".crt"), "{name}");
}

#[tokio::test]
async fn platforms_that_do_not_trust_the_root_are_named() {
    let place = place();
    let path = path(&place, "http://127.0.0.1:1/none.cer").await;
    let other = root(&place.machine).await.certificate.to_pem();
    let own = path.root.to_pem();
    let metadata =
        br#"[{"name":"New","weight":5,"hash_algo":"SHA2","key_algo":"ECDSA256","keystore":"own.pem"},
        {"name":"Other","weight":3,"hash_algo":"SHA2","key_algo":"ECDSA256","keystore":"other.pem"},
        {"name":"Old","weight":1,"hash_algo":"SHA1","key_algo":"RSA","keystore":"own.pem"}]"#;
    let platforms = read_metadata(metadata, |name| match name {
        "own.pem" => Ok(own.clone()),
        "other.pem" => Ok(other.clone()),
        _ => Err(ErrorKind::RootRead.into()),
    });
    let bundler = Bundler {
        roots: vec![path.root.clone()],
        intermediates: vec![path.intermediate.clone()],
        platforms: platforms.unwrap(),
        ..Bundler::default()
    };
    let now = place.machine.clock.now();
    let status = bundler.bundle(&[path.leaf], None, Flavor::Ubiquitous, now).await.unwrap().bundle.status;
    assert_eq!(status.untrusted_root_stores, Some(vec!["Other".to_owned(), "Old".to_owned()]));
    assert!(status.messages.unwrap().iter().any(|message| message.ends_with("platform(s): Other, Old")));
}
