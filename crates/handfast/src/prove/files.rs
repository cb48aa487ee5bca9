//! What the files of an instance show before any handshake: modes, key and certificate, validity.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hf_core::finding::Finding;
use hf_core::time::Timestamp;
use hf_keys::signing_key::SigningKey;
use hf_store::audit::hex;
use hf_topology::declared::Service;
use hf_topology::layout;

use super::codes;
use super::machine::Machine;
use crate::apply::content::SECRET_FILES;

/// Files with a private key whose mode is not the declared one.
pub(super) fn modes(directory: &Path, instance: &str, service: &Service) -> Vec<Finding> {
    let expected = service.files.mode.unwrap_or(0o600);
    let mut findings = Vec::new();
    for file in SECRET_FILES {
        let Ok(metadata) = fs::metadata(directory.join(file)) else { continue };
        let found = metadata.permissions().mode() & 0o7777;
        if found != expected {
            findings.push(codes::mode(&layout::path(instance, file), found, expected));
        }
    }
    findings
}

/// Whether the private key is that of the certificate.
pub(super) fn pair(machine: &Machine) -> Option<Finding> {
    let (key, leaf) = (machine.key.as_ref()?, machine.leaf()?);
    let (found, expected) = (key.public_key().spki_sha256(), leaf.public_key().spki_sha256());
    (found != expected).then(|| codes::mismatch(&machine.name, &hex(&expected), &hex(&found)))
}

/// Certificates of chain and trust store that are not valid now.
pub(super) fn validity(machine: &Machine, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for certificate in machine.chain.iter().chain(&machine.roots) {
        let subject = certificate.subject().to_string();
        if certificate.not_after() < now {
            findings.push(codes::expired(&machine.name, &subject, certificate.not_after(), now));
        } else if now < certificate.not_before() {
            findings.push(codes::not_yet(&machine.name, &subject, certificate.not_before(), now));
        }
    }
    findings
}
