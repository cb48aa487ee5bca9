//! Where a chain ends before it reaches a trust anchor.

use hf_core::finding::Finding;
use hf_x509::ext::AuthorityInfoAccess;

use crate::codes;
use crate::pool::Pool;
use crate::rules::Link;

/// What is missing after the last certificate of a chain.
pub(super) fn finding(last: &Link<'_>, pool: &Pool<'_>) -> Finding {
    if last.facts.certificate.is_self_signed() { untrusted(last, pool) } else { no_issuer(last, pool) }
}

fn untrusted(last: &Link<'_>, pool: &Pool<'_>) -> Finding {
    let trusted: Vec<String> = pool.anchors().take(5).map(|anchor| pool.facts(anchor).label()).collect();
    Finding::error(
        codes::PATH_UNTRUSTED_ROOT,
        last.about(),
        "the chain ends at a self-signed certificate that is not trusted",
    )
    .expected_found(format!("one of the trusted roots: {}", some(&trusted)), last.facts.label())
    .hint("if this root is yours, pass it with `--roots FILE` or import it; else the certificate is from another authority")
    .rfc("RFC 5280 section 6.1.1")
}

fn no_issuer(last: &Link<'_>, pool: &Pool<'_>) -> Finding {
    let issuer = last.facts.certificate.issuer();
    let trusted: Vec<String> = pool.anchors().take(5).map(|anchor| pool.facts(anchor).label()).collect();
    let mut finding = Finding::error(
        codes::PATH_NO_ISSUER,
        last.about(),
        format!("the certificate of its issuer `{issuer}` is neither among the intermediates nor trusted"),
    )
    .expected_found(
        format!("a certificate with subject `{issuer}`"),
        format!("trusted are {}", some(&trusted)),
    )
    .hint("send the whole chain; `handfast chain FILE… --roots ROOTS` says what is missing and `--fix` writes it")
    .rfc("RFC 5280 section 6.1");
    let key = last.facts.authority_key.as_ref().and_then(|identifier| identifier.key_identifier.as_ref());
    if let Some(key) = key {
        finding = finding.evidence("subjectKeyIdentifier of the missing certificate", key.to_string());
    }
    let access = last.facts.certificate.authority_information_access().ok().flatten();
    let urls: Vec<&str> = access.iter().flat_map(AuthorityInfoAccess::ca_issuers).take(3).collect();
    match urls.first() {
        Some(url) => finding
            .hint(format!("its issuer publishes it: `curl -o issuer.der {url}`, then check what you got")),
        None => finding,
    }
}

fn some(labels: &[String]) -> String {
    if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }
}
