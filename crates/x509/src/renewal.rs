//! The text with whose signature the holder of a certificate asks for its renewal. Not X.509: it is here because keys sign
//! only what this crate makes.

use crate::signature::SignatureAlgorithm;
use crate::tbs::{ToBeSigned, ToBeSignedKind};

/// What the text begins with. No DER of an object that keys sign begins with this octet, so that a signature over such a
/// text is good for nothing else.
const BEGINNING: &str = "handfast renewal ";

/// The text, to be signed. `None` where it is not the text of a request for renewal.
pub fn to_be_signed(text: &str, algorithm: SignatureAlgorithm) -> Option<ToBeSigned> {
    text.starts_with(BEGINNING)
        .then(|| ToBeSigned::new(text.as_bytes().to_vec(), algorithm, ToBeSignedKind::Renewal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_can_be_signed_this_way() {
        let sign = |text| to_be_signed(text, SignatureAlgorithm::Ed25519);
        assert!(sign("handfast renewal 1\n").is_some());
        for bad in ["", "0\u{82}", "handfast renewa", " handfast renewal 1\n"] {
            assert!(sign(bad).is_none(), "{bad}");
        }
    }
}
