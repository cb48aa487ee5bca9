//! Extensions that a requester brings: only those that the profile lists, never one that the authority writes itself, few
//! and small.

use hf_core::finding::{Finding, FindingCode};
use hf_x509::asn1::Oid;
use hf_x509::limits;

use crate::policy::{PolicySettings, Proposal, Rule};
use crate::profile::MANAGED_EXTENSIONS;
use crate::request::WantedExtension;

const NOT_ALLOWED: FindingCode = FindingCode::new("HF-POLICY-EXTENSION");
const MANAGED: FindingCode = FindingCode::new("HF-POLICY-EXTENSION-MANAGED");
const TWICE: FindingCode = FindingCode::new("HF-POLICY-EXTENSION-TWICE");
const SIZE: FindingCode = FindingCode::new("HF-POLICY-EXTENSION-SIZE");
const VALUE: FindingCode = FindingCode::new("HF-POLICY-EXTENSION-VALUE");

/// The most extensions that a request brings.
const MOST: usize = 32;

/// The most octets of all their values.
const MOST_OCTETS: usize = 16 * 1024;

pub(super) const RULE: Rule = Rule { name: "wanted_extensions", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let (asked, copied) = (&proposal.wishes.extensions, &proposal.wishes.copied);
    if asked.is_empty() && copied.is_empty() {
        return;
    }
    let octets: usize = asked.iter().chain(copied).map(|extension| extension.value.len()).sum();
    if asked.len() + copied.len() > MOST || octets > MOST_OCTETS {
        findings.push(
            Finding::error(SIZE, proposal.subject.to_string(), "the request brings too many extensions")
                .expected_found(
                    format!("at most {MOST} with {MOST_OCTETS} octets in all"),
                    format!("{} with {octets} octets", asked.len() + copied.len()),
                ),
        );
        return;
    }
    for (index, extension) in asked.iter().enumerate() {
        let twice = asked.iter().take(index).any(|before| before.id == extension.id);
        let allowed = proposal.profile.allowed_extensions().contains(&extension.id);
        findings.extend(judge(proposal, extension, allowed, twice));
    }
    for extension in copied {
        // That the profile copies extensions is the permission.
        findings.extend(judge(proposal, extension, true, false));
    }
}

fn judge(proposal: &Proposal, extension: &WantedExtension, allowed: bool, twice: bool) -> Option<Finding> {
    let named = named(&extension.id);
    if MANAGED_EXTENSIONS.contains(&extension.id) {
        return Some(
            Finding::error(MANAGED, named.as_str(), "the authority writes this extension itself")
                .expected_found("an extension of the requester's own", named),
        );
    }
    if !allowed {
        let list = proposal.profile.allowed_extensions().iter().map(self::named).collect::<Vec<_>>();
        let expected = if list.is_empty() { "no extension".to_owned() } else { list.join(", ") };
        return Some(
            Finding::error(
                NOT_ALLOWED,
                named.as_str(),
                format!("profile `{}` does not allow the extension", proposal.profile.name()),
            )
            .expected_found(expected, named)
            .hint("add it to `allowed_extensions` of the profile"),
        );
    }
    if twice {
        return Some(
            Finding::error(TWICE, named.as_str(), "the extension is asked for twice")
                .expected_found("each extension once", named)
                .rfc("RFC 5280 section 4.2"),
        );
    }
    let error = limits::check(&extension.value, "extnValue", MOST_OCTETS).err()?;
    Some(
        Finding::error(VALUE, named, "the value of the extension cannot be read")
            .expected_found("one element in DER", error.to_string())
            .rfc("RFC 5280 section 4.1"),
    )
}

fn named(id: &Oid) -> String {
    id.name().map_or_else(|| id.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use hf_x509::oids;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    fn extension(id: &str, value: &[u8]) -> WantedExtension {
        WantedExtension { id: id.parse().unwrap(), critical: false, value: value.to_vec() }
    }

    fn asking(extensions: &[WantedExtension]) -> Vec<&'static str> {
        let mut proposal = ProposalBuilder::leaf()
            .profile(|profile| profile.allowed_extensions = vec!["1.2.3".into(), "1.2.4".into()])
            .build();
        proposal.wishes.extensions = extensions.to_vec();
        codes(&RULE, &proposal)
    }

    #[test]
    fn only_what_is_listed() {
        assert!(asking(&[]).is_empty());
        assert!(asking(&[extension("1.2.3", &[5, 0]), extension("1.2.4", &[4, 1, 7])]).is_empty());
        assert_eq!(asking(&[extension("1.2.5", &[5, 0])]), ["HF-POLICY-EXTENSION"]);
        assert_eq!(
            asking(&[extension("1.2.3", &[5, 0]), extension("1.2.3", &[5, 0])]),
            ["HF-POLICY-EXTENSION-TWICE"]
        );
    }

    #[test]
    fn what_the_authority_writes_is_never_taken() {
        for managed in MANAGED_EXTENSIONS {
            let wish = WantedExtension { id: managed, critical: true, value: vec![5, 0] };
            assert_eq!(asking(std::slice::from_ref(&wish)), ["HF-POLICY-EXTENSION-MANAGED"]);
            let mut copying =
                ProposalBuilder::leaf().profile(|profile| profile.copy_extensions = true).build();
            copying.wishes.copied = vec![wish];
            assert_eq!(codes(&RULE, &copying), ["HF-POLICY-EXTENSION-MANAGED"]);
        }
        assert!(MANAGED_EXTENSIONS.contains(&oids::SUBJECT_ALT_NAME));
    }

    #[test]
    fn values_are_der_and_small() {
        for bad in [&[][..], &[5], &[5, 1], &[5, 0, 0], &[0x30, 0x80, 0, 0]] {
            assert_eq!(asking(&[extension("1.2.3", bad)]), ["HF-POLICY-EXTENSION-VALUE"], "{bad:?}");
        }
        let long = [&[4, 0x82, 0x40, 0x00][..], &[0; 0x4000]].concat();
        assert_eq!(asking(&[extension("1.2.3", &long)]), ["HF-POLICY-EXTENSION-SIZE"]);
        assert_eq!(asking(&vec![extension("1.2.3", &[5, 0]); 33]), ["HF-POLICY-EXTENSION-SIZE"]);
    }
}
