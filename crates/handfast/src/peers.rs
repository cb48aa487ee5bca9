//! A short file for each kind of peer, with the paths of one instance's files, to be pasted or included as it is.
//!
//! Pure functions from [`Bundle`] to text, one file a kind. Every file asks for TLS 1.2 or newer, for a certificate of
//! the other side, and for the other side's name where that peer can check one.

mod envoy;
mod go;
mod haproxy;
mod java;
mod nginx;
mod node;
mod postgresql;
mod python;

use std::path::PathBuf;

use hf_topology::layout as file;

/// What an instance was given, as far as a peer's configuration needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Bundle {
    /// The instance's name, as in its certificate.
    pub(crate) instance: String,
    /// The directory of its files, absolute.
    pub(crate) directory: PathBuf,
    /// The TCP port on which it listens.
    pub(crate) port: u16,
    /// The servers that it calls.
    pub(crate) calls: Vec<Called>,
    /// Who calls it.
    pub(crate) callers: Vec<Caller>,
    /// The kind of key store that was written for it, and its password.
    pub(crate) key_store: Option<KeyStore>,
}

/// A server that the instance calls.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    /// Its name, which its certificate must carry.
    pub(crate) name: String,
    /// The TCP port on which it listens.
    pub(crate) port: u16,
}

/// A client of the instance.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Its name, the common name of its certificate.
    pub(crate) name: String,
    /// The service that it belongs to.
    pub(crate) service: String,
}

/// A key store for Java.
#[derive(Clone, Debug)]
pub(crate) struct KeyStore {
    /// Type as Java names it: `PKCS12` or `JKS`.
    pub(crate) kind: &'static str,
    /// File name of the store with key and chain.
    pub(crate) keys: &'static str,
    /// File name of the store with the roots.
    pub(crate) roots: &'static str,
    /// File name of the password of both.
    pub(crate) password: &'static str,
}

/// Name of a file, and the function that writes it.
type Kind = (&'static str, fn(&Bundle) -> String);

/// Every kind of peer.
const KINDS: [Kind; 11] = [
    ("nginx.conf", nginx::conf),
    ("haproxy.cfg", haproxy::cfg),
    ("envoy.yaml", envoy::yaml),
    ("postgresql.conf", postgresql::conf),
    ("pg_hba.conf", postgresql::hba),
    ("pg_ident.conf", postgresql::ident),
    ("java.properties", java::properties),
    ("java.txt", java::example),
    ("go.txt", go::example),
    ("python.txt", python::example),
    ("node.txt", node::example),
];

/// All files for all kinds of peer: name and text.
pub(crate) fn files(bundle: &Bundle) -> Vec<(&'static str, String)> {
    KINDS.iter().map(|(name, write)| (*name, write(bundle))).collect()
}

impl Bundle {
    /// The absolute path of one of the instance's files.
    fn path(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }

    /// The same in double quotes with `\` and `"` escaped, as C, Go, Java, JavaScript, JSON, Python and YAML read it.
    fn quoted(&self, name: &str) -> String {
        quote(&self.path(name))
    }

    /// The server that examples call: the first one declared, or the instance itself.
    fn example_server(&self) -> Called {
        self.calls.first().cloned().unwrap_or(Called { name: self.instance.clone(), port: self.port })
    }

    /// The first lines of every file.
    fn heading(&self, mark: &str, what: &str) -> String {
        let moved = "The paths are absolute: mend them when the files are moved to another machine.";
        format!("{mark} {what} of {}.\n{mark} {moved}\n", self.instance)
    }
}

/// In double quotes, `\` and `"` escaped.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        Bundle {
            instance: "a1.shop.internal".to_owned(),
            directory: PathBuf::from("/srv/shop/trust/a1.shop.internal"),
            port: 8443,
            calls: vec![Called { name: "db.vendor.example".to_owned(), port: 5432 }],
            callers: vec![Caller { name: "lb.shop.internal".to_owned(), service: "lb".to_owned() }],
            key_store: Some(KeyStore {
                kind: "PKCS12",
                keys: "keystore.p12",
                roots: "truststore.p12",
                password: "keystore.password",
            }),
        }
    }

    #[test]
    fn every_file_says_whose_it_is_and_names_its_files() {
        for (name, text) in files(&bundle()) {
            assert!(text.contains("a1.shop.internal"), "{name}");
            assert!(text.ends_with('\n'), "{name}");
            assert!(
                !text.contains("\t\n") && !text.contains(" \n"),
                "{name} has blanks at the end of a line"
            );
        }
    }

    #[test]
    fn the_plan_knows_every_file() {
        assert_eq!(KINDS.map(|(name, _)| name), file::PEERS);
    }

    #[test]
    fn each_kind_as_text() {
        let mut all = String::new();
        for (name, text) in files(&bundle()) {
            all.extend([format!("=== {name}\n"), text]);
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn a_path_with_a_quote_stays_one_string() {
        let mut odd = bundle();
        odd.directory = PathBuf::from("/srv/a \"b\"");
        assert_eq!(odd.quoted("key.pem"), "\"/srv/a \\\"b\\\"/key.pem\"");
    }
}
