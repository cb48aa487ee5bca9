//! What a new account must bring, RFC 8555 section 7.3.

use std::fmt;

use hf_core::name::EmailAddress;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::problem::{Problem, ProblemType};
use super::request::NewAccountRequest;

/// The most contacts of one account.
pub const MAX_CONTACTS: usize = 10;

/// Where the owner of an account can be reached: `mailto:` and one address (RFC 8555 section 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact(EmailAddress);

impl Contact {
    /// Read one.
    ///
    /// # Errors
    /// `unsupportedContact` for another scheme; `invalidContact` for header fields, several addresses, or none.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let (scheme, rest) = text.split_once(':').unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("mailto") {
            return Err(Problem::new(
                ProblemType::UnsupportedContact,
                "expected a contact with the scheme `mailto`",
            ));
        }
        let invalid = |why: String| Problem::new(ProblemType::InvalidContact, why);
        if rest.contains('?') {
            return Err(invalid("a contact has no header fields".to_owned()));
        }
        if rest.contains(',') {
            return Err(invalid("a contact has one address: put several into several contacts".to_owned()));
        }
        if rest.contains('%') {
            return Err(invalid("expected an address without percent-encoded characters".to_owned()));
        }
        rest.parse().map(Self).map_err(|error: hf_core::name::NameError| invalid(error.to_string()))
    }

    /// Read all.
    ///
    /// # Errors
    /// When there are too many, or one cannot be read.
    pub fn read_all(texts: &[String]) -> Result<Vec<Self>, Problem> {
        if texts.len() > MAX_CONTACTS {
            return Err(Problem::new(
                ProblemType::InvalidContact,
                format!("an account has at most {MAX_CONTACTS} contacts"),
            ));
        }
        texts.iter().map(|text| Self::read(text)).collect()
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mailto:{}", self.0)
    }
}

impl Serialize for Contact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What the server asks of a new account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRules {
    /// The terms of service that must be agreed to.
    pub terms_of_service: Option<String>,
    /// Whether it must be bound to an external account.
    pub external_account_required: bool,
}

/// What a new account brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedAccount {
    /// Where its owner can be reached.
    pub contact: Vec<Contact>,
    /// Whether its owner agreed to the terms of service.
    pub terms_agreed: bool,
}

/// Judge what a new account brings; whether its key is known, and its binding, are judged elsewhere.
///
/// # Errors
/// When a contact is not good, the terms are not agreed to, or the binding is missing.
pub fn judge(request: &NewAccountRequest, rules: &AccountRules) -> Result<AcceptedAccount, Problem> {
    let contact = Contact::read_all(request.contact.as_deref().unwrap_or_default())?;
    let terms_agreed = request.terms_of_service_agreed == Some(true);
    if let Some(terms) = rules.terms_of_service.as_ref().filter(|_| !terms_agreed) {
        return Err(Problem::new(
            ProblemType::UserActionRequired,
            format!("the terms of service at {terms} must be agreed to"),
        )
        .instance(terms));
    }
    if rules.external_account_required && request.external_account_binding.is_none() {
        return Err(Problem::new(
            ProblemType::ExternalAccountRequired,
            "the account must be bound to a key of this server (externalAccountBinding)",
        ));
    }
    Ok(AcceptedAccount { contact, terms_agreed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_one_address() {
        assert_eq!(Contact::read("mailto:a@b.example").unwrap().to_string(), "mailto:a@b.example");
        for (bad, kind) in [
            ("tel:+123", ProblemType::UnsupportedContact),
            ("a@b.example", ProblemType::UnsupportedContact),
            ("", ProblemType::UnsupportedContact),
            ("mailto:", ProblemType::InvalidContact),
            ("mailto:a@b.example?subject=x", ProblemType::InvalidContact),
            ("mailto:a@b.example,c@d.example", ProblemType::InvalidContact),
            ("mailto:a%40b@b.example", ProblemType::InvalidContact),
            ("mailto:nobody", ProblemType::InvalidContact),
            ("mailto:a@b.example\r\nBcc: x@y.example", ProblemType::InvalidContact),
        ] {
            assert_eq!(Contact::read(bad).unwrap_err().kind, kind, "{bad:?}");
        }
        let many = vec!["mailto:a@b.example".to_owned(); MAX_CONTACTS + 1];
        assert_eq!(Contact::read_all(&many).unwrap_err().kind, ProblemType::InvalidContact);
        assert_eq!(Contact::read_all(&many[1..]).unwrap().len(), MAX_CONTACTS);
    }

    #[test]
    fn terms_and_binding_are_demanded_where_they_are_set() {
        let mut request = NewAccountRequest::default();
        assert!(judge(&request, &AccountRules::default()).is_ok());
        let rules = AccountRules {
            terms_of_service: Some("https://ca.internal/terms".into()),
            external_account_required: true,
        };
        let problem = judge(&request, &rules).unwrap_err();
        assert_eq!(problem.kind, ProblemType::UserActionRequired);
        assert_eq!(problem.instance.as_deref(), Some("https://ca.internal/terms"));
        request.terms_of_service_agreed = Some(true);
        assert_eq!(judge(&request, &rules).unwrap_err().kind, ProblemType::ExternalAccountRequired);
        request.external_account_binding = Some(serde_json::json!({}));
        assert!(judge(&request, &rules).unwrap().terms_agreed);
    }
}
