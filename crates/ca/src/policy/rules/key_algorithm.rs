//! The key is of an algorithm and size that the profile allows.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-KEY-ALGORITHM");

pub(super) const RULE: Rule = Rule { name: "key_algorithm", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let allowed = proposal.profile.key_algorithms();
    let found = match proposal.key.algorithm {
        Some(algorithm) if allowed.contains(&algorithm) => return,
        Some(algorithm) => algorithm.to_string(),
        None => "an algorithm or size that is not supported".to_owned(),
    };
    let allowed: Vec<&str> = allowed.iter().map(|algorithm| algorithm.as_str()).collect();
    findings.push(
        Finding::error(
            CODE,
            proposal.subject.to_string(),
            format!("profile `{}` does not allow this kind of key", proposal.profile.name()),
        )
        .expected_found(allowed.join(", "), found)
        .hint("make a new key, for example with `--key ecdsa-p256`"),
    );
}

#[cfg(test)]
mod tests {
    use hf_core::algorithm::KeyAlgorithm;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn only_allowed_algorithms() {
        let mut proposal = ProposalBuilder::leaf().key_algorithms(&[KeyAlgorithm::EcdsaP256]).build();
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.key.algorithm = Some(KeyAlgorithm::Rsa2048);
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-KEY-ALGORITHM"]);
        proposal.key.algorithm = None;
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-KEY-ALGORITHM"]);
    }
}
