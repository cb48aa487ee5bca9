//! Strict JSON: what two readers could understand differently is refused.
//!
//! RFC 8259 leaves open what a repeated member, a number beyond the range or a byte order mark means, and how deep a
//! text may be. Here: none of these.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::{Deserializer, Serialize, forward_to_deserialize_any};
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
    shaped(value(octets)?).map_err(|error| JsonError::Shape { reason: error.to_string() })
}

/// A value of a known shape, from any value: what is an object there is one here, never a list of its members.
pub fn shaped<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    T::deserialize(Shaped(value))
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

/// Where a structure is expected, serde takes a sequence of its fields as well; this gives it none.
struct Shaped(Value);

impl<'de> Deserializer<'de> for Shaped {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.into_iter().map(Self));
                let read = visitor.visit_seq(&mut items)?;
                items.end().map(|()| read)
            }
            Value::Object(members) => {
                let mut members =
                    MapDeserializer::new(members.into_iter().map(|(name, item)| (name, Self(item))));
                let read = visitor.visit_map(&mut members)?;
                members.end().map(|()| read)
            }
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                plain.deserialize_any(visitor)
            }
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if self.0.is_array() {
            return Err(Self::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

impl IntoDeserializer<'_, serde_json::Error> for Shaped {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
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

    #[test]
    fn a_list_is_no_object() {
        use super::super::issue::CertificateRequest;
        use super::super::renew::RenewalRequest;
        let issue = |text: &[u8]| read::<CertificateRequest>(text);
        assert!(issue(br#"{"csr":"x","authority":"a","names":["b"],"lifetime":"1d"}"#).is_ok());
        assert!(issue(br#"{"csr":"x","authority":null}"#).is_ok());
        for bad in [&br#"["x","services","server",null,null]"#[..], b"[]", br#""x""#, b"null", b"7"] {
            assert!(issue(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        let proof = r#"{"certificate":"c","time":"2027-01-01T00:00:00Z","nonce":"n","signature":"s"}"#;
        let renewal =
            |proof: &str| read::<RenewalRequest>(format!(r#"{{"csr":"x","proof":{proof}}}"#).as_bytes());
        assert!(renewal(proof).unwrap().proof.is_some());
        assert!(renewal("null").unwrap().proof.is_none());
        assert!(renewal(r#"["c","2027-01-01T00:00:00Z","n","s"]"#).is_err());
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
