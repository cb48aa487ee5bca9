//! Signing here for some profiles and at a remote for others.

use std::sync::Arc;

use hf_cfssl::policy::Policy;
use hf_cfssl::universal::UniversalSigner;
use hf_client::cfssl::CfsslClient;
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::endpoints::sign::SignResult;
use hf_proto::cfssl::envelope::Envelope;
use hf_proto::cfssl::go_json;
use hf_proto::cfssl::info::InfoRequest;
use hf_proto::cfssl::sign_request::SignRequest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::common::{Place, asker, place, sign_request, signer};

const LEAF: &str = r#"{"CN":"a.shop.internal","hosts":["a.shop.internal"]}"#;

/// A server that signs whatever comes, and tells the paths that were asked.
async fn remote(place: &Place, answers: usize) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (signer, standalone, _) = signer(place).await;
    let asker = asker(place);
    let serving = tokio::spawn(async move {
        let _standalone = standalone;
        let mut paths = Vec::new();
        for _ in 0..answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (path, body) = read(&mut stream).await;
            let request: SignRequest = if path.ends_with("/authsign") {
                let sealed: AuthenticatedRequest = go_json::from_slice(&body).unwrap();
                go_json::from_slice(sealed.request.as_slice()).unwrap()
            } else {
                go_json::from_slice(&body).unwrap()
            };
            let certificate = signer.sign(&request, &asker).await.unwrap().certificate.to_pem();
            let body = Envelope::success(SignResult { bundle: None, certificate }).to_body();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
            paths.push(path);
        }
        paths
    });
    (address, serving)
}

async fn read(stream: &mut tokio::net::TcpStream) -> (String, Vec<u8>) {
    let mut octets = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        octets.extend_from_slice(&chunk[..count]);
        let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(octets[..end].to_vec()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
            .map_or(0, |length| length.parse::<usize>().unwrap());
        if octets.len() >= end + 4 + length {
            let path = head.split(' ').nth(1).unwrap().to_owned();
            return (path, octets[end + 4..].to_vec());
        }
    }
}

fn client(place: &Place, json: &str) -> UniversalSigner {
    let config = Config::read(json.as_bytes(), &|_| Err("no file".to_owned())).unwrap();
    let policy = Arc::new(Policy::compile(config, "").unwrap());
    let (clock, random) = (Arc::clone(&place.machine.clock), Arc::clone(&place.machine.random));
    let connect =
        |addresses: &str| CfsslClient::new(addresses, None, Arc::clone(&clock), Arc::clone(&random));
    UniversalSigner::new(policy, None, &connect).unwrap()
}

#[tokio::test]
async fn the_form_of_the_article_and_auth_remote_both_authenticate() {
    let place = place();
    let (address, serving) = remote(&place, 3).await;
    let json = format!(
        r#"{{"signing":{{"default":{{"auth_remote":{{"remote":"ca","auth_key":"k"}}}},"profiles":{{
            "server":{{"auth_key":"k","remote":"ca","expiry":"24h"}},"listed":{{"remote":"ca"}}}}}},
            "auth_keys":{{"k":{{"type":"standard","key":"0123456789ABCDEF0123456789ABCDEF"}}}},"remotes":{{"ca":"{address}"}}}}"#
    );
    let client = client(&place, &json);
    for profile in ["", "server", "listed"] {
        let certificate =
            client.sign(&sign_request(LEAF, profile), &asker(&place)).await.unwrap().certificate;
        assert_eq!(certificate.subject().common_name().as_deref(), Some("a.shop.internal"));
    }
    let paths = serving.await.unwrap();
    let prefix = "/api/v1/cfssl/";
    let expected = ["authsign", "authsign", "sign"].map(|name| format!("{prefix}{name}"));
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn without_a_local_signer_local_profiles_say_so() {
    let place = place();
    let json = r#"{"signing":{"default":{"usages":["signing"],"expiry":"24h"}}}"#;
    let client = client(&place, json);
    let error = client.sign(&sign_request(LEAF, ""), &asker(&place)).await.err().unwrap();
    assert_eq!(error.code, 2500);
    let error =
        client.info(&InfoRequest { profile: "x".into(), ..InfoRequest::default() }).await.err().unwrap();
    assert_eq!(error.code, 5400);
}
