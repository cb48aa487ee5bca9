//! Values → types, by the rules of Go.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::parse::same_name;
use super::types::{NUMBER, VALUE};
use super::{GoJsonError, GoValue};

type Result<T> = std::result::Result<T, GoJsonError>;

impl de::Error for GoJsonError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Value { path: String::new(), problem: message.to_string() }
    }
}

/// Reads a type out of a value.
#[derive(Clone, Copy)]
pub(super) struct ValueReader<'a>(&'a GoValue);

impl<'a> ValueReader<'a> {
    pub(super) fn new(value: &'a GoValue) -> Self {
        Self(value)
    }

    fn wrong<T>(self, expected: &'static str) -> Result<T> {
        Err(GoJsonError::Type { path: String::new(), found: self.0.kind(), expected })
    }
}

/// Numbers of the machine: whole, and of that size.
macro_rules! numbers {
    ($($method:ident, $visit:ident: $kind:ty, $expected:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.0 {
                GoValue::Null => visitor.$visit(Default::default()),
                GoValue::Number(digits) => match digits.parse::<$kind>() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => self.wrong($expected),
                },
                GoValue::Bool(_) | GoValue::String(_) | GoValue::Array(_) | GoValue::Object(_) => self.wrong($expected),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for ValueReader<'_> {
    type Error = GoJsonError;

    numbers! {
        deserialize_i8, visit_i8: i8, "a whole number";
        deserialize_i16, visit_i16: i16, "a whole number";
        deserialize_i32, visit_i32: i32, "a whole number";
        deserialize_i64, visit_i64: i64, "a whole number";
        deserialize_u8, visit_u8: u8, "a whole number that is not negative";
        deserialize_u16, visit_u16: u16, "a whole number that is not negative";
        deserialize_u32, visit_u32: u32, "a whole number that is not negative";
        deserialize_u64, visit_u64: u64, "a whole number that is not negative";
        deserialize_f32, visit_f32: f32, "a number";
        deserialize_f64, visit_f64: f64, "a number";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            GoValue::Null => visitor.visit_unit(),
            GoValue::Bool(value) => visitor.visit_bool(*value),
            GoValue::Number(digits) => match (digits.parse::<u64>(), digits.parse::<i64>()) {
                (Ok(number), _) => visitor.visit_u64(number),
                (_, Ok(number)) => visitor.visit_i64(number),
                _ => self.deserialize_f64(visitor),
            },
            GoValue::String(text) => visitor.visit_str(text),
            GoValue::Array(_) => self.deserialize_seq(visitor),
            GoValue::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            GoValue::Null => visitor.visit_bool(false),
            GoValue::Bool(value) => visitor.visit_bool(*value),
            GoValue::Number(_) | GoValue::String(_) | GoValue::Array(_) | GoValue::Object(_) => {
                self.wrong("a bool")
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            GoValue::Null => visitor.visit_str(""),
            GoValue::String(text) => visitor.visit_str(text),
            GoValue::Number(_) | GoValue::Bool(_) | GoValue::Array(_) | GoValue::Object(_) => {
                self.wrong("a string")
            }
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        self.wrong("bytes")
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        self.wrong("bytes")
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if *self.0 == GoValue::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if *self.0 == GoValue::Null { visitor.visit_unit() } else { self.wrong("null") }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        match self.0 {
            value if name == VALUE => visitor.visit_string(super::to_string(value)),
            _ if name != NUMBER => visitor.visit_newtype_struct(self),
            GoValue::Null => visitor.visit_str("0"),
            GoValue::Number(digits) => visitor.visit_str(digits),
            GoValue::Bool(_) | GoValue::String(_) | GoValue::Array(_) | GoValue::Object(_) => {
                self.wrong("a whole number")
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            GoValue::Null => visitor.visit_seq(Items { items: [].iter(), index: 0 }),
            GoValue::Array(items) => visitor.visit_seq(Items { items: items.iter(), index: 0 }),
            GoValue::Number(_) | GoValue::Bool(_) | GoValue::String(_) | GoValue::Object(_) => {
                self.wrong("an array")
            }
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            GoValue::Null => visitor.visit_map(Fields::new(Vec::new())),
            GoValue::Object(fields) => visitor
                .visit_map(Fields::new(fields.iter().map(|(name, value)| (name.as_str(), value)).collect())),
            GoValue::Number(_) | GoValue::Bool(_) | GoValue::String(_) | GoValue::Array(_) => {
                self.wrong("an object")
            }
        }
    }

    /// Each declared field once: from the last entry whose name is the field's, whatever its case.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        declared: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let fields = match self.0 {
            GoValue::Null => &[][..],
            GoValue::Object(fields) => fields.as_slice(),
            GoValue::Number(_) | GoValue::Bool(_) | GoValue::String(_) | GoValue::Array(_) => {
                return self.wrong("an object");
            }
        };
        let mut chosen: Vec<Option<&GoValue>> = vec![None; declared.len()];
        for (key, value) in fields {
            let exact = declared.iter().position(|name| name == key);
            let found = exact.or_else(|| declared.iter().position(|name| same_name(key, name)));
            if let Some(slot) = found.and_then(|index| chosen.get_mut(index))
                && *value != GoValue::Null
            {
                *slot = Some(value);
            }
        }
        let pairs = declared.iter().zip(chosen).filter_map(|(name, value)| Some((*name, value?)));
        visitor.visit_map(Fields::new(pairs.collect()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let Some(text) = self.0.as_str() else { return self.wrong("a string") };
        visitor.visit_enum(de::value::StrDeserializer::new(text))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }
}

struct Items<'a> {
    items: std::slice::Iter<'a, GoValue>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = GoJsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        seed.deserialize(ValueReader(item)).map(Some).map_err(|error| error.inside(&index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'a> {
    fields: std::vec::IntoIter<(&'a str, &'a GoValue)>,
    current: Option<(&'a str, &'a GoValue)>,
}

impl<'a> Fields<'a> {
    fn new(fields: Vec<(&'a str, &'a GoValue)>) -> Self {
        Self { fields: fields.into_iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = GoJsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.current = self.fields.next();
        let Some((name, _)) = self.current else { return Ok(None) };
        seed.deserialize(de::value::StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let (name, value) = self.current.unwrap_or(("", &GoValue::Null));
        seed.deserialize(ValueReader(value)).map_err(|error| error.inside(name))
    }
}
