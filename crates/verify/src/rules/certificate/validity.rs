//! Validity to the second, both ends inside, RFC 5280 section 4.1.2.5. Trust anchors expire too.

use crate::codes;
use crate::rules::{CertificateRule, Fault, Link, Place};

pub(super) const EXPIRED: CertificateRule =
    CertificateRule { code: codes::PATH_EXPIRED, rfc: "RFC 5280 section 4.1.2.5", check: expired };

pub(super) const NOT_YET: CertificateRule =
    CertificateRule { code: codes::PATH_NOT_YET_VALID, rfc: "RFC 5280 section 4.1.2.5", check: not_yet };

fn expired(link: &Link<'_>) -> Option<Fault> {
    let not_after = link.facts.certificate.not_after();
    (link.time > not_after).then(|| {
        Fault::new(
            format!(
                "the {} expired {} before the time of the check",
                link.place.as_str(),
                span(link.time.seconds_since(not_after))
            ),
            format!("notAfter at or after {}", link.time),
            format!("notAfter {not_after}"),
        )
        .hint(renewal(link.place))
    })
}

fn renewal(place: Place) -> &'static str {
    match place {
        Place::Leaf => {
            "renew it: `handfast renew`, or `handfast apply` when it is declared in `handfast.toml`"
        }
        Place::Intermediate => {
            "have the authority certified again under the same key: `handfast ca sign-intermediate`; then send the new chain"
        }
        Place::Anchor => {
            "a root cannot be renewed where it is trusted: make a new one and import it everywhere, see `handfast plan`"
        }
    }
}

fn not_yet(link: &Link<'_>) -> Option<Fault> {
    let not_before = link.facts.certificate.not_before();
    (link.time < not_before).then(|| {
        Fault::new(
            format!("the {} becomes valid {} after the time of the check", link.place.as_str(), span(not_before.seconds_since(link.time))),
            format!("notBefore at or before {}", link.time),
            format!("notBefore {not_before}"),
        )
        .hint("compare the clocks of both machines with `date -u`; authorities backdate by a few minutes to tolerate skew")
    })
}

fn span(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
