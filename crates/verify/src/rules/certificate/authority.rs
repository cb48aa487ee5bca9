//! Who may sign certificates, RFC 5280 sections 4.2.1.3 and 4.2.1.9.

use hf_x509::ext::KeyUsage;

use crate::codes;
use crate::rules::{CertificateRule, Fault, Link, Place};

pub(super) const BASIC_CONSTRAINTS: CertificateRule = CertificateRule {
    code: codes::PATH_BASIC_CONSTRAINTS,
    rfc: "RFC 5280 section 4.2.1.9",
    check: basic_constraints,
};

pub(super) const KEY_USAGE: CertificateRule =
    CertificateRule { code: codes::PATH_KEY_USAGE, rfc: "RFC 5280 section 4.2.1.3", check: key_usage };

fn basic_constraints(link: &Link<'_>) -> Option<Fault> {
    if !link.issues() || link.facts.is_authority() {
        return None;
    }
    let found = match link.facts.basic {
        None => "no basicConstraints extension",
        Some(_) => "cA FALSE",
    };
    Some(
        Fault::new(
            format!("the {} is not an authority", link.place.as_str()),
            "basicConstraints with cA TRUE",
            found,
        )
        .hint(match link.place {
            Place::Anchor => {
                "a leaf that is imported itself is pinned, which is no path: `handfast check` says what peers make of it; \
                 `model = \"per-service\"` makes an authority for it"
            }
            Place::Leaf | Place::Intermediate => {
                "look for the CA certificate of the same name; this one may only be used as a leaf"
            }
        }),
    )
}

/// NOTE: rustls-webpki ignores `keyUsage` of authorities; OpenSSL, Go and pyca do not.
fn key_usage(link: &Link<'_>) -> Option<Fault> {
    let usage = link.facts.key_usage?;
    let may_sign = usage.contains(KeyUsage::KEY_CERT_SIGN);
    let authority = link.facts.is_authority();
    // That a certificate which is no authority stands in the place of one is the rule above.
    if may_sign == authority || (link.issues() && !authority) {
        return None;
    }
    let summary = if authority {
        format!("the {} is an authority whose key may not sign certificates", link.place.as_str())
    } else {
        "a certificate that is no authority claims to sign certificates".to_owned()
    };
    let expected = if authority { "keyUsage with keyCertSign" } else { "keyUsage without keyCertSign" };
    Some(Fault::new(summary, expected, format!("keyUsage {usage}")))
}
