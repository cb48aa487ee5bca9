//! The envelope of a request, RFC 8555 section 6: every row of what may be wrong with it, over the whole server.

use hf_core::algorithm::KeyAlgorithm;
use hf_proto::acme::problem::ProblemType;
use serde_json::{Value, json};

use super::client::{Client, JOSE, Key, base64url};
use super::house::House;

const MALFORMED: (ProblemType, u16) = (ProblemType::Malformed, 400);

/// Replace or, with `null`, remove a member.
fn change(value: &Value, member: &str, new: Value) -> Value {
    let mut changed = value.clone();
    if new.is_null() {
        changed.as_object_mut().unwrap().remove(member);
    } else {
        changed[member] = new;
    }
    changed
}

/// What a request to newOrder with this header is answered with.
async fn with_header(client: &Client<'_>, member: &str, new: Value) -> (ProblemType, u16) {
    let url = client.url("new-order");
    let header = change(&client.header(&url).await, member, new);
    client.send(&url, &client.key.jws(&header, "{}")).await.refused()
}

#[tokio::test]
async fn the_content_type_is_taken_to_the_letter() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    let body = || async { client.key.jws(&client.header(&url).await, "{}").to_string().into_bytes() };
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("content-type", "application/json")],
        &[("content-type", "application/jose+json; charset=utf-8")],
        &[("content-type", "application/jose")],
        &[("content-type", "text/plain"), ("content-type", JOSE)],
        &[("content-type", JOSE), ("content-type", JOSE)],
    ];
    for headers in cases {
        let answer = house.send("POST", &url, headers, body().await).await;
        assert_eq!(answer.refused(), (ProblemType::Malformed, 415), "{headers:?}");
    }
}

#[tokio::test]
async fn only_the_flattened_form_is_read() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    let good = client.key.jws(&client.header(&url).await, "{}");
    let multiple = json!({"payload":good["payload"],"signatures":[
        {"protected":good["protected"],"signature":good["signature"]}]});
    let compact = ["protected", "payload", "signature"]
        .map(|member| good[member].as_str().unwrap().to_owned())
        .join(".");
    let cases = [
        multiple,
        change(&good, "signatures", json!([])),
        change(&good, "header", json!({"kid":client.kid})),
        change(&good, "header", json!({})),
        change(&good, "payload", Value::Null),
        change(&good, "payload", json!({})),
        change(&good, "signature", Value::Null),
        change(&good, "protected", Value::Null),
        json!(compact),
        json!([good]),
    ];
    for case in cases {
        assert_eq!(client.send(&url, &case).await.refused(), MALFORMED, "{case}");
    }
}

#[tokio::test]
async fn base64url_has_one_form() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    for member in ["protected", "payload", "signature"] {
        let good = client.key.jws(&client.header(&url).await, "{}");
        let text = good[member].as_str().unwrap();
        for bad in [
            format!("{text}="),
            format!("{text}=="),
            format!("{text} "),
            format!("\n{text}"),
            format!("{text}+/"),
        ] {
            let answer = client.send(&url, &change(&good, member, json!(bad))).await;
            assert_eq!(answer.refused(), MALFORMED, "{member}: {bad}");
        }
    }
    // The last digit has bits that stand for nothing: only zeros are taken.
    let good = client.key.jws(&client.header(&url).await, "{}");
    assert_eq!(client.send(&url, &change(&good, "payload", json!("e31"))).await.refused(), MALFORMED);
}

#[tokio::test]
async fn the_header_says_who_where_and_once() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    assert_eq!(with_header(&client, "nonce", Value::Null).await, (ProblemType::BadNonce, 400));
    let cases = [
        ("alg", Value::Null),
        ("url", Value::Null),
        ("kid", Value::Null),
        ("jwk", client.key.jwk()),
        ("nonce", json!("not base64url!")),
        ("nonce", json!("AAAA=")),
        ("nonce", json!("")),
        ("nonce", json!(1)),
        ("url", json!(1)),
        ("kid", json!(1)),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
    ];
    for (member, new) in cases {
        assert_eq!(with_header(&client, member, new.clone()).await, MALFORMED, "{member}: {new}");
    }
}

#[tokio::test]
async fn weak_and_foreign_algorithms_are_told_what_is_supported() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    for alg in ["none", "HS256", "HS512", "PS256", "RS512", "ES384", "ES512", "RS256", "EdDSA", "ES257"] {
        let header = change(&client.header(&url).await, "alg", json!(alg));
        let problem = client.send(&url, &client.key.jws(&header, "{}")).await.problem();
        assert_eq!((problem.kind, problem.status), (ProblemType::BadSignatureAlgorithm, 400), "{alg}");
        assert!(problem.algorithms.contains(&"ES256".to_owned()), "{alg}");
    }
}

#[tokio::test]
async fn every_supported_algorithm_registers() {
    let house = House::new().await;
    for algorithm in
        [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP384, KeyAlgorithm::Ed25519, KeyAlgorithm::Rsa2048]
    {
        let mut client = Client::of(&house, "services", Key::new(algorithm));
        client.register().await;
        assert_eq!(client.read(&client.kid).await.json()["status"], "valid", "{algorithm}");
    }
}

#[tokio::test]
async fn weak_and_unsupported_keys_are_refused() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    let url = client.url("new-account");
    let modulus = |octets: usize| base64url([vec![0x80], vec![0xff; octets - 1]].concat());
    let point = base64url([1; 32]);
    let keys = [
        json!({"kty":"RSA","n":modulus(128),"e":"AQAB"}),
        json!({"kty":"RSA","n":modulus(256),"e":"Aw"}),
        json!({"kty":"RSA","n":modulus(2048),"e":"AQAB"}),
        json!({"kty":"EC","crv":"P-224","x":point,"y":point}),
        json!({"kty":"EC","crv":"secp256k1","x":point,"y":point}),
        json!({"kty":"EC","crv":"P-256","x":point,"y":point}),
        json!({"kty":"OKP","crv":"X25519","x":point}),
        json!({"kty":"oct","k":point}),
    ];
    for key in keys {
        let header = json!({"alg":"ES256","jwk":key,"url":url,"nonce":client.nonce().await});
        let answer = client.send(&url, &client.key.jws(&header, "{}")).await;
        assert_eq!(answer.refused(), (ProblemType::BadPublicKey, 400), "{key}");
    }
}

#[tokio::test]
async fn a_key_in_the_header_is_for_registration_and_revocation_alone() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let authorization = order.authorizations().remove(0);
    let object = client.read(&authorization).await.json();
    let challenge = object["challenges"][0]["url"].as_str().unwrap().to_owned();
    let urls = [
        client.url("new-order"),
        client.url("new-authz"),
        client.url("key-change"),
        client.kid.clone(),
        format!("{}/orders", client.kid),
        order.url.clone(),
        order.finalize(),
        authorization,
        challenge,
    ];
    for url in urls {
        let jws = client.key.jws(&client.key_header(&url).await, "");
        assert_eq!(client.send(&url, &jws).await.refused(), MALFORMED, "{url}");
    }
    let url = client.url("new-account");
    assert_eq!(client.post(&url, &json!({})).await.refused(), MALFORMED, "an account cannot register");
}

#[tokio::test]
async fn only_an_account_of_ours_asks() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let unknown = client.url("account/AAAAAAAAAAAAAAAAAAAAAA");
    let does_not_exist = (ProblemType::AccountDoesNotExist, 400);
    assert_eq!(with_header(&client, "kid", json!(unknown)).await, does_not_exist);
    for kid in [
        String::new(),
        "1".to_owned(),
        client.kid.replace("https://", "http://"),
        client.kid.replace("ca.test", "CA.TEST"),
        client.kid.replace("/services/", "/guests/"),
        format!("{}/", client.kid),
        format!("{}?x", client.kid),
        client.kid.trim_start_matches("https://ca.test").to_owned(),
    ] {
        let (kind, status) = with_header(&client, "kid", json!(kid)).await;
        assert!(matches!(kind, ProblemType::AccountDoesNotExist | ProblemType::Malformed), "{kid}: {kind}");
        assert_eq!(status, 400, "{kid}");
    }
}

#[tokio::test]
async fn an_account_of_another_authority_is_none_here() {
    let house = House::new().await;
    let mut guest = Client::of(&house, "guests", Key::p256());
    guest.register().await;
    let url = guest.url("new-order").replace("/guests/", "/services/");
    let header = guest.header(&url).await;
    let answer = guest.send(&url, &guest.key.jws(&header, "{}")).await;
    assert!(matches!(answer.refused().0, ProblemType::AccountDoesNotExist | ProblemType::Malformed));
}

#[tokio::test]
async fn a_request_is_good_only_where_it_was_meant_to_go() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let unauthorized = (ProblemType::Unauthorized, 403);
    for url in [
        client.url("new-authz"),
        client.url("New-Order"),
        client.url("new-order/"),
        client.url("new-order?a=b"),
        client.url("new-order#x"),
        client.url("new-order").replace("https", "http"),
        client.url("new-order").replace("ca.test", "ca.test:443"),
        client.url("new-order").replace("ca.test", "evil.example"),
        "/acme/services/new-order".to_owned(),
    ] {
        assert_eq!(with_header(&client, "url", json!(url)).await, unauthorized, "{url}");
    }
    // What the request says about its host changes nothing.
    let url = client.url("new-order");
    let wanted = url.replace("ca.test", "evil.example");
    let header = change(&client.header(&url).await, "url", json!(wanted));
    let headers = [("content-type", JOSE), ("host", "evil.example"), ("x-forwarded-host", "evil.example")];
    let body = client.key.jws(&header, "{}").to_string().into_bytes();
    assert_eq!(house.send("POST", &url, &headers, body).await.refused(), unauthorized);
}

#[tokio::test]
async fn a_path_with_a_query_is_another_url() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let header = client.header(&client.url("new-order")).await;
    let answer = client.send(&client.url("new-order?x=1"), &client.key.jws(&header, "{}")).await;
    assert_eq!(answer.refused(), (ProblemType::Unauthorized, 403));
}

#[tokio::test]
async fn a_wrong_signature_proves_nothing() {
    let house = House::new().await;
    let (client, other) = (Client::new(&house).await, Client::new(&house).await);
    let url = client.url("new-order");
    let forged = other.key.jws(&client.header(&url).await, "{}");
    assert_eq!(client.send(&url, &forged).await.refused(), MALFORMED);
    let good = client.key.jws(&client.header(&url).await, "{}");
    for changed in [
        change(&good, "payload", json!(base64url(r#"{"identifiers":[]}"#))),
        change(&good, "signature", json!("")),
        change(&good, "signature", json!(base64url([0; 64]))),
    ] {
        assert_eq!(client.send(&url, &changed).await.refused(), MALFORMED);
    }
}

#[tokio::test]
async fn resources_are_not_read_by_get() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (_, _, order) = client.certificate(&["a.shop.internal"]).await;
    let authorization = order.authorizations().remove(0);
    let object = client.read(&authorization).await.json();
    let challenge = object["challenges"][0]["url"].as_str().unwrap().to_owned();
    for url in [
        client.url("new-account"),
        client.url("new-order"),
        client.url("new-authz"),
        client.url("revoke-cert"),
        client.url("key-change"),
        client.kid.clone(),
        format!("{}/orders", client.kid),
        order.url.clone(),
        order.finalize(),
        authorization,
        challenge,
        order.certificate(),
    ] {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
            let answer = house.plain(method, &url).await;
            assert_eq!(answer.status, 405, "{method} {url}");
            assert_eq!(answer.header("allow"), "POST", "{method} {url}");
            if method != "HEAD" {
                assert_eq!(answer.refused(), (ProblemType::Malformed, 405), "{method} {url}");
            }
        }
    }
}

/// RFC 9110 section 15.5.6: the methods that exist here, not those that exist elsewhere.
#[tokio::test]
async fn what_everybody_reads_says_so_when_another_method_is_refused() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    for path in ["directory", "new-nonce", "renewal-info/AAAA.AAAA"] {
        for method in ["PUT", "DELETE", "PATCH"] {
            let answer = house.plain(method, &client.url(path)).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET, HEAD, POST", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn what_everybody_reads_is_read_by_post_as_get_too() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let directory = client.url("directory");
    let answer = client.read(&directory).await;
    assert_eq!(answer.json(), house.get(&directory).await.json());
    assert!(answer.headers.contains_key("replay-nonce"));
    let answer = client.read(&client.url("new-nonce")).await;
    assert!(answer.status == 200 || answer.status == 204);
    assert_eq!(client.post(&directory, &json!({})).await.refused(), MALFORMED);
}

#[tokio::test]
async fn post_as_get_has_no_payload_at_all() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (_, _, order) = client.certificate(&["a.shop.internal"]).await;
    for url in [order.url.clone(), order.certificate(), format!("{}/orders", client.kid)] {
        for payload in ["{}", "null", "\"\"", " "] {
            assert_eq!(client.post_text(&url, payload).await.refused(), MALFORMED, "{url}: {payload:?}");
        }
        assert_eq!(client.read(&url).await.status, 200);
    }
    // What changes something needs an object.
    for url in
        [client.url("new-order"), order.finalize(), client.url("revoke-cert"), client.url("key-change")]
    {
        for payload in ["", "[]", "null", "7", "{", "{\"a\":1,\"a\":2}"] {
            assert_eq!(client.post_text(&url, payload).await.refused(), MALFORMED, "{url}: {payload:?}");
        }
    }
}

#[tokio::test]
async fn a_body_is_of_bounded_size_and_depth_and_says_nothing_twice() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    let good = client.key.jws(&client.header(&url).await, "{}").to_string();
    let send = |body: String| house.send("POST", &url, &[("content-type", JOSE)], body.into_bytes());
    let long = good.replacen('{', &format!(r#"{{"x":"{}","#, "a".repeat(70_000)), 1);
    assert_eq!(send(long).await.refused(), (ProblemType::Malformed, 413));
    let deep = good.replacen('{', &format!(r#"{{"x":{}{},"#, "[".repeat(200), "]".repeat(200)), 1);
    assert_eq!(send(deep).await.refused(), MALFORMED);
    let twice = good.replacen('{', r#"{"payload":"","#, 1);
    assert_eq!(send(twice).await.refused(), MALFORMED);
    for body in ["", "{", "null", "\u{feff}{}"] {
        assert_eq!(send(body.to_owned()).await.refused(), MALFORMED, "{body:?}");
    }
    let payload = format!(r#"{{"identifiers":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    assert_eq!(client.post_text(&url, &payload).await.refused(), MALFORMED);
}

#[tokio::test]
async fn what_nobody_knows_is_passed_over() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order =
        json!({"identifiers":[{"type":"dns","value":"a.shop.internal","x":1}],"unknown":{"a":[null]}});
    assert_eq!(client.new_order(&order).await.status, 201);
    let url = client.url("new-order");
    let header = change(&client.header(&url).await, "x5u", json!("https://evil.example"));
    let jws = change(&client.key.jws(&header, &order.to_string()), "more", json!(true));
    assert_eq!(client.send(&url, &jws).await.status, 201);
}

#[tokio::test]
async fn a_client_that_sends_a_nonce_as_a_header_is_told() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    let body = client.key.jws(&client.header(&url).await, "{}").to_string().into_bytes();
    let headers = [("content-type", JOSE), ("replay-nonce", "AAAA")];
    assert_eq!(house.send("POST", &url, &headers, body).await.refused(), MALFORMED);
}
