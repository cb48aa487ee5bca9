//! What both programs are given: one authority, keys, requests, certificates and files, made once.

use std::fs;

use hf_testkit::log::LogServer;
use tempfile::TempDir;

use super::super::programs::Programs;
use super::database;

const FILES: &[(&str, &str)] = &[
    (
        "ca-csr.json",
        r#"{"CN":"Test CA","key":{"algo":"ecdsa","size":256},"names":[{"C":"GB","O":"Shop","OU":"CA"}],"ca":{"expiry":"87600h","pathlen":2}}"#,
    ),
    ("ca0.json", r#"{"CN":"Zero CA","names":[{"O":"Shop"}],"ca":{"pathlenzero":true}}"#),
    ("rsa.json", r#"{"CN":"rsa.example.net","hosts":["rsa.example.net"],"key":{"algo":"rsa","size":2048}}"#),
    (
        "ecdsa384.json",
        r#"{"CN":"e.example.net","hosts":["e.example.net"],"key":{"algo":"ecdsa","size":384}}"#,
    ),
    (
        "ecdsa521.json",
        r#"{"CN":"e.example.net","hosts":["e.example.net"],"key":{"algo":"ecdsa","size":521}}"#,
    ),
    ("oddrsa.json", r#"{"CN":"o.example.net","hosts":["o.example.net"],"key":{"algo":"rsa","size":2056}}"#),
    ("tls.json", r#"{"CN":"localhost","hosts":["localhost"],"key":{"algo":"rsa","size":2048}}"#),
    (
        "held.json",
        concat!(
            r#"{"signing":{"default":{"expiry":"24h","usages":["signing","server auth"],"auth_key":"k"},"profiles":{"#,
            r#""open":{"expiry":"1h","usages":["signing"]}}},"#,
            r#""auth_keys":{"k":{"type":"standard","key":"0123456789abcdef0123456789abcdef"}}}"#,
        ),
    ),
    (
        "roots.ini",
        concat!(
            "[ primary ]\nprivate = file://ca-key.pem\ncertificate = ca.pem\nconfig = held.json\n",
            "[ second ]\nprivate = file://other-key.pem\ncertificate = other.pem\nconfig = held.json\n",
            "[ far ]\nprivate = file://ca-key.pem\ncertificate = ca.pem\nconfig = held.json\nnets = 10.0.0.0/8\n",
        ),
    ),
    ("weak.json", r#"{"CN":"w.example.net","hosts":["w.example.net"],"key":{"algo":"rsa","size":1024}}"#),
    ("curve.json", r#"{"CN":"w.example.net","hosts":["w.example.net"],"key":{"algo":"ecdsa","size":255}}"#),
    (
        "algorithm.json",
        r#"{"CN":"w.example.net","hosts":["w.example.net"],"key":{"algo":"dsa","size":2048}}"#,
    ),
    (
        "names.json",
        r#"{"cn":"names.example.net","hosts":["names.example.net","10.0.0.1","::1","a@example.net"],"names":[{"C":"US","ST":"CA","L":"San Francisco","O":"Shop","OU":"One"},{"OU":"Two"}],"unknown":{"x":1}}"#,
    ),
    (
        "ca-crl.json",
        r#"{"CN":"Listed Root","key":{"algo":"ecdsa","size":256},"crl_url":"http://c.example.net/root.crl"}"#,
    ),
    ("underscore.json", r#"{"CN":"u.example.net","hosts":["under_score.example.net"]}"#),
    (
        "longname.json",
        r#"{"CN":"a-common-name-that-is-longer-than-the-sixty-four-characters-it-may-have","hosts":["l.example.net"]}"#,
    ),
    ("nohosts.json", r#"{"CN":"nohosts.example.net"}"#),
    ("nosubject.json", r#"{"hosts":["x.example.net"]}"#),
    ("wrongtype.json", r#"{"CN":7}"#),
    ("broken.json", "{"),
    ("subject.json", r#"{"CN":"override.example.net","names":[{"O":"Other"}]}"#),
    ("serials.txt", "17\n18\n1461501637330902918203684832716283019655932542975\n"),
    ("none.txt", ""),
    ("words.txt", "seventeen\n"),
    (
        "config.json",
        concat!(
            r#"{"signing":{"default":{"expiry":"8760h","usages":["signing","key encipherment","server auth"]},"profiles":{"#,
            r#""client":{"expiry":"24h","usages":["digital signature","client auth"]},"#,
            r#""ca":{"expiry":"43800h","usages":["cert sign","crl sign"],"ca_constraint":{"is_ca":true,"max_path_len":1}},"#,
            r#""urls":{"expiry":"1h","usages":["signing","any"],"issuer_urls":["http://i.example.net/ca"],"ocsp_url":"http://o.example.net","crl_url":"http://c.example.net/crl"},"#,
            r#""policy":{"expiry":"1h","usages":["signing","s/mime","code signing","timestamping"],"Policies":[{"ID":"1.2.3.4","Qualifiers":[{"Type":"id-qt-cps","Value":"http://cps.example.net"}]}]},"#,
            r#""logs":{"expiry":"1h","usages":["signing"],"ct_log_servers":["http://localhost:1/"]},"#,
            r#""issuers":{"expiry":"1h","usages":["signing"],"issuer_urls":["http://i.example.net/1","http://i.example.net/2"]},"#,
            r#""white":{"expiry":"1h","usages":["signing"],"name_whitelist":"\\.allowed\\.example$"},"#,
            r#""csrwhite":{"expiry":"1h","usages":["signing"],"CSRWhitelist":{"DNSNames":true,"PublicKey":true,"PublicKeyAlgorithm":true,"SignatureAlgorithm":true}},"#,
            r#""absolute":{"expiry":"1h","usages":["signing"],"not_before":"2030-01-01T00:00:00Z","not_after":"2030-01-02T00:00:00Z"},"#,
            r#""nocheck":{"expiry":"1h","usages":["ocsp signing"],"ocsp_no_check":true},"#,
            r#""serial":{"expiry":"1h","usages":["signing"],"ClientProvidesSerialNumbers":true}}}}"#,
        ),
    ),
    ("nosigning.json", "{}"),
    ("noexpiry.json", r#"{"signing":{"profiles":{"p":{"usages":["signing"]}}}}"#),
    ("badkey.json", r#"{"signing":{"default":{"expiry":"1h","auth_key":"x"}}}"#),
    (
        "envelope.json",
        r#"{"success":true,"result":{"certificate":"C","private_key":"K","certificate_request":"R"},"errors":[],"messages":[]}"#,
    ),
    ("failed.json", r#"{"success":false,"result":null,"errors":[{"code":1,"message":"no"}],"messages":[]}"#),
    ("bare.json", r#"{"cert":"C","key":"K","csr":"R"}"#),
    ("ocsp-bare.json", r#"{"ocspResponse":"AQI="}"#),
];

/// A policy whose profiles name this log, and an address where it is not.
pub(super) fn add_log(fixture: &TempDir, log: &LogServer) {
    let url = log.url();
    let profile = r#""expiry":"1h","usages":["signing","server auth"]"#;
    let logged = format!(r#"{{{profile},"ct_log_servers":["{url}"]}}"#);
    let elsewhere = format!(r#"{{{profile},"ct_log_servers":["{url}/elsewhere"]}}"#);
    let text = format!(
        r#"{{"signing":{{"default":{{{profile}}},"profiles":{{"logged":{logged},"elsewhere":{elsewhere}}}}}}}"#
    );
    fs::write(fixture.path().join("log.json"), text).unwrap();
}

/// A folder with everything.
pub(super) fn make(stock: &Programs) -> TempDir {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    for (name, text) in FILES {
        fs::write(place.join(name), text).unwrap();
    }
    stock.split(place, "gencert -initca ca-csr.json", "ca");
    stock.split(place, "gencert -initca ca0.json", "other");
    stock.split(place, "genkey names.json", "leaf");
    stock.split(place, "sign -ca ca.pem -ca-key ca-key.pem -config config.json leaf.csr", "leaf");
    stock.split(
        place,
        "gencert -ca ca.pem -ca-key ca-key.pem -config config.json -profile ca nohosts.json",
        "inter",
    );
    stock.split(place, "gencert -ca inter.pem -ca-key inter-key.pem rsa.json", "deep");
    let both = fs::read_to_string(place.join("deep.pem")).unwrap()
        + &fs::read_to_string(place.join("inter.pem")).unwrap();
    fs::write(place.join("two.pem"), both).unwrap();
    stock.split(place, "gencert -ca ca.pem -ca-key ca-key.pem tls.json", "tls");
    stock.split(place, "genkey oddrsa.json", "oddrsa");
    database::make(stock, place);
    folder
}
