//! A key that remembers every certificate that it signed, and may be gone after some.

use std::sync::Mutex;

use hf_core::algorithm::KeyAlgorithm;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::{SignError, SigningKey};
use hf_store::Store;
use hf_x509::public_key::PublicKey;
use hf_x509::signature::Signature;
use hf_x509::tbs::{ToBeSigned, ToBeSignedKind};

use crate::common::House;

pub(crate) struct RememberingKey {
    inner: PrivateKey,
    /// Which certificate it refuses first, counted from 1.
    refuses_from: usize,
    /// The octets that it signed.
    pub(crate) signed: Mutex<Vec<Vec<u8>>>,
}

impl RememberingKey {
    /// The key of `services`, which refuses from the n-th certificate on.
    pub(crate) async fn of_services(store: &dyn Store, house: &House, refuses_from: usize) -> Self {
        let record = store.authority("services").await.unwrap().unwrap();
        let reference = record.key.unwrap();
        let file = house.path().join("keys").join(reference.strip_prefix("file:").unwrap());
        let inner = hf_keys::file::read_private_key(&file, None).unwrap();
        Self { inner, refuses_from, signed: Mutex::default() }
    }
}

impl SigningKey for RememberingKey {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.inner.key_algorithm()
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        if message.kind() == ToBeSignedKind::Certificate {
            let mut signed = self.signed.lock().unwrap();
            if signed.len() + 1 >= self.refuses_from {
                return Err(SignError::Unavailable { reason: "gone".to_owned() });
            }
            signed.push(message.bytes().to_vec());
        }
        self.inner.sign(message)
    }
}
