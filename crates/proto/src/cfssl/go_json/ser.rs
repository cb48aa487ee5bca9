//! Types → values, so that one writer makes text of both.

use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple};

use super::types::NUMBER;
use super::{GoJsonError, GoValue};

type Result<T> = std::result::Result<T, GoJsonError>;

/// `value` as a tree.
pub(super) fn tree<T: Serialize + ?Sized>(value: &T) -> Result<GoValue> {
    value.serialize(TreeMaker)
}

impl ser::Error for GoJsonError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Value { path: String::new(), problem: message.to_string() }
    }
}

struct TreeMaker;

/// Numbers of the machine become their digits.
macro_rules! numbers {
    ($($method:ident: $kind:ty),*) => {
        $(fn $method(self, value: $kind) -> Result<GoValue> {
            Ok(GoValue::Number(value.to_string()))
        })*
    };
}

impl ser::Serializer for TreeMaker {
    type Ok = GoValue;
    type Error = GoJsonError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Impossible<GoValue, GoJsonError>;
    type SerializeTupleVariant = Impossible<GoValue, GoJsonError>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<GoValue, GoJsonError>;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    numbers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);

    fn serialize_bool(self, value: bool) -> Result<GoValue> {
        Ok(GoValue::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> Result<GoValue> {
        self.serialize_f64(f64::from(value))
    }

    /// JSON has no infinity and no NaN, as Go says too.
    fn serialize_f64(self, value: f64) -> Result<GoValue> {
        if value.is_finite() { Ok(GoValue::Number(value.to_string())) } else { Err(no_json("number")) }
    }

    fn serialize_char(self, value: char) -> Result<GoValue> {
        Ok(GoValue::String(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<GoValue> {
        Ok(GoValue::String(value.to_owned()))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<GoValue> {
        Err(no_json("bytes; use `GoBytes`"))
    }

    fn serialize_none(self) -> Result<GoValue> {
        Ok(GoValue::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<GoValue> {
        tree(value)
    }

    fn serialize_unit(self) -> Result<GoValue> {
        Ok(GoValue::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<GoValue> {
        Ok(GoValue::Object(Vec::new()))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<GoValue> {
        Ok(GoValue::String(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<GoValue> {
        let inner = tree(value)?;
        match inner.as_str() {
            Some(digits) if name == NUMBER => Ok(GoValue::Number(digits.to_owned())),
            Some(_) | None => Ok(inner),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<GoValue> {
        Ok(GoValue::Object(vec![(variant.to_owned(), tree(value)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct> {
        Err(no_json(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        Err(no_json(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields> {
        Ok(Fields::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields> {
        Ok(Fields::default())
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        Err(no_json(name))
    }
}

fn no_json(what: &str) -> GoJsonError {
    GoJsonError::Value { path: String::new(), problem: format!("no JSON for {what}") }
}

struct Items(Vec<GoValue>);

impl SerializeSeq for Items {
    type Ok = GoValue;
    type Error = GoJsonError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.0.push(tree(value)?);
        Ok(())
    }

    fn end(self) -> Result<GoValue> {
        Ok(GoValue::Array(self.0))
    }
}

impl SerializeTuple for Items {
    type Ok = GoValue;
    type Error = GoJsonError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<GoValue> {
        SerializeSeq::end(self)
    }
}

#[derive(Default)]
struct Fields {
    done: Vec<(String, GoValue)>,
    name: String,
}

impl SerializeMap for Fields {
    type Ok = GoValue;
    type Error = GoJsonError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        match tree(key)? {
            GoValue::String(name) | GoValue::Number(name) => {
                self.name = name;
                Ok(())
            }
            GoValue::Null | GoValue::Bool(_) | GoValue::Array(_) | GoValue::Object(_) => {
                Err(no_json("a map with such keys"))
            }
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.done.push((std::mem::take(&mut self.name), tree(value)?));
        Ok(())
    }

    fn end(self) -> Result<GoValue> {
        Ok(GoValue::Object(self.done))
    }
}

impl SerializeStruct for Fields {
    type Ok = GoValue;
    type Error = GoJsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.done.push((name.to_owned(), tree(value)?));
        Ok(())
    }

    fn end(self) -> Result<GoValue> {
        Ok(GoValue::Object(self.done))
    }
}

/// A value is itself again.
impl Serialize for GoValue {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(digits) => serializer.serialize_newtype_struct(NUMBER, digits),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}
