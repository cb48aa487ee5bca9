//! A point on a curve is written whole, so that a key has one encoding.
//!
//! Keys are known by the digest of their encoding: on the block list, where certificates with one key are looked for, where an
//! account's key is kept out of certificates. A compressed point (RFC 5480 section 2.2) would be the same key by another
//! digest, and a compromised key could come back as a new one. Few peers read it anyway.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-KEY-COMPRESSED");

pub(super) const RULE: Rule = Rule { name: "key_form", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    if proposal.key.compressed {
        findings.push(
            Finding::error(CODE, "the public key", "the point of the EC key is compressed")
                .expected_found("the uncompressed form, which all peers read", "the compressed form")
                .hint("make the request anew: OpenSSL writes points whole unless `-conv_form compressed` is given")
                .rfc("RFC 5480 section 2.2"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn a_point_is_written_whole() {
        let mut proposal = ProposalBuilder::leaf().build();
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.key.compressed = true;
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-KEY-COMPRESSED"]);
    }
}
