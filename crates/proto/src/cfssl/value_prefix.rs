//! Values with a prefix: a path, `file:PATH` or `env:NAME`.

/// Where the octets of an argument are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// In a file.
    File(String),
    /// In a variable of the environment; empty when it is not set.
    Environment(String),
}

/// A prefix that is neither `file` nor `env`; so a plain path that holds a colon is refused too, as in CFSSL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown prefix: {}", .prefix.escape_debug())]
pub struct UnknownPrefix {
    /// What stands before the colon.
    pub prefix: String,
}

impl ValueSource {
    /// Where `argument` says that the octets are.
    ///
    /// # Errors
    /// For a prefix that is not known.
    pub fn parse(argument: &str) -> Result<Self, UnknownPrefix> {
        match argument.split_once(':') {
            None => Ok(Self::File(argument.to_owned())),
            Some(("file", path)) => Ok(Self::File(path.to_owned())),
            Some(("env", name)) => Ok(Self::Environment(name.to_owned())),
            Some((prefix, _)) => Err(UnknownPrefix { prefix: prefix.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_told_apart() {
        assert_eq!(ValueSource::parse("ca.pem"), Ok(ValueSource::File("ca.pem".into())));
        assert_eq!(ValueSource::parse("file:a:b"), Ok(ValueSource::File("a:b".into())));
        assert_eq!(ValueSource::parse("env:CA_KEY"), Ok(ValueSource::Environment("CA_KEY".into())));
        assert_eq!(ValueSource::parse("c:/ca.pem").unwrap_err().to_string(), "unknown prefix: c");
    }
}
