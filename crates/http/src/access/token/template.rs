//! Names made from claims, as in `{repository_owner}.ci.shop.internal`.

use std::fmt;
use std::str::FromStr;

use hf_ca::policy::NamePattern;

/// A name with claims in braces. What comes out of it must be a set of names ([`NamePattern`]) once the claims are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Claim(String),
}

/// Text that is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no name with claims: expected for example `{{repository_owner}}.ci.shop.internal`")]
pub struct TemplateError {
    /// What was found.
    pub found: String,
}

impl NameTemplate {
    /// Put the claims in. `None` where one is missing, holds a character that could end the name it stands in, or where
    /// no set of names comes out.
    pub fn fill(&self, claim: impl Fn(&str) -> Option<String>) -> Option<NamePattern> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::Claim(name) => text.push_str(&claim(name).filter(|value| is_harmless(value))?),
            }
        }
        text.parse().ok()
    }
}

/// Letters, digits, `-`, `_`, `.` and `/` between a letter or digit at both ends: nothing that changes the kind of the
/// name, makes a wildcard or leaves the path it stands in.
fn is_harmless(value: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let edge = |c: char| c.is_ascii_alphanumeric();
    value.len() <= 200
        && value.starts_with(edge)
        && value.ends_with(edge)
        && value.chars().all(inside)
        && !value.contains("..")
        && !value.contains("//")
}

impl FromStr for NameTemplate {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || TemplateError { found: text.chars().take(120).collect() };
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (claim, behind) = after.split_once('}').ok_or_else(fault)?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '/');
            if claim.is_empty() || !claim.chars().all(is_name) || before.contains('}') {
                return Err(fault());
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Claim(claim.to_owned()));
            rest = behind;
        }
        if rest.contains('}') {
            return Err(fault());
        }
        parts.push(Part::Text(rest.to_owned()));
        let template = Self { text: text.to_owned(), parts };
        // Whatever the claims say, it must be able to become a name.
        template.fill(|_| Some("a1".to_owned())).ok_or_else(fault)?;
        Ok(template)
    }
}

impl fmt::Display for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, value: &str) -> Option<String> {
        let template: NameTemplate = template.parse().unwrap();
        template.fill(|_| Some(value.to_owned())).map(|pattern| pattern.to_string())
    }

    #[test]
    fn claims_become_names() {
        assert_eq!(filled("{owner}.ci.shop.internal", "acme").as_deref(), Some("acme.ci.shop.internal"));
        assert_eq!(filled("ci.shop.internal", "anything").as_deref(), Some("ci.shop.internal"));
        assert_eq!(
            filled("spiffe://shop.internal/ci/{repository}", "acme/shop").as_deref(),
            Some("spiffe://shop.internal/ci/acme/shop")
        );
    }

    #[test]
    fn a_claim_cannot_leave_its_place() {
        for bad in
            ["", "*", "*.x", ".", "a.", "../x", "x/../y", "a//b", "a b", "a\n", "a@b", "a:b", "é", "-a"]
        {
            assert_eq!(filled("{owner}.ci.shop.internal", bad), None, "{bad}");
            assert_eq!(filled("spiffe://shop.internal/ci/{owner}", bad), None, "{bad}");
        }
        assert_eq!(filled("{owner}.ci.shop.internal", "a/b"), None);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for bad in ["", "{", "}", "{}", "{a", "a}", "{a b}.x", "{{a}}", "not a name"] {
            assert!(bad.parse::<NameTemplate>().is_err(), "{bad}");
        }
    }
}
