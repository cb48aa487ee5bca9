//! What there is to say about the files of a chain.

use hf_core::finding::Finding;
use hf_x509::certificate::Certificate;
use hf_x509::ext::AuthorityInfoAccess;

use super::follow::Walked;
use crate::codes;
use crate::facts::label;

const SENT: &str = "RFC 8446 section 4.4.2";

/// The same certificate again.
pub(super) fn duplicate(certificate: &Certificate) -> Finding {
    Finding::warning(codes::CHAIN_DUPLICATE, label(certificate), "the certificate is there more than once")
        .expected_found("each certificate once", "again")
        .hint("`handfast chain FILE… --fix` writes each once")
        .rfc(SENT)
}

/// Everything but duplicates.
pub(super) fn judge(walked: &Walked<'_>, given: &[&Certificate], roots: &[Certificate]) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(order(walked, given));
    findings.extend(end(walked, given, roots));
    let outside = given.iter().filter(|one| !walked.chain.contains(*one) && walked.root != Some(**one));
    for certificate in outside {
        let root = certificate.is_self_signed();
        findings.push(if root { root_included(certificate) } else { unrelated(certificate, walked) });
    }
    findings
}

/// Whether the files hold the chain in another order.
fn order(walked: &Walked<'_>, given: &[&Certificate]) -> Option<Finding> {
    let place = |certificate: &Certificate| given.iter().position(|one| *one == certificate);
    let wanted: Vec<&Certificate> = walked.chain.iter().copied().chain(walked.root).collect();
    let places: Vec<usize> = wanted.iter().filter_map(|certificate| place(certificate)).collect();
    if places.is_sorted() {
        return None;
    }
    let show = |certificates: &[&Certificate]| {
        let shown: Vec<String> = certificates.iter().take(10).map(|one| label(one)).collect();
        shown.join(", ")
    };
    let about = given.first().map(|first| label(first)).unwrap_or_default();
    let summary = match given.first() {
        Some(first) if first.is_self_signed() => "the file begins with the root; the leaf must come first",
        _ => "the certificates are not in order: the leaf first, then each issuer",
    };
    let finding = Finding::warning(codes::CHAIN_ORDER, about, summary);
    Some(
        finding
            .expected_found(show(&wanted), show(given))
            .hint("`handfast chain FILE… --fix` writes them in order")
            .rfc(SENT),
    )
}

/// What there is to say about the end of the chain.
fn end(walked: &Walked<'_>, given: &[&Certificate], roots: &[Certificate]) -> Option<Finding> {
    let last = walked.chain.last()?;
    match walked.root {
        None => Some(missing(last, roots)),
        Some(root) if !roots.is_empty() && !walked.trusted => Some(untrusted(root, roots)),
        Some(root) if walked.chain.first() != Some(&root) && given.contains(&root) => {
            Some(root_included(root))
        }
        Some(_) => None,
    }
}

fn missing(last: &Certificate, roots: &[Certificate]) -> Finding {
    let issuer = last.issuer();
    let summary = format!("the next certificate, with subject `{issuer}`, is missing");
    let finding = if roots.is_empty() {
        Finding::warning(codes::CHAIN_MISSING, label(last), summary)
            .hint("if that is the root, all is well: pass it with `--roots FILE` to be sure")
    } else {
        Finding::error(codes::CHAIN_MISSING, label(last), summary)
    };
    let known: Vec<String> = roots.iter().take(5).map(label).collect();
    let found = if known.is_empty() {
        "no such certificate in the files".to_owned()
    } else {
        format!("roots {}", known.join(", "))
    };
    let mut finding = finding
        .expected_found(format!("a certificate with subject `{issuer}` that signed this one"), found)
        .rfc(SENT);
    let key = last.authority_key_identifier().ok().flatten().and_then(|identifier| identifier.key_identifier);
    if let Some(key) = key {
        finding = finding.evidence("its subjectKeyIdentifier", key.to_string());
    }
    let access = last.authority_information_access().ok().flatten();
    match access.iter().flat_map(AuthorityInfoAccess::ca_issuers).next() {
        Some(url) => finding
            .hint(format!("its issuer publishes it: `curl -o issuer.der {url}`, then add it and run again")),
        None => finding.hint("ask the authority for its certificate, then add it and run again"),
    }
}

fn untrusted(root: &Certificate, roots: &[Certificate]) -> Finding {
    let known: Vec<String> = roots.iter().take(5).map(label).collect();
    let finding = Finding::error(
        codes::CHAIN_UNTRUSTED,
        label(root),
        "the chain ends at a root that is not among the trusted ones",
    );
    let finding = finding.expected_found(known.join(", "), label(root)).rfc("RFC 5280 section 6.1.1");
    if roots.iter().any(|trusted| trusted.subject() == root.subject()) {
        return finding
            .hint("a trusted root has the same name and another key: the chain was issued by the other one");
    }
    finding.hint("pass the right root with `--roots FILE`")
}

fn root_included(root: &Certificate) -> Finding {
    Finding::notice(
        codes::CHAIN_ROOT_INCLUDED,
        label(root),
        "the root is in the file, though every peer that trusts it has it",
    )
    .expected_found("the leaf and the intermediates", "a self-signed certificate as well")
    .hint("`handfast chain FILE… --fix` leaves it out")
    .rfc(SENT)
}

fn unrelated(certificate: &Certificate, walked: &Walked<'_>) -> Finding {
    let leaf = walked.chain.first().map(|leaf| label(leaf)).unwrap_or_default();
    Finding::warning(
        codes::CHAIN_UNRELATED,
        label(certificate),
        format!("it does not belong to the chain of {leaf}"),
    )
    .expected_found(
        "certificates that lead from the leaf to its root",
        format!("issued by `{}`", certificate.issuer()),
    )
    .hint("`handfast chain FILE… --fix` leaves it out")
    .rfc(SENT)
}
