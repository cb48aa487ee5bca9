//! Every finding code of this crate with its page, compiled in, so that the binary can show it.

hf_core::finding_codes! {
    /// A critical extension that is not understood.
    CERT_CRITICAL_UNKNOWN = "HF-CERT-CRITICAL-UNKNOWN";
    /// An extension is critical and must not be, or the other way round.
    CERT_CRITICALITY = "HF-CERT-CRITICALITY";
    /// A CA without subject, or a certificate without issuer.
    CERT_EMPTY_NAME = "HF-CERT-EMPTY-NAME";
    /// A certificate cannot be read.
    CERT_ENCODING = "HF-CERT-ENCODING";
    /// Key identifiers are missing or contradict each other.
    CERT_KEY_IDENTIFIER = "HF-CERT-KEY-IDENTIFIER";
    /// A serial number that is not positive or too long.
    CERT_SERIAL = "HF-CERT-SERIAL";
    /// A duplicate in a chain file.
    CHAIN_DUPLICATE = "HF-CHAIN-DUPLICATE";
    /// A certificate is missing between two of a chain.
    CHAIN_MISSING = "HF-CHAIN-MISSING";
    /// The order of a chain file is wrong.
    CHAIN_ORDER = "HF-CHAIN-ORDER";
    /// A root stands in a chain file though nobody needs it there.
    CHAIN_ROOT_INCLUDED = "HF-CHAIN-ROOT-INCLUDED";
    /// A certificate has nothing to do with the chain.
    CHAIN_UNRELATED = "HF-CHAIN-UNRELATED";
    /// The chain ends at a root that is not among the trusted ones.
    CHAIN_UNTRUSTED = "HF-CHAIN-UNTRUSTED";
    /// A revocation list is a delta.
    CRL_DELTA = "HF-CRL-DELTA";
    /// A revocation list is not valid yet.
    CRL_EARLY = "HF-CRL-EARLY";
    /// A revocation list cannot be read.
    CRL_ENCODING = "HF-CRL-ENCODING";
    /// A revocation list has a critical extension that is not understood.
    CRL_EXTENSION = "HF-CRL-EXTENSION";
    /// The key identifier of a revocation list is missing or is that of another key.
    CRL_KEY_IDENTIFIER = "HF-CRL-KEY-IDENTIFIER";
    /// No usable revocation list covers a certificate.
    CRL_MISSING = "HF-CRL-MISSING";
    /// The number of a revocation list is missing or critical.
    CRL_NUMBER = "HF-CRL-NUMBER";
    /// A certificate is revoked.
    CRL_REVOKED = "HF-CRL-REVOKED";
    /// A revocation list does not cover the certificate.
    CRL_SCOPE = "HF-CRL-SCOPE";
    /// The signature of a revocation list is not that of the issuer.
    CRL_SIGNATURE = "HF-CRL-SIGNATURE";
    /// The issuer may not sign revocation lists.
    CRL_SIGNER_USAGE = "HF-CRL-SIGNER-USAGE";
    /// A revocation list is past its next update.
    CRL_STALE = "HF-CRL-STALE";
    /// A common name is another spelling of an address.
    NAME_COMMON_NAME = "HF-NAME-COMMON-NAME";
    /// A name lies outside what an authority may name.
    NAME_CONSTRAINT = "HF-NAME-CONSTRAINT";
    /// Name constraints that are malformed or in the wrong place.
    NAME_CONSTRAINT_FORM = "HF-NAME-CONSTRAINT-FORM";
    /// A name in a certificate breaks the syntax of its kind.
    NAME_MALFORMED = "HF-NAME-MALFORMED";
    /// The leaf does not have the name that was asked for.
    NAME_MISMATCH = "HF-NAME-MISMATCH";
    /// The alternative names must be critical when the subject is empty.
    NAME_SAN_CRITICAL = "HF-NAME-SAN-CRITICAL";
    /// An OCSP answer is from the future.
    OCSP_EARLY = "HF-OCSP-EARLY";
    /// An OCSP answer cannot be read.
    OCSP_ENCODING = "HF-OCSP-ENCODING";
    /// An OCSP answer repeats another nonce, or none.
    OCSP_NONCE = "HF-OCSP-NONCE";
    /// An OCSP answer is about another certificate.
    OCSP_OTHER = "HF-OCSP-OTHER";
    /// A responder gives no answer.
    OCSP_REFUSED = "HF-OCSP-REFUSED";
    /// An OCSP answer is signed by somebody who may not answer for the issuer.
    OCSP_RESPONDER = "HF-OCSP-RESPONDER";
    /// The signature of an OCSP answer is nobody's.
    OCSP_SIGNATURE = "HF-OCSP-SIGNATURE";
    /// An OCSP answer is out of date.
    OCSP_STALE = "HF-OCSP-STALE";
    /// A signature algorithm that is refused.
    PATH_ALGORITHM = "HF-PATH-ALGORITHM";
    /// Basic constraints are missing or wrong.
    PATH_BASIC_CONSTRAINTS = "HF-PATH-BASIC-CONSTRAINTS";
    /// The search was given up.
    PATH_BUDGET = "HF-PATH-BUDGET";
    /// More intermediates than allowed.
    PATH_DEPTH = "HF-PATH-DEPTH";
    /// A certificate has expired.
    PATH_EXPIRED = "HF-PATH-EXPIRED";
    /// A public key that is refused.
    PATH_KEY = "HF-PATH-KEY";
    /// A key usage that contradicts what the key is used for.
    PATH_KEY_USAGE = "HF-PATH-KEY-USAGE";
    /// A path is longer than an authority allows.
    PATH_LENGTH = "HF-PATH-LENGTH";
    /// Nobody issued a certificate as far as is known.
    PATH_NO_ISSUER = "HF-PATH-NO-ISSUER";
    /// A certificate is not valid yet.
    PATH_NOT_YET_VALID = "HF-PATH-NOT-YET-VALID";
    /// No certificate policy holds along the path.
    PATH_POLICY = "HF-PATH-POLICY";
    /// A certificate may not be used for the purpose.
    PATH_PURPOSE = "HF-PATH-PURPOSE";
    /// A signature does not belong to the issuer.
    PATH_SIGNATURE = "HF-PATH-SIGNATURE";
    /// The chain ends at a root that is not trusted.
    PATH_UNTRUSTED_ROOT = "HF-PATH-UNTRUSTED-ROOT";
    /// The question itself cannot be read.
    REQUEST_UNREADABLE = "HF-REQUEST-UNREADABLE";
    /// Something asked for is not supported.
    REQUEST_UNSUPPORTED = "HF-REQUEST-UNSUPPORTED";
    /// Two sources say different things of one certificate.
    STATUS_CONFLICT = "HF-STATUS-CONFLICT";
    /// The issuer of a certificate is not at hand.
    STATUS_ISSUER = "HF-STATUS-ISSUER";
    /// Nothing tells the status of a certificate.
    STATUS_NO_SOURCE = "HF-STATUS-NO-SOURCE";
    /// A list or an answer cannot be fetched.
    STATUS_UNREACHABLE = "HF-STATUS-UNREACHABLE";
}
