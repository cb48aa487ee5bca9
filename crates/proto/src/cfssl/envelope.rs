//! The envelope round every answer of the API, and the statuses and headers of failures.
//!
//! CFSSL `api/api.go`. Keys in the order `success`, `result`, `errors`, `messages`; both lists are always there. A
//! failure travels as `text/plain` although its body is JSON, because Go's `http.Error` sets that header.

use serde::{Deserialize, Serialize};

use super::code::CfsslError;
use super::go_json;

/// A message or an error inside an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Code of [`super::code`], an HTTP status, or 0.
    pub code: i64,
    /// For people.
    pub message: String,
}

impl From<CfsslError> for Message {
    fn from(error: CfsslError) -> Self {
        Self { code: error.code, message: error.message }
    }
}

/// An answer of the API round a result of type `T`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// Whether the request was carried out.
    #[serde(default)]
    pub success: bool,
    /// What came of it; absent after a failure.
    #[serde(default = "Option::default")]
    pub result: Option<T>,
    /// What went wrong.
    #[serde(default)]
    pub errors: Vec<Message>,
    /// What else is to be said.
    #[serde(default)]
    pub messages: Vec<Message>,
}

impl<T> Envelope<T> {
    /// A success.
    pub fn success(result: T) -> Self {
        Self { success: true, result: Some(result), errors: Vec::new(), messages: Vec::new() }
    }

    /// A success with a remark.
    pub fn success_with(result: T, message: Message) -> Self {
        Self { success: true, result: Some(result), errors: Vec::new(), messages: vec![message] }
    }
}

impl<T: Serialize> Envelope<T> {
    /// The body as CFSSL writes it, with the line feed at its end.
    pub fn to_body(&self) -> Vec<u8> {
        go_json::to_line(self)
    }
}

/// A request that failed: status, code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status of the answer.
    pub status: u16,
    /// What the envelope says.
    pub error: Message,
}

impl Failure {
    /// `Content-Type` of a failure.
    pub const CONTENT_TYPE: &'static str = "text/plain; charset=utf-8";

    /// Status and code 400: the request itself is bad.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::with_status(400, message)
    }

    /// Status and code 405: the endpoint does not know the method.
    pub fn method_not_allowed(method: &str) -> Self {
        Self::with_status(405, format!("Method is not allowed:\"{method}\""))
    }

    /// Status 400, code 400: a parameter is missing.
    pub fn missing_parameter(name: &str) -> Self {
        Self::bad_request(format!("missing parameter '{name}'"))
    }

    /// The same number as status and as code.
    pub fn with_status(status: u16, message: impl Into<String>) -> Self {
        Self { status, error: Message { code: i64::from(status), message: message.into() } }
    }

    /// Status 500, code 0: an error that CFSSL has no code for.
    pub fn other(message: impl Into<String>) -> Self {
        Self { status: 500, error: Message { code: 0, message: message.into() } }
    }

    /// The envelope as CFSSL writes it, with the line feed at its end.
    pub fn to_body(&self) -> Vec<u8> {
        let envelope: Envelope<()> =
            Envelope { success: false, result: None, errors: vec![self.error.clone()], messages: Vec::new() };
        envelope.to_body()
    }
}

/// Status 400 with the code of the failure.
impl From<CfsslError> for Failure {
    fn from(error: CfsslError) -> Self {
        Self { status: 400, error: error.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::code::ErrorKind;
    use super::*;

    #[test]
    fn bodies_are_those_of_cfssl() {
        let healthy = Envelope::success(std::collections::BTreeMap::from([("healthy", true)]));
        assert_eq!(
            String::from_utf8(healthy.to_body()).unwrap(),
            "{\"success\":true,\"result\":{\"healthy\":true},\"errors\":[],\"messages\":[]}\n"
        );
        // Printed by stock cfssl 1.2.0: GET of /api/v1/cfssl/info.
        assert_eq!(
            String::from_utf8(Failure::method_not_allowed("GET").to_body()).unwrap(),
            "{\"success\":false,\"result\":null,\"errors\":[{\"code\":405,\"message\":\"Method is not allowed:\\\"GET\\\"\"}],\
             \"messages\":[]}\n"
        );
        let failure = Failure::from(CfsslError::new(ErrorKind::PolicyUnknownProfile));
        assert_eq!((failure.status, failure.error.code), (400, 5400));
    }

    #[test]
    fn an_answer_is_read_whatever_it_leaves_out() {
        let answer: Envelope<String> = go_json::from_slice(b"{\"Success\":true}").unwrap();
        assert_eq!((answer.success, answer.result), (true, None));
        assert!(go_json::from_slice::<Envelope<String>>(b"{\"success\":1}").is_err());
    }
}
