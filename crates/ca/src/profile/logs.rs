//! The logs of certificate transparency of a profile, RFC 6962.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::finding::{Finding, FindingCode};
use hf_core::name::UriName;
use hf_x509::digest::sha256;
use hf_x509::public_key::PublicKey;

use super::settings::ProfileSettings;

const LOG: FindingCode = FindingCode::new("HF-PROFILE-LOG");
const LOG_KEY: FindingCode = FindingCode::new("HF-PROFILE-LOG-KEY");

/// The most logs: each is waited for before a certificate goes out, and each timestamp is in every certificate.
const MAX_LOGS: usize = 8;

/// Where the pre-certificates of a profile are submitted, and whose timestamps are accepted.
#[derive(Clone, Debug, Default)]
pub struct TransparencyLogs {
    urls: Vec<String>,
    keys: Vec<PublicKey>,
}

impl TransparencyLogs {
    pub(super) fn read(settings: &ProfileSettings, about: &str, faults: &mut Vec<Finding>) -> Self {
        let mut urls: Vec<String> = Vec::with_capacity(settings.transparency_logs.len());
        for text in &settings.transparency_logs {
            let url = text.trim_end_matches('/');
            let is_known = urls.iter().any(|known| known == url);
            if is_known || !is_log_url(url) {
                let summary = if is_known { "a log is listed twice" } else { "a log has no usable address" };
                faults.push(Finding::error(LOG, about, summary).expected_found(
                    "each log once, as `http://HOST/PATH` or `https://HOST/PATH`",
                    text.escape_debug().to_string(),
                ));
                continue;
            }
            urls.push(url.to_owned());
        }
        if urls.len() > MAX_LOGS {
            faults.push(
                Finding::error(LOG, about, "there are too many logs")
                    .expected_found(format!("at most {MAX_LOGS}"), urls.len().to_string()),
            );
        }
        let keys = settings.transparency_keys.iter().filter_map(|text| key(text, about, faults)).collect();
        Self { urls, keys }
    }

    /// Whether there is no log.
    pub fn is_empty(&self) -> bool {
        self.urls.is_empty()
    }

    /// Their addresses, without a slash at the end.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Whether every log's key is known, so that signatures are checked.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The key of the log with this identifier.
    pub fn key(&self, log_id: &[u8; 32]) -> Option<&PublicKey> {
        self.keys.iter().find(|key| sha256(key.spki_der()) == *log_id)
    }
}

/// Over HTTP or HTTPS, without query and fragment: a path is put behind it.
fn is_log_url(url: &str) -> bool {
    let parsed = url.parse::<UriName>();
    parsed.is_ok_and(|uri| matches!(uri.scheme(), "http" | "https") && uri.host().is_some())
        && !url.contains(['?', '#', '@'])
}

fn key(text: &str, about: &str, faults: &mut Vec<Finding>) -> Option<PublicKey> {
    let read = STANDARD.decode(text).ok().and_then(|der| PublicKey::from_spki_der(&der).ok());
    if read.is_none() {
        let found: String = text.chars().take(40).collect();
        faults.push(
            Finding::error(LOG_KEY, about, "the key of a log cannot be read")
                .expected_found("a SubjectPublicKeyInfo, DER, as base64", found.escape_debug().to_string()),
        );
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(logs: &[&str], keys: &[&str]) -> (TransparencyLogs, Vec<&'static str>) {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let settings = ProfileSettings {
            transparency_logs: owned(logs),
            transparency_keys: owned(keys),
            ..ProfileSettings::peer()
        };
        let mut faults = Vec::new();
        let logs = TransparencyLogs::read(&settings, "profile `peer`", &mut faults);
        (logs, faults.iter().map(|fault| fault.code.as_str()).collect())
    }

    #[test]
    fn addresses_are_taken_without_their_last_slash() {
        let (logs, faults) = read(&["http://localhost:1/", "https://ct.shop.internal/2026"], &[]);
        assert_eq!(faults, [""; 0]);
        assert_eq!(logs.urls(), ["http://localhost:1", "https://ct.shop.internal/2026"]);
        assert!(!logs.is_empty() && !logs.has_keys());
    }

    #[test]
    fn what_is_no_log_is_refused() {
        let wrong = [
            "",
            "log.shop.internal",
            "ftp://log/",
            "http://",
            "http://log/?a=b",
            "http://log/#a",
            "http://a@log/",
        ];
        for url in wrong {
            assert_eq!(read(&[url], &[]).1, ["HF-PROFILE-LOG"], "{url}");
        }
        assert_eq!(read(&["http://log", "http://log/"], &[]).1, ["HF-PROFILE-LOG"], "the same twice");
        let many: Vec<String> = (0..9).map(|number| format!("http://log{number}/")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(read(&many, &[]).1, ["HF-PROFILE-LOG"]);
        assert_eq!(read(&many[..8], &[]).1, [""; 0]);
    }

    #[test]
    fn keys_are_found_by_the_identifier_of_their_log() {
        let key = PublicKey::from_ed25519(&[7; 32]).unwrap();
        let text = STANDARD.encode(key.spki_der());
        let (logs, faults) = read(&["http://log/"], &[&text]);
        assert_eq!(faults, [""; 0]);
        assert_eq!(logs.key(&sha256(key.spki_der())), Some(&key));
        assert_eq!(logs.key(&[0; 32]), None);
        assert_eq!(read(&["http://log/"], &["no key"]).1, ["HF-PROFILE-LOG-KEY"]);
        assert_eq!(read(&["http://log/"], &["AAAA"]).1, ["HF-PROFILE-LOG-KEY"]);
    }
}
