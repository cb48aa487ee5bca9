//! Octets in JSON: base64 (RFC 4648 section 4), for `#[serde(with = "crate::bytes")]`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(octets: &impl AsRef<[u8]>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(octets))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(from: D) -> Result<T, D::Error> {
    decode(&String::deserialize(from)?)
}

fn decode<T: TryFrom<Vec<u8>>, E: serde::de::Error>(text: &str) -> Result<T, E> {
    let octets = STANDARD.decode(text).map_err(E::custom)?;
    let found = octets.len();
    T::try_from(octets).map_err(|_| E::custom(format!("{found} octets are too many or too few")))
}

/// A list of them.
pub(crate) mod list {
    use super::decode;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(list: &[impl AsRef<[u8]>], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(|octets| STANDARD.encode(octets)))
    }

    pub(crate) fn deserialize<'de, F, T>(from: F) -> Result<Vec<T>, F::Error>
    where
        F: Deserializer<'de>,
        T: TryFrom<Vec<u8>>,
    {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| decode(text)).collect()
    }
}
