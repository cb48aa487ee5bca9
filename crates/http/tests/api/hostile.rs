//! What does not follow the rules: a clear answer, nothing signed.

use serde_json::json;

use crate::house::{Asker, House, csr, key, wish};

async fn issue(house: &House, media_type: &str, body: &[u8]) -> (u16, String) {
    let answer =
        house.send(&Asker::owner(), "POST", "/v1/certificates", Some((media_type, body.to_vec()))).await;
    (answer.status, answer.code())
}

#[tokio::test]
async fn ambiguous_json_is_refused() {
    let house = House::new().await;
    let csr = csr(&key(), &["web.shop.internal"]).to_pem().replace('\n', "\\n");
    let good = format!("{{\"csr\":\"{csr}\",\"authority\":\"services\",\"profile\":\"peer\"}}");
    let inside = |member: &str| good.replacen('{', &format!("{{{member},"), 1).into_bytes();
    for bad in [
        inside("\"authority\":\"guests\""),
        inside("\"auth\\u006frity\":\"guests\""),
        inside("\"unknown\":1"),
        inside("\"names\":{}"),
        inside("\"lifetime\":1e999"),
        inside("\"lifetime\":99999999999999999999999999"),
        inside(&format!("\"names\":{}{}", "[".repeat(40), "]".repeat(40))),
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        [good.as_bytes(), b"{}"].concat(),
        good.replace("services", "serv\u{0}ices").into_bytes(),
        good.as_bytes()[..good.len() - 1].to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"\xff\xfe".to_vec(),
        Vec::new(),
    ] {
        let found = issue(&house, "application/json", &bad).await;
        assert_eq!(found, (400, "malformed".to_owned()), "{}", String::from_utf8_lossy(&bad));
    }
    for media_type in ["text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded"]
    {
        assert_eq!(issue(&house, media_type, good.as_bytes()).await.0, 415, "{media_type}");
    }
    let body = ("application/json; charset=utf-8", good.into_bytes());
    assert_eq!(house.send(&Asker::owner(), "POST", "/v1/certificates", Some(body)).await.status, 201);
}

/// serde would take a list of members for an object, and whoever looks at requests on their way sees no member.
#[tokio::test]
async fn a_list_of_members_is_no_request() {
    let house = House::new().await;
    let csr = csr(&key(), &["web.shop.internal"]).to_pem();
    let list = json!([csr, "services", "peer", null, null]);
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates", &list).await.code(), "malformed");
    let list = json!(["x", ["administer"], null, null, null, null, null]);
    assert_eq!(house.post(&Asker::owner(), "/v1/credentials", &list).await.code(), "malformed");
    let inside = json!({ "csr": csr, "proof": ["x", "2027-01-01T00:00:00Z", "0123456789abcdef", "x"] });
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates/renew", &inside).await.code(), "malformed");
}

#[tokio::test]
async fn a_huge_body_is_refused() {
    let house = House::new().await;
    let huge = format!("{{\"csr\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    assert_eq!(issue(&house, "application/json", huge.as_bytes()).await, (413, "body-too-large".to_owned()));
}

#[tokio::test]
async fn what_is_no_request_is_no_request() {
    let house = House::new().await;
    let own = csr(&key(), &["web.shop.internal"]);
    // The signature of another request under these contents.
    let mut forged = own.der().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let forged = hf_x509::pem::encode(hf_x509::pem::Label::Request, &forged);
    for bad in [String::new(), "nonsense".to_owned(), forged, own.to_pem() + &own.to_pem()] {
        let body = json!({ "csr": bad, "authority": "services", "profile": "peer" });
        let answer = house.post(&Asker::owner(), "/v1/certificates", &body).await;
        assert_eq!((answer.status, answer.code()), (400, "bad-request".to_owned()), "{bad}");
    }
    let mut many = wish(&["web.shop.internal"]);
    many["names"] = json!((0..200).map(|number| format!("n{number}.shop.internal")).collect::<Vec<_>>());
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates", &many).await.code(), "malformed");
}

#[tokio::test]
async fn paths_and_queries_lead_nowhere_else() {
    let house = House::new().await;
    let (certificate, _) = house.issue("services", &["web.shop.internal"]).await;
    let serial = certificate.serial().unwrap().to_string();
    for (path, status) in [
        (format!("/v1/certificates/services/{serial}"), 200),
        (format!("/v1/certificates/-/{serial}"), 200),
        (format!("/v1/certificates/guests/{serial}"), 404),
        (format!("/v1/certificates/services/{}", serial.to_uppercase()), 400),
        (format!("/v1/certificates/services/0x{serial}"), 400),
        (format!("/v1/certificates/services/00{serial}"), 400),
        ("/v1/certificates/services/..%2f..%2fetc%2fpasswd".to_owned(), 400),
        ("/v1/certificates/..%2fservices/01".to_owned(), 404),
        ("/v1/certificates/services/01%00".to_owned(), 400),
        ("/v1/certificates/services/%ff".to_owned(), 400),
        ("/v1/authorities/nobody".to_owned(), 404),
        ("/v1/authorities/..%2Froot".to_owned(), 404),
        ("/v1/authorities/Services".to_owned(), 404),
        ("/v1/authorities/services.".to_owned(), 404),
        ("/v1/authorities/services'--".to_owned(), 404),
        ("/v1/certificates?limit=0".to_owned(), 400),
        ("/v1/certificates?limit=1001".to_owned(), 400),
        ("/v1/certificates?limit=5&limit=6".to_owned(), 400),
        ("/v1/certificates?state=good".to_owned(), 400),
        ("/v1/certificates?unknown=1".to_owned(), 400),
        ("/v1/certificates?after=x".to_owned(), 400),
        ("/v1/certificates?name='%20OR%201=1--".to_owned(), 200),
        ("/v1/audit?after=18446744073709551615".to_owned(), 400),
        ("/v1/audit?after=-1".to_owned(), 400),
        ("/v1/nowhere".to_owned(), 404),
        ("/v1/certificates/".to_owned(), 404),
        ("/V1/certificates".to_owned(), 404),
    ] {
        let answer = house.get(&Asker::owner(), &path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        if status != 200 {
            answer.problem();
        }
    }
    let none = house.get(&Asker::owner(), "/v1/certificates?name='%20OR%201=1--").await;
    assert_eq!(none.json()["certificates"], json!([]));
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let house = House::new().await;
    for (method, path) in [("DELETE", "/v1/certificates"), ("PUT", "/v1/profiles"), ("PATCH", "/v1/audit")] {
        let answer = house.send(&Asker::nobody(), method, path, None).await;
        assert_eq!((answer.status, answer.code()), (405, "method".to_owned()));
        assert!(answer.headers.contains_key("allow"), "{method} {path}");
    }
}

#[tokio::test]
async fn what_somebody_sends_cannot_steer_who_reads_the_answer() {
    let house = House::new().await;
    let body = json!({ "csr": csr(&key(), &[]).to_pem(), "authority": "x\u{1b}[2J\n", "profile": "peer" });
    let answer = house.post(&Asker::owner(), "/v1/certificates", &body).await;
    let problem = answer.problem();
    assert!(problem.detail.unwrap().chars().all(|c| !c.is_control()));
}
