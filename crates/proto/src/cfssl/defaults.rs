//! What `print-defaults` prints.

/// A policy file to begin with.
pub const CONFIG: &str = r#"{
    "signing": {
        "default": {
            "expiry": "168h"
        },
        "profiles": {
            "www": {
                "expiry": "8760h",
                "usages": [
                    "signing",
                    "key encipherment",
                    "server auth"
                ]
            },
            "client": {
                "expiry": "8760h",
                "usages": [
                    "signing",
                    "key encipherment",
                    "client auth"
                ]
            }
        }
    }
}
"#;

/// A CSR JSON to begin with.
pub const CSR: &str = r#"{
    "CN": "example.net",
    "hosts": [
        "example.net",
        "www.example.net"
    ],
    "key": {
        "algo": "ecdsa",
        "size": 256
    },
    "names": [
        {
            "C": "US",
            "ST": "CA",
            "L": "San Francisco"
        }
    ]
}
"#;

/// The names of both, in the order in which they are listed.
pub const NAMES: [&str; 2] = ["config", "csr"];

/// The text of that name.
pub fn text(name: &str) -> Option<&'static str> {
    match name {
        "config" => Some(CONFIG),
        "csr" => Some(CSR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::super::csr_json::CertificateRequest;
    use super::super::go_json;
    use super::*;

    #[test]
    fn both_are_good_files() {
        let config = Config::read(CONFIG.as_bytes(), &|_| Err("no keys here".into())).unwrap();
        assert_eq!(config.signing.profiles.keys().collect::<Vec<_>>(), ["client", "www"]);
        assert_eq!(config.warnings, Vec::<String>::new());
        let request: CertificateRequest = go_json::from_str(CSR).unwrap();
        assert_eq!(request.common_name, "example.net");
        assert!(NAMES.iter().all(|name| text(name).is_some()) && text("list").is_none());
    }
}
