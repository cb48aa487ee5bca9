//! The findings of the proof, one constructor each.

use hf_core::finding::{Finding, FindingCode};
use hf_core::time::Timestamp;

use crate::domain::Domain;

/// Codes, each with its page for people in `docs/findings/`.
macro_rules! codes {
    ($($name:ident = $code:literal;)+) => {
        $(const $name: FindingCode = FindingCode::new($code);)+

        #[cfg(test)]
        const PAGES: &[(FindingCode, &str)] =
            &[$(($name, include_str!(concat!("../../../../docs/findings/", $code, ".md")))),+];
    };
}

codes! {
    ASKS_FOR_OTHERS = "HF-CHECK-OTHER-AUTHORITIES";
    EXPIRED = "HF-CHECK-EXPIRED";
    MISMATCH = "HF-CHECK-KEY-MISMATCH";
    MODE = "HF-CHECK-MODE";
    NOTHING_DECLARED = "HF-CHECK-NOTHING-DECLARED";
    NOT_DECIDED = "HF-CHECK-NOT-DECIDED";
    NOT_TRIED = "HF-CHECK-NOT-TRIED";
    NOT_YET = "HF-CHECK-NOT-YET-VALID";
    NO_CLIENT_CERTIFICATE = "HF-CHECK-NO-CLIENT-CERTIFICATE";
    NO_CONNECTION = "HF-CHECK-NO-CONNECTION";
    REFUSED = "HF-CHECK-REFUSED";
    SHARED = "HF-CHECK-SHARED-KEY";
    UNDECLARED_ANCHOR = "HF-CHECK-UNDECLARED-ANCHOR";
    UNLIKE = "HF-CHECK-KEY-STORE";
    UNREADABLE = "HF-CHECK-FILE-UNREADABLE";
}

const APPLY: &str = "run `handfast apply` to write the files again";

/// There is no service in the file, so there is nothing to prove.
pub(super) fn nothing_declared(domain: &Domain) -> Finding {
    Finding::notice(NOTHING_DECLARED, domain.file.display().to_string(), "no service is declared")
        .hint("add a section `[service.NAME]` with `instances` and `calls`, then run `handfast up --once`")
}

/// A file is missing or not what it should be.
pub(super) fn unreadable(file: &str, why: &str) -> Finding {
    Finding::error(UNREADABLE, file, "the file cannot be used").evidence("found", why).hint(APPLY)
}

/// Others can read a private key, or the mode is not the declared one.
pub(super) fn mode(file: &str, found: u32, expected: u32) -> Finding {
    Finding::error(MODE, file, "the file that holds a private key has the wrong mode")
        .expected_found(format!("{expected:04o}"), format!("{found:04o}"))
        .hint(APPLY)
}

/// Key and certificate do not belong together.
pub(super) fn mismatch(instance: &str, certificate: &str, key: &str) -> Finding {
    Finding::error(MISMATCH, instance, "the private key is not that of the certificate")
        .expected_found(certificate, key)
        .hint(APPLY)
}

/// A certificate has expired.
pub(super) fn expired(about: &str, subject: &str, end: Timestamp, now: Timestamp) -> Finding {
    Finding::error(EXPIRED, about, format!("the certificate of `{subject}` has expired"))
        .expected_found(format!("an end after {now}"), end.to_string())
        .hint("run `handfast apply`, which renews what is due")
}

/// A certificate is not valid yet.
pub(super) fn not_yet(about: &str, subject: &str, start: Timestamp, now: Timestamp) -> Finding {
    Finding::error(NOT_YET, about, format!("the certificate of `{subject}` is not valid yet"))
        .expected_found(format!("a beginning before {now}"), start.to_string())
        .hint("compare the clocks of the machines")
}

/// Several instances have the same key.
pub(super) fn shared(instances: &[&str], key: &str) -> Finding {
    Finding::error(SHARED, instances.join(", "), "instances share one private key")
        .evidence("key", format!("SHA-256 {key}"))
        .hint("remove the directory of one of them under `trust/` and run `handfast apply`: it gets a key of its own")
}

/// One side refused the other.
pub(super) fn refused(about: &str, why: &str) -> Finding {
    Finding::error(REFUSED, about, why)
}

/// The pair could not be tried.
pub(super) fn not_tried(about: &str, why: &str) -> Finding {
    Finding::error(NOT_TRIED, about, "the handshake could not be tried").evidence("found", why).hint(APPLY)
}

/// Nobody answers at the address, or not with TLS.
pub(super) fn no_connection(about: &str, address: &str, why: &str) -> Finding {
    Finding::error(NO_CONNECTION, about, format!("the server at `{address}` did not complete a handshake"))
        .evidence("found", why)
        .hint("start the server, or mend its `address` in the file; without `--live` no connection is made")
}

/// A server that runs lets everybody in.
pub(super) fn asks_for_no_certificate(about: &str, address: &str) -> Finding {
    let what = format!("the server at `{address}` asks for no client certificate: whoever calls it gets in");
    Finding::error(NO_CLIENT_CERTIFICATE, about, what).hint(
        "have it require one: the short files beside its certificate, for example `nginx.conf`, show how; restart it",
    )
}

/// A server that runs wants certificates of others.
pub(super) fn asks_for_others(about: &str, address: &str) -> Finding {
    let what = format!("the server at `{address}` asks for certificates of other authorities only");
    Finding::error(ASKS_FOR_OTHERS, about, what)
        .hint("give it `roots.pem` of its directory under `trust/`, and restart it")
}

/// What a server that runs would say is not known; the files alone say that it refuses.
pub(super) fn not_decided(about: &str, address: &str, why: &str) -> Finding {
    let what =
        format!("whether the server at `{address}` refuses this client is not known; by the files it does");
    Finding::notice(NOT_DECIDED, about, what).evidence("found", why)
}

/// An instance trusts somebody by whom no declared party is verified.
pub(super) fn undeclared_anchor(file: &str, subject: &str, sha256: &str) -> Finding {
    Finding::error(
        UNDECLARED_ANCHOR,
        file,
        format!("`{subject}` is trusted, and nobody in the file is verified by it"),
    )
    .evidence("certificate", format!("SHA-256 {sha256}"))
    .hint(APPLY)
}

/// A key store says something else than the PEM files beside it.
pub(super) fn unlike(file: &str, why: &str) -> Finding {
    Finding::error(UNLIKE, file, "the key store says something else than the PEM files beside it")
        .evidence("found", why)
        .hint(APPLY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_begins_with_its_code_and_says_how_to_mend() {
        for (code, page) in PAGES {
            assert!(page.starts_with(&format!("# {}: ", code.as_str())), "{}", code.as_str());
            assert!(page.contains("\n## How to mend it\n\n* "), "{}", code.as_str());
        }
    }
}
