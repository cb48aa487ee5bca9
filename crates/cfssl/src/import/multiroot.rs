//! The signers of `multirootca`, taken in as authorities.

use std::collections::BTreeMap;

use hf_ca::authority::Authority;
use hf_ca::create::CreateError;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::config::KeyResolver;
use hf_proto::cfssl::multiroot::{self, MultirootError, PrivateKey as KeyPlace, Root};
use hf_store::audit::Origin;
use hf_x509::certificate::Certificate;

use super::policy::{self, Summary};
use crate::{certificates, failure, keys};

/// Delivers the octets of a file that the file of signers names.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// What came of one signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its label.
    pub label: String,
    /// Name of the authority here.
    pub authority: String,
    /// Whether the authority is new.
    pub is_new: bool,
    /// Its policy.
    pub policy: Summary,
    /// The file that says where its database is; its certificates are taken in after all signers are.
    pub db_config: Option<String>,
    /// Networks that may ask it; empty for all.
    pub nets: Vec<String>,
}

/// A signer that is ready to be taken in: everything was read.
pub struct Ready {
    label: String,
    chain: Vec<Certificate>,
    key: PrivateKey,
    policy: Summary,
    db_config: Option<String>,
    nets: Vec<String>,
}

/// Why a file of signers is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum MultirootImportError {
    /// The file itself.
    #[error("the file of signers cannot be read")]
    File(#[source] MultirootError),
    /// A file that it names.
    #[error("[{label}]: `{path}` cannot be read: {fault}")]
    Read {
        /// Label of the signer.
        label: String,
        /// The file.
        path: String,
        /// What the system said.
        fault: String,
    },
    /// Certificate, key or policy of a signer.
    #[error("[{label}]: `{path}`: {}", fault.message)]
    Content {
        /// Label of the signer.
        label: String,
        /// The file.
        path: String,
        /// What is wrong with it.
        fault: CfsslError,
    },
    /// The key is kept by a Red October server.
    #[error(
        "[{label}]: its key is kept by a Red October server, which is not asked: release the key and name its file"
    )]
    RedOctober {
        /// Label of the signer.
        label: String,
    },
    /// The authority does not take it.
    #[error("[{label}]: it cannot become the authority `{authority}`")]
    Authority {
        /// Label of the signer.
        label: String,
        /// The name that it would have.
        authority: String,
        /// Why.
        #[source]
        source: Box<CreateError>,
    },
}

/// Read every file that the file of signers names. Nothing is changed, so that one bad signer changes nothing.
///
/// # Errors
/// For the first fault.
pub fn read(
    octets: &[u8],
    files: ReadFile<'_>,
    resolve: KeyResolver<'_>,
) -> Result<Vec<Ready>, MultirootImportError> {
    let signers: BTreeMap<String, Root> = multiroot::read(octets).map_err(MultirootImportError::File)?;
    signers.into_iter().map(|(label, root)| ready(label, root, files, resolve)).collect()
}

fn ready(
    label: String,
    root: Root,
    files: ReadFile<'_>,
    resolve: KeyResolver<'_>,
) -> Result<Ready, MultirootImportError> {
    let KeyPlace::File(key_path) = &root.private else {
        return Err(MultirootImportError::RedOctober { label });
    };
    let read = |path: &str| {
        files(path).map_err(|fault| MultirootImportError::Read {
            label: label.clone(),
            path: path.to_owned(),
            fault,
        })
    };
    let content = |path: &str| {
        let (label, path) = (label.clone(), path.to_owned());
        move |fault| MultirootImportError::Content { label, path, fault }
    };
    let key = keys::parse(&read(key_path)?, None).map_err(content(key_path))?;
    let chain = String::from_utf8(read(&root.certificate)?)
        .map_err(|error| failure::because(ErrorKind::CertificateDecode, &error))
        .and_then(|text| certificates::pool(&text, ErrorKind::CertificateRead))
        .map_err(content(&root.certificate))?;
    let policy = policy::check(&read(&root.config)?, &label, resolve).map_err(content(&root.config))?;
    let nets = root.nets.iter().flatten().map(ToString::to_string).collect();
    Ok(Ready { chain, key, policy, nets, db_config: root.dbconfig, label })
}

/// Take in the signers as authorities, each called as its label in lower case and with `-` for `_`. One whose certificate
/// an authority here has already is that authority.
///
/// # Errors
/// When the authority refuses one; those before it stay.
pub async fn take(
    signers: Vec<Ready>,
    authority: &Authority,
    origin: &Origin,
) -> Result<Vec<Taken>, MultirootImportError> {
    let mut taken = Vec::with_capacity(signers.len());
    for signer in signers {
        let known = authority
            .issuers()
            .all()
            .into_iter()
            .find(|issuer| issuer.certificate().is_some_and(|own| signer.chain.first() == Some(own)));
        let is_new = known.is_none();
        let name = match known {
            Some(issuer) => issuer.name().to_owned(),
            None => admit(&signer.label, &signer.chain, signer.key, authority, origin).await?,
        };
        taken.push(Taken {
            label: signer.label,
            authority: name,
            is_new,
            policy: signer.policy,
            db_config: signer.db_config,
            nets: signer.nets,
        });
    }
    Ok(taken)
}

async fn admit(
    label: &str,
    chain: &[Certificate],
    key: PrivateKey,
    authority: &Authority,
    origin: &Origin,
) -> Result<String, MultirootImportError> {
    let name = label.replace('_', "-").to_ascii_lowercase();
    let imported = authority.import(&name, chain, Some(key), origin.clone()).await;
    imported.map_err(|source| MultirootImportError::Authority {
        label: label.to_owned(),
        authority: name.clone(),
        source: Box::new(source),
    })?;
    Ok(name)
}
