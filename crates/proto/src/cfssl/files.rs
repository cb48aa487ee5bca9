//! The files into which `cfssljson` splits an answer.
//!
//! Better than CFSSL on purpose: the output of `cfssl bundle` is split as well as the API's; the two were meant to be the
//! same. A value that is no text is an error with a message, where CFSSL crashes. Certificates are 0644.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::envelope::Envelope;
use super::go_json::{self, GoJsonError, GoValue};

/// A file to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub content: Vec<u8>,
    /// Whether that is no text; printed as base64 then.
    pub binary: bool,
    /// Permissions of a new file. One with 0600 holds a secret.
    pub mode: u32,
}

impl OutputFile {
    /// What `-stdout` prints of it, without the line feed that follows.
    pub fn printed(&self) -> String {
        if self.binary {
            STANDARD.encode(&self.content)
        } else {
            String::from_utf8_lossy(&self.content).into_owned()
        }
    }
}

/// Why an answer is not split.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// No JSON, or no envelope.
    #[error("Failed to parse input: {0}")]
    Input(GoJsonError),
    /// The answer says that the request failed.
    #[error("Request failed:\n\t{}", messages.join("\n\t"))]
    RequestFailed {
        /// What it says.
        messages: Vec<String>,
    },
    /// A value is no text.
    #[error("Failed to parse input: `{field}` is not a string")]
    NoText {
        /// Its name.
        field: &'static str,
    },
    /// The bundle lacks something.
    #[error("{field} parsing failed!")]
    Bundle {
        /// What.
        field: &'static str,
    },
    /// The OCSP response is no base64.
    #[error("Failed to parse ocspResponse: expected base64")]
    OcspResponse,
}

const PUBLIC: u32 = 0o644;
const PRIVATE: u32 = 0o600;

/// Split `input`: an answer of the API, or, if `unwrapped`, the result alone. `base` begins the names.
///
/// # Errors
/// When the input is no such answer, or says that the request failed.
pub fn split(input: &[u8], unwrapped: bool, base: &str) -> Result<Vec<OutputFile>, FilesError> {
    let result =
        if unwrapped { go_json::from_slice(input).map_err(FilesError::Input)? } else { result_of(input)? };
    let mut splitter = Splitter { base, files: Vec::new() };
    splitter.text(&result, ["cert", "certificate"], ".pem", PUBLIC)?;
    splitter.text(&result, ["key", "private_key"], "-key.pem", PRIVATE)?;
    if let Some(encrypted) = text(&result, "encrypted_key")? {
        splitter.file("-key.enc", encrypted.as_bytes().to_vec(), true, PRIVATE);
    }
    splitter.text(&result, ["csr", "certificate_request"], ".csr", PUBLIC)?;
    if let Some(bundle) = bundle_in(&result) {
        splitter.bundle(bundle)?;
    }
    if let Some(response) = text(&result, "ocspResponse")? {
        let der = STANDARD.decode(response).map_err(|_| FilesError::OcspResponse)?;
        splitter.file("-response.der", der, true, PUBLIC);
    }
    Ok(splitter.files)
}

/// The result in an answer of the API that succeeded.
fn result_of(input: &[u8]) -> Result<GoValue, FilesError> {
    let answer: Envelope<GoValue> = go_json::from_slice(input).map_err(FilesError::Input)?;
    if !answer.success {
        let messages = answer.errors.into_iter().map(|error| error.message).collect();
        return Err(FilesError::RequestFailed { messages });
    }
    Ok(answer.result.unwrap_or(GoValue::Null))
}

/// A value with exactly this name: Go's maps do not match names in another case. `null` counts as text that is empty.
fn exact<'a>(value: &'a GoValue, name: &str) -> Option<&'a GoValue> {
    let GoValue::Object(fields) = value else { return None };
    fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn text<'a>(value: &'a GoValue, field: &'static str) -> Result<Option<&'a str>, FilesError> {
    match exact(value, field) {
        None | Some(GoValue::Null) => Ok(None),
        Some(found) => found.as_str().map(Some).ok_or(FilesError::NoText { field }),
    }
}

/// The bundle of a whole answer of the API that was passed as it is, of `newcert` and `sign`, or of `cfssl bundle`.
fn bundle_in(value: &GoValue) -> Option<&GoValue> {
    let is_bundle = |found: &&GoValue| matches!(found, GoValue::Object(_));
    let nested = exact(value, "result").unwrap_or(value);
    match exact(nested, "bundle") {
        Some(GoValue::String(_)) if exact(nested, "crt").is_some() => Some(nested),
        found => found.filter(is_bundle),
    }
}

struct Splitter<'a> {
    base: &'a str,
    files: Vec<OutputFile>,
}

impl Splitter<'_> {
    fn file(&mut self, end: &str, content: Vec<u8>, binary: bool, mode: u32) {
        self.files.push(OutputFile { name: format!("{}{end}", self.base), content, binary, mode });
    }

    fn text(
        &mut self,
        value: &GoValue,
        names: [&'static str; 2],
        end: &str,
        mode: u32,
    ) -> Result<(), FilesError> {
        let [first, second] = names;
        let name = if exact(value, first).is_some() { first } else { second };
        if let Some(found) = text(value, name)?.filter(|found| !found.is_empty()) {
            self.file(end, found.as_bytes().to_vec(), false, mode);
        }
        Ok(())
    }

    fn bundle(&mut self, bundle: &GoValue) -> Result<(), FilesError> {
        let path = exact(bundle, "bundle")
            .and_then(GoValue::as_str)
            .ok_or(FilesError::Bundle { field: "inner bundle" })?;
        let root =
            exact(bundle, "root").and_then(GoValue::as_str).ok_or(FilesError::Bundle { field: "root" })?;
        self.file("-bundle.pem", format!("{path}\n{root}").into_bytes(), false, PUBLIC);
        self.file("-root.pem", root.as_bytes().to_vec(), false, PUBLIC);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(input: &str, bare: bool) -> Vec<(String, String, u32)> {
        let files = split(input.as_bytes(), bare, "x").unwrap();
        files.into_iter().map(|file| (file.name.clone(), file.printed(), file.mode)).collect()
    }

    fn row(name: &str, content: &str, mode: u32) -> (String, String, u32) {
        (name.to_owned(), content.to_owned(), mode)
    }

    #[test]
    fn each_kind_has_its_file() {
        let all = r#"{"ocspResponse":"AQI=","csr":"r","key":"k","cert":"c","encrypted_key":"e","unknown":1}"#;
        assert_eq!(
            rows(all, true),
            [
                row("x.pem", "c", 0o644),
                row("x-key.pem", "k", 0o600),
                row("x-key.enc", "ZQ==", 0o600),
                row("x.csr", "r", 0o644),
                row("x-response.der", "AQI=", 0o644),
            ]
        );
        assert_eq!(rows("{}", true), []);
        assert_eq!(
            rows(r#"{"certificate":"c","private_key":"","cert":"d"}"#, true),
            [row("x.pem", "d", 0o644)]
        );
    }

    #[test]
    fn bundles_are_split_from_both_shapes() {
        let expected = [row("x-bundle.pem", "b\nr", 0o644), row("x-root.pem", "r", 0o644)];
        let api = r#"{"success":true,"result":{"bundle":{"bundle":"b","root":"r","crt":"c"}}}"#;
        assert_eq!(rows(api, true), expected);
        assert_eq!(rows(api, false), expected);
        assert_eq!(rows(r#"{"bundle":"b","root":"r","crt":"c"}"#, true), expected);
        assert!(matches!(
            split(br#"{"result":{"bundle":{"bundle":"b"}}}"#, true, "x"),
            Err(FilesError::Bundle { .. })
        ));
    }

    #[test]
    fn an_answer_that_failed_is_told() {
        let error = split(
            br#"{"success":false,"errors":[{"code":1,"message":"no"},{"message":"never"}]}"#,
            false,
            "x",
        );
        assert_eq!(error.err().unwrap().to_string(), "Request failed:\n\tno\n\tnever");
        assert_eq!(rows(r#"{"success":true,"result":{"cert":"c"}}"#, false), [row("x.pem", "c", 0o644)]);
        assert_eq!(rows(r#"{"success":true,"result":null}"#, false), []);
    }

    #[test]
    fn other_input_is_refused() {
        assert!(matches!(split(b"[", true, "x"), Err(FilesError::Input(_))));
        assert_eq!(split(br#"{"cert":1}"#, true, "x").err(), Some(FilesError::NoText { field: "cert" }));
        assert_eq!(split(br#"{"ocspResponse":"?"}"#, true, "x").err(), Some(FilesError::OcspResponse));
    }
}
