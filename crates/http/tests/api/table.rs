//! Every credential at every endpoint. What comes out is the table of the guide.

use std::fmt::Write as _;

use hf_core::right::Right;
use hf_http::access::rules::{Allowance, CertificateRule, Rules};
use hf_http::access::table::{Endpoint, Need};
use serde_json::json;

use crate::house::{Asker, House, csr, key, wish};

/// A request that would do something, for whoever may do it.
async fn ask(house: &House, asker: &Asker, endpoint: Endpoint) -> u16 {
    let row = endpoint.row();
    let (certificate, _) = house.issue("services", &["victim.shop.internal"]).await;
    let serial = certificate.serial().unwrap().to_string();
    let path = row
        .path
        .replace("{authority}", "services")
        .replace("{serial}", &serial)
        .replace("{name}", "services")
        .replace("{id}", "0123456789abcdef");
    let body = match endpoint {
        Endpoint::IssueCertificate => wish(&["new.shop.internal"]),
        Endpoint::RenewCertificate => {
            json!({ "csr": csr(&key(), &[]).to_pem(), "authority": "services", "serial": serial })
        }
        Endpoint::CreateCredential => json!({ "name": "x", "rights": ["administer"] }),
        Endpoint::ListCertificates
        | Endpoint::GetCertificate
        | Endpoint::RevokeCertificate
        | Endpoint::ListAuthorities
        | Endpoint::GetAuthority
        | Endpoint::GetChain
        | Endpoint::GetCrl
        | Endpoint::IssueCrl
        | Endpoint::ListProfiles
        | Endpoint::ReadAudit
        | Endpoint::ListCredentials
        | Endpoint::RevokeCredential
        | Endpoint::OpenApi => json!({}),
    };
    match row.method.as_str() {
        "POST" => house.post(asker, &path, &body).await.status,
        method => house.send(asker, method, &path, None).await.status,
    }
}

/// Whether the endpoint let somebody through: what it then found is another matter.
fn allowed(status: u16) -> bool {
    !matches!(status, 401 | 403)
}

#[tokio::test]
async fn each_credential_at_each_endpoint() {
    let rule = CertificateRule {
        name: "deployers".to_owned(),
        authority: "services".to_owned(),
        names: vec!["deploy.shop.internal".parse().unwrap()],
        allowance: Allowance { rights: [Right::Issue].into(), ..Allowance::default() },
    };
    let rules = Rules { certificates: vec![rule], tokens: Vec::new() };
    let house = House::with(rules, None).await;
    house
        .doors
        .authority
        .issue_crl(hf_ca::crl::CrlRequest {
            principal: crate::founding::operator(),
            channel: hf_core::principal::Channel::CommandLine,
            authority: "services".to_owned(),
            shard: hf_store::record::COMPLETE,
            lifetime: hf_ca::crl::CrlRequest::LIFETIME,
        })
        .await
        .unwrap();
    let (deployer, _) = house.issue("services", &["deploy.shop.internal"]).await;
    let (other, _) = house.issue("services", &["other.shop.internal"]).await;
    let (namesake, _) = house.issue("guests", &["deploy.shop.internal"]).await;
    let mut askers: Vec<(String, Asker, Vec<Right>)> = vec![
        ("nobody".to_owned(), Asker::nobody(), vec![]),
        ("another user of the machine".to_owned(), Asker { unix: Some(1), ..Asker::default() }, vec![]),
        ("owner, UNIX socket".to_owned(), Asker::owner(), Right::ALL.to_vec()),
        ("certificate without a rule".to_owned(), Asker::certificate(&other), vec![]),
        ("certificate with a rule for `issue`".to_owned(), Asker::certificate(&deployer), vec![Right::Issue]),
        ("the same name, another authority".to_owned(), Asker::certificate(&namesake), vec![]),
        (
            "wrong API key".to_owned(),
            Asker::bearer(format!("hfk_0123456789abcdef_{}", "a".repeat(43))),
            vec![],
        ),
    ];
    for right in Right::ALL {
        askers.push((format!("API key with `{right}`"), house.key(&[right]).await, vec![right]));
    }
    let mut table = head(&askers);
    for endpoint in Endpoint::ALL {
        let row = endpoint.row();
        let _ = write!(table, "| `{} {}` | {} |", row.method, row.path, row.need);
        for (name, asker, rights) in &askers {
            let status = ask(&house, asker, endpoint).await;
            let expected = match row.need {
                Need::Public => true,
                Need::Right(right) | Need::OwnKeyOr(right) => rights.contains(&right),
            };
            assert_eq!(allowed(status), expected, "{name} at {} {}: {status}", row.method, row.path);
            let _ = write!(table, " {} |", if expected { "yes" } else { "–" });
        }
        table.push('\n');
    }
    compare(&table);
}

fn head(askers: &[(String, Asker, Vec<Right>)]) -> String {
    let names: Vec<&str> = askers.iter().map(|(name, ..)| name.as_str()).collect();
    format!("| endpoint | needs | {} |\n|---|---|{}\n", names.join(" | "), "---|".repeat(askers.len()))
}

/// The table of the guide is the one that was walked.
fn compare(table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/access.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    let between = page
        .split_once("<!-- begin table -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- end table -->"))
        .map(|(table, _)| table);
    assert_eq!(between, Some(table), "put this between the marks of {path}:\n{table}");
}
