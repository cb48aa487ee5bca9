//! JSON as Go's `encoding/json` reads and writes it, because clients rely on how.
//!
//! Reading: names of fields match whatever their case; the last of several equal names counts; unknown names are passed
//! over; `null` leaves the zero value; a value of the wrong type is an error. Numbers keep all their digits. Stricter than
//! Go: UTF-8 must be valid, nesting ends at [`MAX_DEPTH`], and nothing but white space may follow.
//!
//! Writing: fields in the order of their declaration, `<`, `>`, `&` and the line separators of Unicode escaped.

mod de;
mod parse;
mod ser;
mod types;
mod write;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use parse::{GoJsonError, GoValue, JsonProblem, MAX_DEPTH, parse};
pub use types::{BigInteger, GoBytes, GoTime};

/// Read one value of type `T`. The types of this module derive `Deserialize` with `#[serde(default)]`.
///
/// # Errors
/// With the line and column, or the path of the field, where it goes wrong.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, GoJsonError> {
    from_value(&parse(bytes)?)
}

/// Read one value of type `T` from text.
///
/// # Errors
/// As [`from_slice`].
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, GoJsonError> {
    from_slice(text.as_bytes())
}

/// Read a `T` out of a value that was parsed before.
///
/// # Errors
/// With the path of the field that is of the wrong type.
pub fn from_value<T: DeserializeOwned>(value: &GoValue) -> Result<T, GoJsonError> {
    T::deserialize(de::ValueReader::new(value))
}

/// `value` as a tree that others can look into. Types that are no JSON (a map whose keys are no strings) become `null`.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> GoValue {
    ser::tree(value).unwrap_or(GoValue::Null)
}

/// `value` on one line, without a line feed: Go's `json.Marshal`.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> String {
    write::write(&to_value(value), write::Layout::Compact)
}

/// `value` on one line, with a line feed at its end: Go's `Encoder.Encode`.
pub fn to_line<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut line = to_string(value).into_bytes();
    line.push(b'\n');
    line
}

/// `value` over several lines, without a line feed at the end: Go's `json.MarshalIndent` with that indentation.
pub fn to_pretty<T: Serialize + ?Sized>(value: &T, indent: &str) -> String {
    write::write(&to_value(value), write::Layout::Indented(indent))
}

#[cfg(test)]
mod tests;
