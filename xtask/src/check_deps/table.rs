//! The allowed edges, and the crates that are reserved. Every row says why.

use super::judge::{CrateRow, ReservedRow};

/// Direction inside the workspace: arrows go down the tiers, and inside a tier only where this table says so.
pub(super) const CRATES: &[CrateRow] = &[
    CrateRow {
        name: "hf-core",
        may_see: &[],
        tests_may_see: &[],
        why: "tier 0 holds the words of the field; it sees no other crate",
    },
    CrateRow {
        name: "hf-x509",
        may_see: &["hf-core"],
        tests_may_see: &[],
        why: "tier 1 turns bytes into types and back; it sees words only, so that it can be fuzzed alone",
    },
    CrateRow {
        name: "hf-verify",
        may_see: &["hf-core", "hf-x509"],
        tests_may_see: &[],
        why: "tier 1 judges paths from bytes; keys, store and authority must not influence the verdict",
    },
    CrateRow {
        name: "hf-topology",
        may_see: &["hf-core"],
        tests_may_see: &[],
        why: "tier 1 plans from what is declared and observed; it touches no certificate bytes and no store",
    },
    CrateRow {
        name: "hf-keys",
        may_see: &["hf-core", "hf-x509"],
        tests_may_see: &[],
        why: "tier 2 signs bytes; it knows neither store nor policy",
    },
    CrateRow {
        name: "hf-store",
        may_see: &["hf-core"],
        tests_may_see: &[],
        why: "tier 2 records bytes and words; it neither parses certificates nor holds keys",
    },
    CrateRow {
        name: "hf-ca",
        may_see: &["hf-core", "hf-keys", "hf-proto", "hf-store", "hf-verify", "hf-x509"],
        tests_may_see: &[],
        why: "tier 3 issues for whoever asks; topology and command line are above it",
    },
    CrateRow {
        name: "hf-proto",
        may_see: &["hf-core"],
        tests_may_see: &[],
        why: "tier 1 holds messages and rules that both ends of a connection share; it sees words only",
    },
    CrateRow {
        name: "hf-identity",
        may_see: &["hf-core", "hf-x509"],
        tests_may_see: &[],
        why: "tier 3, the workload side: it holds credentials in use and never sees authority, store or CA keys",
    },
    CrateRow {
        name: "hf-challenge",
        may_see: &["hf-core", "hf-proto", "hf-x509"],
        tests_may_see: &[],
        why: "tier 3 goes where strangers send it; it sees neither authority nor store nor keys",
    },
    CrateRow {
        name: "hf-client",
        may_see: &["hf-core", "hf-identity", "hf-proto"],
        tests_may_see: &[],
        why: "tier 3 asks other servers; it must work on machines that hold no authority",
    },
    CrateRow {
        name: "hf-cfssl",
        may_see: &[
            "hf-ca",
            "hf-client",
            "hf-core",
            "hf-identity",
            "hf-keys",
            "hf-proto",
            "hf-store",
            "hf-verify",
            "hf-x509",
        ],
        tests_may_see: &[],
        why: "tier 3 carries out what CFSSL does, for its commands and its endpoints",
    },
    CrateRow {
        name: "hf-http",
        may_see: &["hf-ca", "hf-cfssl", "hf-core", "hf-identity", "hf-proto", "hf-store", "hf-x509"],
        tests_may_see: &["hf-keys"],
        why: "tier 4, the doors of the server: they see the authority and the contract of the store, never keys or SQL",
    },
    CrateRow {
        name: "handfast",
        may_see: &[
            "hf-ca",
            "hf-cfssl",
            "hf-challenge",
            "hf-client",
            "hf-core",
            "hf-http",
            "hf-identity",
            "hf-keys",
            "hf-proto",
            "hf-store",
            "hf-topology",
            "hf-verify",
            "hf-x509",
        ],
        tests_may_see: &[],
        why: "the binary sees every crate that is shipped, and nothing of the tests",
    },
    CrateRow {
        name: "hf-testkit",
        may_see: &["hf-core", "hf-x509"],
        tests_may_see: &[],
        why: "every crate's tests use it, so it sees words, and certificates where it plays a peer",
    },
    CrateRow {
        name: "hf-e2e",
        may_see: &["hf-core", "hf-x509"],
        tests_may_see: &[],
        why: "whole-application tests talk to the program as users do; they look inside files, not inside crates",
    },
    CrateRow {
        name: "xtask",
        may_see: &[
            "hf-ca",
            "hf-core",
            "hf-identity",
            "hf-keys",
            "hf-store",
            "hf-testkit",
            "hf-verify",
            "hf-x509",
        ],
        tests_may_see: &["hf-proto"],
        why: "chores measure the library crates, over TLS too; the command line they start as a program",
    },
];

/// Crates with an owner.
pub(super) const RESERVED: &[ReservedRow] = &[
    reserved("anyhow", &["handfast", "xtask"], "errors of library crates are typed"),
    reserved(
        "aws-lc-rs",
        &["hf-x509", "hf-verify", "hf-proto", "hf-keys", "hf-store", "hf-ca", "hf-testkit", "xtask"],
        "words, plans and commands do no cryptography of their own",
    ),
    reserved("cbc", &["hf-keys"], "ciphers of key files are read and written in one place"),
    reserved("clap", &["handfast"], "only the binary has a command line"),
    reserved("clap_complete", &["handfast"], "only the binary has a command line"),
    reserved("clap_mangen", &["handfast"], "only the binary has a command line"),
    reserved("comfy-table", &["handfast"], "only the binary draws tables"),
    reserved("des", &["hf-keys"], "ciphers of old key files are read in one place"),
    reserved("indicatif", &["handfast"], "only the binary shows progress"),
    reserved("rc2", &["hf-keys"], "ciphers of old key files are read in one place"),
    reserved("rcgen", &[], "certificates that we ship are built by hf-x509 alone"),
    reserved("rpassword", &["handfast"], "only the binary asks at a terminal"),
    reserved("rusqlite", &["hf-store"], "SQL lives in the store"),
    reserved(
        "rustls",
        &["hf-identity", "hf-cfssl", "hf-challenge", "handfast"],
        "TLS stays behind one module, because its interface moves",
    ),
    reserved("rustls-webpki", &["hf-verify"], "only the gate admits a path"),
    reserved(
        "tokio",
        &[
            "hf-store",
            "hf-ca",
            "hf-identity",
            "hf-client",
            "hf-challenge",
            "hf-cfssl",
            "hf-http",
            "handfast",
            "xtask",
        ],
        "tiers 0 and 1 and the keys are synchronous",
    ),
    reserved(
        "toml",
        &["hf-topology", "hf-e2e", "xtask"],
        "the declaration is read in one place, lists of exceptions by what holds tests to them",
    ),
    reserved("axum", &["hf-http"], "endpoints live in the doors"),
    reserved("governor", &["hf-http"], "rate limits are judged at the door"),
    reserved("hickory-resolver", &["hf-challenge"], "DNS is asked where challenges are tried"),
    reserved("jsonwebtoken", &["hf-http"], "tokens of identity providers are judged at the door"),
    reserved("tokio-postgres", &["hf-store"], "SQL lives in the store"),
    reserved(
        "md-5",
        &["hf-cfssl", "hf-keys"],
        "CFSSL prints it, and old key files derive keys by it; nobody may rely on it",
    ),
    reserved("hf-testkit", &["xtask"], "a manual clock and seeded randomness are for tests and benches"),
];

const fn reserved(name: &'static str, only: &'static [&'static str], why: &'static str) -> ReservedRow {
    ReservedRow { name, only, why }
}
