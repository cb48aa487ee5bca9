//! Values of any kind out of any reader. Numbers beyond 64 bits keep their digits only with this module's reader.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};

use super::GoValue;

/// Reads a [`GoValue`].
pub(super) struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = GoValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<GoValue, E> {
        Ok(GoValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<GoValue, E> {
        Ok(GoValue::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<GoValue, E> {
        Ok(GoValue::Number(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<GoValue, E> {
        Ok(GoValue::Number(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<GoValue, E> {
        Ok(GoValue::Number(value.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<GoValue, E> {
        Ok(GoValue::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<GoValue, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(GoValue::Array(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<GoValue, A::Error> {
        let mut found = Vec::new();
        while let Some((name, value)) = fields.next_entry::<String, GoValue>()? {
            found.push((name, value));
        }
        Ok(GoValue::Object(found))
    }
}
