//! Every finding code of this crate with its page, compiled in, so that the binary can show it.

hf_core::finding_codes! {
    /// A refusal that the trust model promises did not happen.
    CHECK_LEAKED = "HF-CHECK-LEAKED";
    /// Nothing was declared between two instances, yet they can connect.
    CHECK_NOT_SEPARATED = "HF-CHECK-NOT-SEPARATED";
    /// Too long, too many or too deep.
    FILE_LIMIT = "HF-FILE-LIMIT";
    /// A key that must be there is not.
    FILE_MISSING_KEY = "HF-FILE-MISSING-KEY";
    /// The file is not TOML.
    FILE_SYNTAX = "HF-FILE-SYNTAX";
    /// A key that no section of that kind has.
    FILE_UNKNOWN_KEY = "HF-FILE-UNKNOWN-KEY";
    /// A name that is declared nowhere, or cannot be used there.
    FILE_UNKNOWN_NAME = "HF-FILE-UNKNOWN-NAME";
    /// A value of the wrong type, or one that cannot be.
    FILE_VALUE = "HF-FILE-VALUE";
    /// Authorities sign each other in a circle.
    PLAN_AUTHORITY_CYCLE = "HF-PLAN-AUTHORITY-CYCLE";
    /// What is declared of an authority cannot be put into a certificate.
    PLAN_AUTHORITY_FORM = "HF-PLAN-AUTHORITY-FORM";
    /// The key of an authority is not the key of its certificate.
    PLAN_AUTHORITY_KEY_MISMATCHED = "HF-PLAN-AUTHORITY-KEY-MISMATCHED";
    /// The key of an authority is missing.
    PLAN_AUTHORITY_KEY_MISSING = "HF-PLAN-AUTHORITY-KEY-MISSING";
    /// An authority must sign, and its key is offline.
    PLAN_AUTHORITY_KEY_OFFLINE = "HF-PLAN-AUTHORITY-KEY-OFFLINE";
    /// A declaration of an authority takes effect when it is renewed.
    PLAN_AUTHORITY_LATER = "HF-PLAN-AUTHORITY-LATER";
    /// An authority signs no service, nor does any below it.
    PLAN_AUTHORITY_UNUSED = "HF-PLAN-AUTHORITY-UNUSED";
    /// A chain is longer than verifiers follow.
    PLAN_CHAIN_TOO_LONG = "HF-PLAN-CHAIN-TOO-LONG";
    /// A certificate is not valid yet by the clock of this machine.
    PLAN_CLOCK_BEHIND = "HF-PLAN-CLOCK-BEHIND";
    /// Two instances have one name.
    PLAN_DUPLICATE_INSTANCE = "HF-PLAN-DUPLICATE-INSTANCE";
    /// The certificate of an external party ends soon.
    PLAN_EXTERNAL_ENDING = "HF-PLAN-EXTERNAL-ENDING";
    /// The certificate of an external party has expired.
    PLAN_EXTERNAL_EXPIRED = "HF-PLAN-EXTERNAL-EXPIRED";
    /// The certificate of an external party does not name an instance of it.
    PLAN_EXTERNAL_NAME = "HF-PLAN-EXTERNAL-NAME";
    /// The certificate of an external party could not be read.
    PLAN_EXTERNAL_UNREADABLE = "HF-PLAN-EXTERNAL-UNREADABLE";
    /// A certificate about to be issued is cut to the end of its issuer.
    PLAN_ISSUER_ENDS_BEFORE = "HF-PLAN-ISSUER-ENDS-BEFORE";
    /// A lifetime is longer than that of the issuer.
    PLAN_LIFETIME_ORDER = "HF-PLAN-LIFETIME-ORDER";
    /// A service has `peers = true` and one instance.
    PLAN_LONELY_PEERS = "HF-PLAN-LONELY-PEERS";
    /// A name that an authority above may not vouch for.
    PLAN_NAME_OUTSIDE = "HF-PLAN-NAME-OUTSIDE";
    /// A service or an external party has no link.
    PLAN_NO_LINKS = "HF-PLAN-NO-LINKS";
    /// An authority whose key is offline would have to sign services.
    PLAN_OFFLINE_SIGNER = "HF-PLAN-OFFLINE-SIGNER";
    /// Files are to be given to a user or group that this machine does not know.
    PLAN_OWNER_UNKNOWN = "HF-PLAN-OWNER-UNKNOWN";
    /// A path length forbids authorities that are declared below.
    PLAN_PATH_LENGTH = "HF-PLAN-PATH-LENGTH";
    /// There are certificates of instances, and no authority is on record.
    PLAN_RECORD_LOST = "HF-PLAN-RECORD-LOST";
    /// A root gets a new key.
    PLAN_ROOT_REPLACED = "HF-PLAN-ROOT-REPLACED";
    /// Two certificates have one key.
    PLAN_SHARED_KEY = "HF-PLAN-SHARED-KEY";
    /// A name is in the certificates of two services.
    PLAN_SHARED_NAME = "HF-PLAN-SHARED-NAME";
    /// An authority exists and is not declared.
    PLAN_UNDECLARED_AUTHORITY = "HF-PLAN-UNDECLARED-AUTHORITY";
    /// An instance is not declared and has a certificate that is valid.
    PLAN_UNDECLARED_INSTANCE = "HF-PLAN-UNDECLARED-INSTANCE";
    /// A link in a role that the profile does not allow.
    PLAN_USAGE_MISSING = "HF-PLAN-USAGE-MISSING";
    /// A wildcard name in the certificate of a service.
    PLAN_WILDCARD = "HF-PLAN-WILDCARD";
}

#[cfg(test)]
mod tests {
    use hf_core::code_page::CodePage;

    use super::*;

    #[test]
    fn every_page_begins_with_its_code_and_says_what_to_do() {
        for CodePage { code, page } in all() {
            assert!(page.starts_with(&format!("# {code}: ")), "{code}");
            assert!(page.contains("\n## How to mend it\n\n* "), "{code}");
        }
        assert!(all().is_sorted_by_key(|page| page.code));
        assert!(page("HF-PLAN-WILDCARD").is_some() && page("HF-PLAN").is_none());
    }
}
