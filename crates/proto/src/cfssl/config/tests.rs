use super::super::auth::KeyType;
use super::super::value_prefix::ValueSource;
use super::*;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn resolve(source: &ValueSource) -> Result<String, String> {
    match source {
        ValueSource::Environment(name) if name == "CA_AUTH" => Ok(format!(" {KEY}\n")),
        ValueSource::Environment(_) => Ok(String::new()),
        ValueSource::File(path) => Err(format!("{path}: no such file")),
    }
}

fn read(text: &str) -> Result<Config, CfsslError> {
    Config::read(text.as_bytes(), &resolve)
}

fn refused(text: &str) -> String {
    let error = read(text).unwrap_err();
    assert_eq!(error.code, 5200, "{error}");
    error.message
}

/// A file around one named profile.
fn with_profile(profile: &str) -> String {
    format!(
        r#"{{"signing":{{"default":{{"expiry":"1h"}},"profiles":{{"p":{profile}}}}},"remotes":{{"r":"ca.example.net,10.0.0.1:1","bad":"a b"}},
            "auth_keys":{{"k":{{"type":"standard","key":"{KEY}"}},"e":{{"type":"standard","key":"env:CA_AUTH"}},
            "f":{{"type":"standard","key":"file:x"}},"empty":{{"type":"standard","key":"env:NONE"}},"bound":{{"type":"bound","key":"{KEY}"}},
            "ip":{{"type":"standard-ip","key":"{KEY}"}},"short":{{"type":"standard","key":"00"}},"prefix":{{"type":"standard","key":"vault:x"}}}}}}"#
    )
}

fn profile(text: &str) -> Profile {
    read(&with_profile(text)).unwrap().signing.profiles["p"].clone()
}

#[test]
fn a_file_without_default_gets_one() {
    let config = read(r#"{"signing":{}}"#).unwrap();
    assert_eq!(config, Config::standard());
    assert_eq!(config.signing.default.expiry.to_string(), "8760h0m0s");
    assert_eq!(config.signing.need(), SignerNeed::Local);
}

#[test]
fn a_file_without_signing_is_none() {
    for text in ["{}", r#"{"signing":null}"#, "null"] {
        let error = read(text).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (0, "No \"signing\" field present"), "{text}");
    }
    assert!(refused("{").starts_with("failed to unmarshal configuration: "));
    assert!(refused(r#"{"signing":{"default":{"expiry":1}}}"#).contains("default.expiry"));
}

#[test]
fn every_field_of_a_local_profile_is_read() {
    let found = profile(
        r#"{"usages":["signing","server auth","nonsense"],"expiry":"24h","backdate":"1m","issuer_urls":["http://i"],
            "ocsp_url":"http://o","crl_url":"http://c","ca_constraint":{"is_ca":true,"max_path_len":0,"max_path_len_zero":true},
            "ocsp_no_check":true,"not_before":"2027-01-01T00:00:00Z","not_after":"2027-01-02T00:00:00Z","auth_key":"k",
            "prev_auth_key":"e","name_whitelist":"\\.example\\.net$","copy_extensions":true,"allowed_extensions":["1.2.3"],
            "lint_error_level":"warn","ignored_lint_sources":["CABF_BR"],"Policies":[{"ID":"1.2.4","Qualifiers":[
            {"Type":"id-qt-cps","Value":"http://cps"},{"Type":"id-qt-unotice","Value":"hello"}]}],
            "CSRWhitelist":{"Subject":true,"DNSNames":true},"ClientProvidesSerialNumbers":true}"#,
    );
    assert_eq!((found.expiry.to_string(), found.backdate.to_string()), ("24h0m0s".into(), "1m0s".into()));
    assert_eq!(found.sorted_usages().unknown, ["nonsense"]);
    assert!(found.ca_constraint.is_ca && found.ca_constraint.max_path_len_zero && found.ocsp_no_check);
    assert!(found.auth.is_some() && found.auth == found.previous_auth);
    assert_eq!(found.lint_error_level, Some(LintLevel::Warn));
    assert_eq!(found.policies[0].qualifiers.len(), 2);
    let whitelist = found.csr_whitelist.unwrap();
    assert!(whitelist.subject && whitelist.dns_names && !whitelist.uris);
    assert!(found.client_provides_serial_numbers && found.copy_extensions);
}

#[test]
fn what_is_wrong_is_refused_with_5200() {
    let rows = [
        (r#"{"usages":["signing"]}"#, "empty expiry string"),
        (r#"{"usages":["signing"],"expiry":"1d"}"#, "time: unknown unit \"d\" in duration \"1d\""),
        (r#"{"usages":["signing"],"expiry":"1h","backdate":"x"}"#, "time: invalid duration \"x\""),
        (r#"{"usages":["signing"],"expiry":"0h"}"#, "invalid configuration"),
        (r#"{"expiry":"1h"}"#, "invalid configuration"),
        (r#"{"usages":["nonsense"],"expiry":"1h"}"#, "invalid configuration"),
        (r#"{"remote":"x"}"#, "failed to find remote in remotes section"),
        (r#"{"auth_remote":{"remote":"x","auth_key":"k"}}"#, "failed to find remote in remotes section"),
        (r#"{"auth_remote":{"remote":"r"}}"#, "invalid configuration"),
        (r#"{"auth_remote":{"auth_key":"k"},"usages":["signing"],"expiry":"1h"}"#, "invalid configuration"),
        (r#"{"remote":"r","auth_remote":{"remote":"r","auth_key":"k"}}"#, "Invalid or unknown policy"),
        (r#"{"remote":"bad"}"#, "`a b` is no address of a server: expected a name or an IP address"),
        (r#"{"remote":"r","auth_key":"x"}"#, "failed to find auth_remote's auth_key in auth_keys section"),
        (
            r#"{"usages":["signing"],"expiry":"1h","auth_key":"x"}"#,
            "failed to find auth_key in auth_keys section",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","prev_auth_key":"x"}"#,
            "failed to find prev_auth_key in auth_keys section",
        ),
        (r#"{"usages":["signing"],"expiry":"1h","auth_key":"ip"}"#, "unknown authentication type"),
        (
            r#"{"usages":["signing"],"expiry":"1h","auth_key":"f"}"#,
            "failed to create new standard auth provider: x: no such file",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","auth_key":"empty"}"#,
            "failed to create new standard auth provider: the auth key is empty",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","auth_key":"prefix"}"#,
            "failed to create new standard auth provider: unknown key prefix: vault",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","name_whitelist":"("}"#,
            "failed to compile name whitelist section",
        ),
        (r#"{"usages":["signing"],"expiry":"1h","allowed_extensions":["x"]}"#, "Invalid OID"),
        (
            r#"{"usages":["signing"],"expiry":"1h","lint_error_level":"loud"}"#,
            "failed to unmarshal configuration: bad LintStatus JSON value",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","lint_error_level":8}"#,
            "failed to unmarshal configuration: bad LintStatus JSON value",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","ignored_lint_sources":["X"]}"#,
            "failed to build excluded lint source list: unknown source \"X\"",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","Policies":[{"ID":"1.2","Qualifiers":[{"Type":"x"}]}]}"#,
            "invalid policy qualifier type",
        ),
        (
            r#"{"usages":["signing"],"expiry":"1h","not_before":"2027-01-02T00:00:00Z","not_after":"2027-01-01T00:00:00Z"}"#,
            "not_after is before not_before",
        ),
        ("null", "can't parse nil profile"),
    ];
    for (text, message) in rows {
        assert_eq!(refused(&with_profile(text)), message, "{text}");
    }
}

#[test]
fn the_forms_of_a_remote_profile_are_told_apart() {
    let plain = profile(r#"{"remote":"r"}"#).remote.unwrap();
    assert_eq!((plain.addresses.as_str(), plain.auth.is_none()), ("ca.example.net,10.0.0.1:1", true));
    // The form of Cloudflare's article: CFSSL sends such a request without its token.
    let article = profile(r#"{"remote":"r","auth_key":"k"}"#).remote.unwrap();
    let proper = profile(r#"{"auth_remote":{"remote":"r","auth_key":"e"}}"#).remote.unwrap();
    assert!(article.auth.is_some());
    assert_eq!(article, proper);
    let bound = profile(r#"{"auth_remote":{"remote":"r","auth_key":"bound"}}"#).remote.unwrap();
    assert_eq!(bound.auth.unwrap().kind(), KeyType::Bound);
}

#[test]
fn which_signers_are_needed_is_known_and_can_be_overridden() {
    let mut config = read(&with_profile(r#"{"remote":"r","auth_key":"k"}"#)).unwrap();
    assert_eq!(config.signing.need(), SignerNeed::Mixed);
    config.signing.override_remotes("");
    assert_eq!(config.signing.need(), SignerNeed::Mixed);
    config.signing.override_remotes("other");
    assert_eq!(config.signing.need(), SignerNeed::Remote);
    let remote = config.signing.profiles["p"].remote.clone().unwrap();
    assert_eq!((remote.addresses.as_str(), remote.auth.is_some()), ("other", true));
}

#[test]
fn an_unknown_profile_is_an_error_unless_one_asks_for_the_default() {
    let signing = read(&with_profile(r#"{"usages":["signing"],"expiry":"2h"}"#)).unwrap().signing;
    assert_eq!(signing.profile("p").unwrap().expiry_text, "2h");
    assert_eq!(signing.profile("").unwrap().expiry_text, "1h");
    assert_eq!(signing.profile("q").unwrap_err().code, 5400);
    assert_eq!(signing.profile_or_default("q").expiry_text, "1h");
    assert_eq!(signing.all().map(|(name, _)| name).collect::<Vec<_>>(), ["", "p"]);
}

#[test]
fn what_cfssl_passes_over_in_silence_is_told() {
    let warnings = |text: &str| read(&with_profile(text)).unwrap().warnings;
    assert_eq!(warnings(r#"{"usages":["signing"],"expiry":"1h"}"#), Vec::<String>::new());
    assert!(warnings(r#"{"usages":["signing","Server Auth"],"expiry":"1h"}"#)[0].contains("`Server Auth`"));
    assert!(warnings(r#"{"usages":["signing"],"expiry":"1h","auth_key":"short"}"#)[0].contains("16 octets"));
    assert!(warnings(r#"{"remote":"r","expiry":"1h"}"#)[0].contains("points to a remote signer"));
    let no_check = |usage: &str| {
        warnings(&format!(r#"{{"usages":["signing","{usage}"],"expiry":"1h","ocsp_no_check":true}}"#))
    };
    assert_eq!(no_check("ocsp signing"), Vec::<String>::new());
    assert!(no_check("server auth")[0].contains("`ocsp_no_check` is for responders"));
    let lints = |text: &str| warnings(&format!(r#"{{"usages":["signing"],"expiry":"1h",{text}}}"#));
    assert_eq!(lints(r#""lint_error_level":"warn""#), Vec::<String>::new());
    assert!(lints(r#""lint_error_level":"error""#)[0].contains("an error always stops"));
    assert_eq!(lints(r#""ignored_lints":["HF-LINT-KU-ONLY"]"#), Vec::<String>::new());
    assert!(lints(r#""ignored_lints":["e_dnsname_empty_label"]"#)[0].contains("e_dnsname_empty_label"));
}

#[test]
fn lint_levels_are_words_or_numbers() {
    let level = |text: &str| {
        profile(&format!(r#"{{"usages":["signing"],"expiry":"1h","lint_error_level":{text}}}"#))
            .lint_error_level
    };
    assert_eq!(level("null"), None);
    assert_eq!(level(r#""reserved""#), None);
    assert_eq!(level("0"), None);
    assert_eq!(level(r#""fatal""#), Some(LintLevel::Fatal));
    assert_eq!(level("7"), Some(LintLevel::Fatal));
    assert_eq!(level("3"), Some(LintLevel::Pass));
}
