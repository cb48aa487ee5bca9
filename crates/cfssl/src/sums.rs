//! Digests that CFSSL prints beside what it makes. Nobody may rely on the first two.

use hf_proto::cfssl::endpoints::newkey::Sum;
use hf_x509::digest::{sha1, sha256};
use md5::{Digest as _, Md5};

/// MD5, SHA-1 and SHA-256 of these octets, upper-case hexadecimal.
pub fn of(der: &[u8]) -> Sum {
    Sum { md5: upper(&Md5::digest(der)), sha1: upper(&sha1(der)), sha256: upper(&sha256(der)) }
}

fn upper(octets: &[u8]) -> String {
    hf_store::audit::hex(octets).to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        // RFC 1321 appendix A.5; FIPS 180-4 examples: "abc".
        let sum = of(b"abc");
        assert_eq!(sum.md5, "900150983CD24FB0D6963F7D28E17F72");
        assert_eq!(sum.sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(sum.sha256, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    }
}
