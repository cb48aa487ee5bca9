//! The file of `multirootca`: several signers, each with a label. CFSSL `multiroot/config/config.go`.
//!
//! `[ label ]`, `key = value`, quotes round values if one likes, `#` at the begin of a line for comments. Keys before the
//! first label belong to `default`. The last of several equal keys counts, and a label may come more than once.

use std::collections::BTreeMap;

use hf_core::secret::Secret;
use ipnet::IpNet;

/// Largest file that is read, in octets.
pub const MAX_OCTETS: usize = 1024 * 1024;

/// One signer.
pub struct Root {
    /// Where its private key is.
    pub private: PrivateKey,
    /// PEM file of its certificate.
    pub certificate: String,
    /// Its policy file.
    pub config: String,
    /// Addresses that may ask; `None` for all.
    pub nets: Option<Vec<IpNet>>,
    /// The file that says where its database is.
    pub dbconfig: Option<String>,
}

/// Where a private key is.
pub enum PrivateKey {
    /// PEM or DER in a file.
    File(String),
    /// Encrypted by a Red October server.
    RedOctober(Box<RedOctober>),
}

/// A key that several people must release.
pub struct RedOctober {
    /// The encrypted key.
    pub path: String,
    /// The server.
    pub server: String,
    /// The user.
    pub user: String,
    /// The user's password.
    pub password: Secret<String>,
    /// PEM file of the server's root, if it is not a public one.
    pub ca: Option<String>,
}

/// Why the file is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultirootError {
    /// Not UTF-8, or too large.
    #[error("the file is larger than {MAX_OCTETS} octets or not UTF-8")]
    Unreadable,
    /// A line is neither label, nor key and value, nor comment.
    #[error("invalid config file: line {line}")]
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// A label lacks a key.
    #[error("[{label}]: `{key}` is missing")]
    Missing {
        /// The label.
        label: String,
        /// The key.
        key: &'static str,
    },
    /// The private key is neither `file:` nor `rofile:`.
    #[error("[{label}]: `private` must be `file://PATH` or `rofile://PATH`")]
    Scheme {
        /// The label.
        label: String,
    },
    /// An entry of `nets` is no network.
    #[error("[{label}]: `{}` in `nets` is no network: expected for example `10.0.0.0/8`", found.escape_debug())]
    Net {
        /// The label.
        label: String,
        /// What was found.
        found: String,
    },
    /// No label at all.
    #[error("the file has no label")]
    Empty,
}

/// Read the file: signers by label.
///
/// # Errors
/// For the first fault.
pub fn read(bytes: &[u8]) -> Result<BTreeMap<String, Root>, MultirootError> {
    let text = std::str::from_utf8(bytes).map_err(|_| MultirootError::Unreadable)?;
    if bytes.len() > MAX_OCTETS {
        return Err(MultirootError::Unreadable);
    }
    let sections = sections(text)?;
    if sections.is_empty() {
        return Err(MultirootError::Empty);
    }
    sections
        .into_iter()
        .map(|(label, keys)| root(label, &keys).map(|root| (label.to_owned(), root)))
        .collect()
}

type Sections<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>;

fn sections(text: &str) -> Result<Sections<'_>, MultirootError> {
    let mut found = Sections::new();
    let mut current = None;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if let Some(label) = label(line) {
            found.entry(label).or_default();
            current = Some(label);
            continue;
        }
        let (key, value) = key_and_value(line).ok_or(MultirootError::Line { line: index + 1 })?;
        found.entry(*current.get_or_insert("default")).or_default().insert(key, value);
    }
    Ok(found)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn label(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    is_word(inner).then_some(inner)
}

fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let quoted = value.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
    is_word(key).then_some((key, quoted.unwrap_or(value)))
}

fn root(label: &str, keys: &BTreeMap<&str, &str>) -> Result<Root, MultirootError> {
    let needed = |key: &'static str| {
        let found = keys.get(key).filter(|value| !value.is_empty()).map(|value| (*value).to_owned());
        found.ok_or_else(|| MultirootError::Missing { label: label.to_owned(), key })
    };
    let given = |key: &str| keys.get(key).filter(|value| !value.is_empty()).map(|value| (*value).to_owned());
    let spec = needed("private")?;
    let private = if let Some(path) = spec.strip_prefix("file://") {
        PrivateKey::File(path.to_owned())
    } else if let Some(path) = spec.strip_prefix("rofile://") {
        PrivateKey::RedOctober(Box::new(RedOctober {
            path: path.to_owned(),
            server: needed("ro_server")?,
            user: needed("ro_user")?,
            password: Secret::new(needed("ro_pass")?),
            ca: given("ro_ca"),
        }))
    } else {
        return Err(MultirootError::Scheme { label: label.to_owned() });
    };
    Ok(Root {
        private,
        certificate: needed("certificate")?,
        config: needed("config")?,
        nets: given("nets").map(|nets| networks(label, &nets)).transpose()?,
        dbconfig: given("dbconfig"),
    })
}

fn networks(label: &str, list: &str) -> Result<Vec<IpNet>, MultirootError> {
    let network = |text: &str| {
        text.trim()
            .parse()
            .map_err(|_| MultirootError::Net { label: label.to_owned(), found: text.trim().to_owned() })
    };
    list.split(',').map(network).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# two signers
private = file:///ignored
certificate = a.pem
config = a.json

  [ primary ]
private = \"file://testdata/server.key\"
certificate = 'server.crt'
config = testdata/config.json
nets = 10.0.2.1/24,172.16.3.1/24, fe80::/10
certificate = other.crt
[ro]
private = rofile:///key.ro
certificate = b.pem
config = b.json
ro_server = ro:443
ro_user = alice
ro_pass = \"a = b\"
dbconfig = db.json
";

    #[test]
    fn labels_and_keys_are_read() {
        let roots = read(FILE.as_bytes()).ok().unwrap();
        assert_eq!(roots.keys().collect::<Vec<_>>(), ["default", "primary", "ro"]);
        let primary = &roots["primary"];
        assert!(matches!(&primary.private, PrivateKey::File(path) if path == "testdata/server.key"));
        assert_eq!((primary.certificate.as_str(), primary.nets.as_ref().unwrap().len()), ("other.crt", 3));
        let PrivateKey::RedOctober(ro) = &roots["ro"].private else { panic!("a file") };
        assert_eq!(
            (ro.path.as_str(), ro.password.expose().as_str(), ro.ca.is_none()),
            ("/key.ro", "a = b", true)
        );
        assert_eq!(roots["ro"].dbconfig.as_deref(), Some("db.json"));
    }

    #[test]
    fn faults_are_told() {
        let fault = |text: &str| read(text.as_bytes()).err().unwrap().to_string();
        assert_eq!(fault(""), "the file has no label");
        assert_eq!(fault("[a]\nnonsense"), "invalid config file: line 2");
        assert_eq!(fault("[a-b]"), "invalid config file: line 1");
        assert_eq!(fault("[a]\n"), "[a]: `private` is missing");
        assert_eq!(fault("[a]\nprivate = x"), "[a]: `private` must be `file://PATH` or `rofile://PATH`");
        assert_eq!(fault("[a]\nprivate = file://x\ncertificate = y"), "[a]: `config` is missing");
        let nets = "[a]\nprivate = file://x\ncertificate = y\nconfig = z\nnets = 10.0.0.0/33";
        assert!(fault(nets).starts_with("[a]: `10.0.0.0/33` in `nets` is no network"));
        assert_eq!(read(b"\xff").err(), Some(MultirootError::Unreadable));
    }
}
