//! The figures, as a table and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::json;

use super::load::Load;

/// Everything that was measured.
pub(super) struct Figures {
    /// Octets of an answer, and of the static file.
    pub(super) octets: usize,
    /// P-256 signatures per second, all cores.
    pub(super) sign_per_s: f64,
    pub(super) nginx_static: Load,
    /// Out of memory, by GET.
    pub(super) get: Load,
    /// Out of memory, by POST.
    pub(super) post: Load,
    /// With a nonce each, so signed each time, by POST.
    pub(super) signed: Load,
}

impl Figures {
    pub(super) fn json(&self) -> Result<String> {
        let (nginx, get) = (self.nginx_static.per_s()?, self.get.per_s()?);
        let (post, signed) = (self.post.per_s()?, self.signed.per_s()?);
        let value = json!({
            "answer_octets": self.octets,
            "nginx_static_per_s": nginx.round(),
            "ocsp_cached_get_per_s": get.round(),
            "ocsp_cached_post_per_s": post.round(),
            "ocsp_signed_per_s": signed.round(),
            "sign_per_s": self.sign_per_s.round(),
            "ocsp_cached_ratio_to_nginx": rounded(get / nginx),
            "ocsp_cached_post_ratio_to_nginx": rounded(post / nginx),
            "ocsp_signed_ratio_to_sign": rounded(signed / self.sign_per_s),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, per_s: f64, ratio: Option<(f64, &str)>| {
            let shown = ratio.map(|(ratio, to)| format!("{ratio:.2} {to}")).unwrap_or_default();
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{name:<52} {per_s:>10.0} /s   {shown}");
        };
        let per_s = |load: Load| load.per_s().unwrap_or(0.0);
        let nginx = per_s(self.nginx_static);
        line(&format!("static file of {} octets from nginx", self.octets), nginx, None);
        for (name, load) in [("GET", self.get), ("POST", self.post)] {
            let per_s = per_s(load);
            line(&format!("OCSP out of memory, {name}"), per_s, Some((per_s / nginx, "nginx   aim ≥ 0.8")));
        }
        line("floor: P-256 signatures, all cores", self.sign_per_s, None);
        let signed = per_s(self.signed);
        line("OCSP freshly signed, with a nonce", signed, Some((signed / self.sign_per_s, "sign")));
        text
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
