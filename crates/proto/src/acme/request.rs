//! What clients send, as written: payloads of RFC 8555 section 7. Members that nobody knows are passed over (section
//! 7.3); the judgement of what is there is in the modules beside this one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::base64url;
use super::problem::{NamedIdentifier, Problem, ProblemType};

/// newAccount, section 7.3.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAccountRequest {
    /// Where the owner can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Vec<String>>,
    /// Whether the owner agrees to the terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_of_service_agreed: Option<bool>,
    /// Whether only an account that is there is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_return_existing: Option<bool>,
    /// A JWS that binds the account to an external one, section 7.3.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_account_binding: Option<Value>,
}

/// Update of an account, sections 7.3.2 and 7.3.6.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUpdateRequest {
    /// Where the owner can be reached; an empty list removes what is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Vec<String>>,
    /// Only `deactivated` means something; section 7.3.2 has the server pass over everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Value>,
}

impl AccountUpdateRequest {
    /// Whether the owner gives the account up.
    pub fn deactivates(&self) -> bool {
        self.status.as_ref().and_then(Value::as_str) == Some("deactivated")
    }
}

/// newOrder, section 7.4; RFC 9773 section 5; the profiles draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewOrderRequest {
    /// The names.
    pub identifiers: Vec<NamedIdentifier>,
    /// The first second, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// The last second, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// The certificate that the new one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

/// newAuthz, section 7.4.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAuthorizationRequest {
    /// The name.
    pub identifier: NamedIdentifier,
}

/// Update of an authorization, section 7.5.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationUpdateRequest {
    /// `deactivated` and nothing else.
    pub status: String,
}

impl AuthorizationUpdateRequest {
    /// Whether it says what it must.
    ///
    /// # Errors
    /// For any other status.
    pub fn check(&self) -> Result<(), Problem> {
        if self.status == "deactivated" {
            return Ok(());
        }
        Err(Problem::malformed("an authorization can only be given the status `deactivated`"))
    }
}

/// The word of a client that it is ready for a challenge, section 7.5.1: an object, whatever is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeReadyRequest {}

/// finalize, section 7.4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalizeRequest {
    /// The signing request, DER in base64url.
    pub csr: String,
}

impl FinalizeRequest {
    /// The signing request as DER.
    ///
    /// # Errors
    /// `badCSR` when it is no base64url.
    pub fn der(&self) -> Result<Vec<u8>, Problem> {
        let fault =
            || Problem::new(ProblemType::BadCsr, "expected `csr` as DER in base64url without padding");
        base64url::decode(&self.csr).ok_or_else(fault)
    }
}

/// revokeCert, section 7.6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationRequest {
    /// The certificate, DER in base64url.
    pub certificate: String,
    /// The number of a reason, RFC 5280 section 5.3.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<i64>,
}

impl RevocationRequest {
    /// The certificate as DER.
    ///
    /// # Errors
    /// `malformed` when it is no base64url.
    pub fn der(&self) -> Result<Vec<u8>, Problem> {
        let fault = || Problem::malformed("expected `certificate` as DER in base64url without padding");
        base64url::decode(&self.certificate).ok_or_else(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_knows_is_passed_over() {
        let text = br#"{"contact":[],"status":7,"orders":"x","key":{}}"#;
        let update: AccountUpdateRequest = crate::api::json::read(text).unwrap();
        assert_eq!(update.contact, Some(Vec::new()));
        assert!(!update.deactivates());
        let update: AccountUpdateRequest = crate::api::json::read(br#"{"status":"deactivated"}"#).unwrap();
        assert!(update.deactivates());
        assert!(crate::api::json::read::<ChallengeReadyRequest>(br#"{"keyAuthorization":"x"}"#).is_ok());
        assert!(crate::api::json::read::<ChallengeReadyRequest>(b"[1]").is_err());
    }

    #[test]
    fn an_authorization_can_only_be_given_up() {
        assert!(AuthorizationUpdateRequest { status: "deactivated".into() }.check().is_ok());
        assert!(AuthorizationUpdateRequest { status: "valid".into() }.check().is_err());
    }

    #[test]
    fn der_is_in_base64url_to_the_letter() {
        assert_eq!(FinalizeRequest { csr: "AQI".into() }.der().unwrap(), [1, 2]);
        let padded = FinalizeRequest { csr: "AQI=".into() }.der().unwrap_err();
        assert_eq!(padded.kind, ProblemType::BadCsr);
        let padded = RevocationRequest { certificate: "AQI=".into(), reason: None }.der().unwrap_err();
        assert_eq!(padded.kind, ProblemType::Malformed);
    }
}
