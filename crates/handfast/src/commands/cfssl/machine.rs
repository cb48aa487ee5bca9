//! What the engine has from this machine, and the keys and certificates that flags name.

use std::path::PathBuf;
use std::sync::Arc;

use hf_cfssl::machine::{Machine, State};
use hf_cfssl::{certificates, keys};
use hf_core::secret::Secret;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::go_json;
use hf_x509::certificate::Certificate;
use serde::de::DeserializeOwned;

use super::call::{Call, Failure};
use super::flags;
use crate::{logs, system};

/// The password of an encrypted key of an authority.
const PASSWORD: &str = "CFSSL_CA_PK_PASSWORD";

impl Call {
    /// Clock, randomness, who runs the command, and where the record goes.
    pub(super) fn machine(&self) -> Machine {
        let state = match self.some(&flags::STATE) {
            Some(directory) => State::Kept(PathBuf::from(directory)),
            None => State::Temporary(std::env::temp_dir()),
        };
        Machine {
            clock: Arc::clone(&self.clock),
            random: Arc::new(SystemRandom),
            operator: system::operator(),
            state,
            logs: logs::client(&self.clock),
        }
    }

    /// The request in the JSON file that the only word names.
    pub(super) fn request(&self) -> Result<CertificateRequest, Failure> {
        self.json_file(self.only_word()?)
    }

    /// The value in a JSON file, read as Go reads it.
    pub(super) fn json_file<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        go_json::from_slice(&self.read(path)?).map_err(|error| Failure::new(error.to_string()))
    }

    /// The one certificate that a value with a prefix names.
    pub(super) fn certificate(&self, value: &str) -> Result<Certificate, Failure> {
        let octets = self.read_prefixed(value)?;
        Ok(certificates::one(&String::from_utf8_lossy(&octets))?)
    }

    /// The key of an authority in a file, or on stdin for `-`; it may be encrypted.
    pub(super) fn key_file(&self, path: &str) -> Result<PrivateKey, Failure> {
        parse_key(&Secret::new(self.read(path)?))
    }

    /// The key of an authority that a value with a prefix names; it may be encrypted.
    pub(super) fn authority_key(&self, value: &str) -> Result<PrivateKey, Failure> {
        parse_key(&Secret::new(self.read_prefixed(value)?))
    }

    /// The certificate and the key of the authority that `-ca` and `-ca-key` name.
    pub(super) fn authority(&self) -> Result<(Certificate, PrivateKey), Failure> {
        let ca = self.some(&flags::CA);
        let ca = ca.ok_or_else(|| Failure::new("need a CA certificate (provide one with -ca)"))?;
        let key = self.some(&flags::CA_KEY);
        let key = key.ok_or_else(|| Failure::new("need a CA key (provide one with -ca-key)"))?;
        Ok((self.certificate(ca)?, self.authority_key(key)?))
    }
}

fn parse_key(octets: &Secret<Vec<u8>>) -> Result<PrivateKey, Failure> {
    let password = crate::env::named(PASSWORD).map(Secret::new);
    keys::parse(octets.expose(), password.as_ref()).map_err(|mut error| {
        if error.code == ErrorKind::KeyEncrypted.code() && password.is_none() {
            error.message.push_str(": expected its password in the environment, as ");
            error.message.push_str(PASSWORD);
        }
        error.into()
    })
}
