//! Certificates that must be refused, beside those that `handfast` wrote.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;

use crate::domain::Domain;
use crate::program::succeed;

/// A chain, leaf first, and the key of the leaf, both PEM.
pub(crate) struct Identity {
    chain: String,
    key: String,
}

impl Identity {
    /// The one that `handfast` wrote for an instance.
    pub(crate) fn of(domain: &Domain, instance: &str) -> Self {
        Self { chain: domain.read(instance, "fullchain.pem"), key: domain.read(instance, "key.pem") }
    }

    /// Right in every way, but vouched for by an authority that nobody here has heard of.
    pub(crate) fn of_a_wrong_authority(name: &str) -> Self {
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "nobody's root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = Issuer::new(root, KeyPair::generate().unwrap());

        let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
        leaf.distinguished_name.push(DnType::CommonName, name);
        leaf.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().unwrap();
        Self { chain: leaf.signed_by(&key, &issuer).unwrap().pem(), key: key.serialize_pem() }
    }

    /// Signed by the authority that signed the instance's own, with the same name, over since long ago.
    ///
    /// `openssl ca` signs it with the authority's key: `handfast` itself signs nothing that is already over.
    pub(crate) fn expired(domain: &Domain, instance: &str, authority: &str) -> Self {
        let own = domain.read(instance, "fullchain.pem");
        let (_, above) = split_first(&own);
        let (issuer, _) = split_first(&above);
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("issuer.pem"), issuer).unwrap();
        fs::write(at("index.txt"), "").unwrap();
        fs::write(at("openssl.cnf"), expired_config(instance)).unwrap();

        let subject = format!("/CN={instance}");
        let curve =
            ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-config"];
        succeed("openssl", |command| {
            command.current_dir(&folder).args(curve).args(["openssl.cnf", "-subj", &subject]);
            command.args(["-keyout", "key.pem", "-out", "request.pem"]);
        });
        succeed("openssl", |command| {
            command.current_dir(&folder).args([
                "ca",
                "-batch",
                "-config",
                "openssl.cnf",
                "-cert",
                "issuer.pem",
            ]);
            command.arg("-keyfile").arg(domain.authority_key(authority)).args([
                "-in",
                "request.pem",
                "-notext",
            ]);
            command.args([
                "-startdate",
                "20240101000000Z",
                "-enddate",
                "20240201000000Z",
                "-out",
                "leaf.pem",
            ]);
        });
        let leaf = fs::read_to_string(at("leaf.pem")).unwrap();
        Self { chain: leaf + &above, key: fs::read_to_string(at("key.pem")).unwrap() }
    }

    /// Writes `fullchain.pem` and `key.pem`, as `handfast` would.
    pub(crate) fn write(&self, folder: &Path) {
        fs::write(folder.join("fullchain.pem"), &self.chain).unwrap();
        let key = folder.join("key.pem");
        fs::write(&key, &self.key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(self.chain.as_bytes()).map(Result::unwrap).collect()
    }

    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap()
    }
}

/// The first certificate of a PEM file, and the rest.
pub(crate) fn split_first(pem: &str) -> (String, String) {
    let end = "-----END CERTIFICATE-----\n";
    let (first, rest) = pem.split_once(end).unwrap();
    (format!("{first}{end}"), rest.to_owned())
}

fn expired_config(instance: &str) -> String {
    format!(
        "[req]
distinguished_name = subject
[subject]
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:{instance}
authorityKeyIdentifier = keyid
"
    )
}
