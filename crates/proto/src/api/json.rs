//! Strict JSON: what two readers could understand differently is refused.
//!
//! RFC 8259 leaves open what a repeated member, a number beyond the range or a byte order mark means, and how deep a
//! text may be. Here: none of these.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};
use serde_json::{Map, Number, Value};

/// How deep arrays and objects may be inside each other. The deepest body of this API has 4 levels.
pub const MAX_DEPTH: usize = 32;

/// The most values in one text, so that a small body cannot become a large structure.
pub const MAX_VALUES: usize = 100_000;

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8.
    #[error("the body is not UTF-8: octet {at} cannot stand there")]
    NotUtf8 {
        /// Octet, counted from 0.
        at: usize,
    },
    /// Begins with a byte order mark (RFC 8259 section 8.1).
    #[error("the body begins with a byte order mark: expected JSON without one")]
    ByteOrderMark,
    /// Not JSON, too deep, or with a repeated member.
    #[error("{reason}")]
    Syntax {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// JSON, but not what the endpoint takes.
    #[error("{reason}")]
    Shape {
        /// What is wrong: the member, what was expected and found.
        reason: String,
    },
}

/// Read a value of a known shape.
pub fn read<T: DeserializeOwned>(octets: &[u8]) -> Result<T, JsonError> {
    let value = value(octets)?;
    serde_json::from_value(value).map_err(|error| JsonError::Shape { reason: error.to_string() })
}

/// Read any value.
pub fn value(octets: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(octets).map_err(|error| JsonError::NotUtf8 { at: error.valid_up_to() })?;
    if text.starts_with('\u{feff}') {
        return Err(JsonError::ByteOrderMark);
    }
    let syntax = |error: serde_json::Error| JsonError::Syntax { reason: error.to_string() };
    let mut budget = MAX_VALUES;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, budget: &mut budget }.deserialize(&mut deserializer).map_err(syntax)?;
    deserializer.end().map_err(syntax)?;
    Ok(value)
}

/// Write a value.
pub fn write(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(value)
}

/// One value at a depth, with what may still come.
struct Strict<'b> {
    depth: usize,
    budget: &'b mut usize,
}

impl Strict<'_> {
    fn inner(&mut self) -> Strict<'_> {
        Strict { depth: self.depth + 1, budget: self.budget }
    }

    fn check_depth<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format!("more than {MAX_DEPTH} levels inside each other")));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        *self.budget =
            self.budget.checked_sub(1).ok_or_else(|| D::Error::custom("more values than expected"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                let shown: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format!("the member `{shown}` is there twice")));
            }
            let item = members.next_value_seed(self.inner())?;
            object.insert(name, item);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_ambiguous_is_refused() {
        for bad in [
            &b"{\"a\":1,\"a\":2}"[..],
            b"{\"a\":{\"b\":1,\"b\":1}}",
            b"{\"a\":1,\"\\u0061\":2}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\xed\xa0\x80\"}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":1e999}",
            b"{} {}",
            b"{\"a\":1,}",
            b"{'a':1}",
            b"NaN",
            b"",
            b"{\"a\":01}",
            b"{\"a\":\"\n\"}",
        ] {
            assert!(value(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(value(nested(MAX_DEPTH + 1).as_bytes()).is_err());
        assert!(value(nested(100_000).as_bytes()).is_err());
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert!(value(many.as_bytes()).is_err());
    }

    #[test]
    fn a_wrong_shape_names_the_member() {
        let error = read::<super::super::issue::CertificateRequest>(b"{\"csr\":\"x\",\"lifetim\":\"1d\"}");
        assert!(error.unwrap_err().to_string().contains("lifetim"));
        let error = read::<super::super::issue::CertificateRequest>(b"{\"csr\":\"x\",\"lifetime\":\"soon\"}");
        assert!(error.unwrap_err().to_string().contains("soon"));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_answered(octets: Vec<u8>) {
            let _ = value(&octets);
        }

        #[test]
        fn good_json_is_read_as_everybody_reads_it(text in "\\[[1-9][0-9]{0,7},\"[a-z]{0,8}\",(true|null)\\]") {
            prop_assert_eq!(value(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        }
    }
}
