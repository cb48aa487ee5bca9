//! Which of the listed key usages a key can have.

use hf_core::algorithm::KeyAlgorithm;
use hf_x509::ext::KeyUsage;

use super::settings::ProfileKind;

/// What remains of `listed` for a key of this algorithm in a certificate of this kind.
///
/// EC keys do not encipher (RFC 8813 section 3), Ed25519 keys only sign (RFC 9295 section 3), RSA keys do not agree on keys
/// (RFC 3279 section 2.3.1), and only authorities sign certificates (RFC 5280 section 4.2.1.3), which they must.
pub(super) fn fitting(listed: KeyUsage, kind: ProfileKind, algorithm: KeyAlgorithm) -> KeyUsage {
    let able = KeyUsage::ALL.into_iter().map(|(usage, _)| usage).filter(|usage| {
        listed.contains(*usage)
            && possible(*usage, algorithm)
            && (*usage != KeyUsage::KEY_CERT_SIGN || kind.is_authority())
    });
    let mut fitting = able.fold(KeyUsage::NONE, |all, usage| all | usage);
    if kind.is_authority() {
        fitting = fitting | KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
    }
    fitting
}

fn possible(usage: KeyUsage, algorithm: KeyAlgorithm) -> bool {
    let enciphers = [KeyUsage::KEY_ENCIPHERMENT, KeyUsage::DATA_ENCIPHERMENT].contains(&usage);
    let agrees = [KeyUsage::KEY_AGREEMENT, KeyUsage::ENCIPHER_ONLY, KeyUsage::DECIPHER_ONLY].contains(&usage);
    if algorithm.is_rsa() {
        return !agrees;
    }
    let only_signs = algorithm == KeyAlgorithm::Ed25519;
    !enciphers && (!agrees || !only_signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: ProfileKind = ProfileKind::Leaf;
    const AUTHORITY: ProfileKind = ProfileKind::Authority { max_path_length: None };

    fn all() -> KeyUsage {
        KeyUsage::ALL.into_iter().fold(KeyUsage::NONE, |all, (usage, _)| all | usage)
    }

    #[test]
    fn enciphering_is_for_rsa_and_agreement_for_curves() {
        let listed = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT;
        assert_eq!(fitting(listed, LEAF, KeyAlgorithm::Rsa2048), listed);
        assert_eq!(fitting(listed, LEAF, KeyAlgorithm::EcdsaP256), KeyUsage::DIGITAL_SIGNATURE);
        let agreeing = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT;
        assert_eq!(fitting(agreeing, LEAF, KeyAlgorithm::EcdsaP256), agreeing);
        assert_eq!(fitting(agreeing, LEAF, KeyAlgorithm::Ed25519), KeyUsage::DIGITAL_SIGNATURE);
        assert_eq!(fitting(agreeing, LEAF, KeyAlgorithm::Rsa2048), KeyUsage::DIGITAL_SIGNATURE);
        assert_eq!(fitting(KeyUsage::KEY_ENCIPHERMENT, LEAF, KeyAlgorithm::EcdsaP256), KeyUsage::NONE);
    }

    #[test]
    fn authorities_sign_certificates_and_leaves_never_do() {
        for algorithm in KeyAlgorithm::ALL {
            assert!(!fitting(all(), LEAF, algorithm).contains(KeyUsage::KEY_CERT_SIGN));
            assert!(fitting(KeyUsage::NONE, AUTHORITY, algorithm).contains(KeyUsage::KEY_CERT_SIGN));
        }
    }
}
