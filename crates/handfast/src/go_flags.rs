//! The flag grammar of Go programs, which clap cannot read: `-x v`, `-x=v`, `--x=v`, `-switch`, `-switch=false`.
//!
//! One dash is as good as two, a flag is never bundled with another, and the first word that is no flag ends them all.

use hf_proto::cfssl::duration::GoDuration;

/// A flag: its name, what it takes with its default, and what it means.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) usage: &'static str,
}

/// What a flag takes, with its default as it is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text(&'static str),
    Switch,
    Number(i64),
    Duration(&'static str),
}

impl Flag {
    /// A flag that takes text.
    pub(crate) const fn text(name: &'static str, default: &'static str, usage: &'static str) -> Self {
        Self { name, kind: Kind::Text(default), usage }
    }

    /// A flag that is on or off; off when it is not given.
    pub(crate) const fn switch(name: &'static str, usage: &'static str) -> Self {
        Self { name, kind: Kind::Switch, usage }
    }

    /// A flag that takes an integer.
    pub(crate) const fn number(name: &'static str, default: i64, usage: &'static str) -> Self {
        Self { name, kind: Kind::Number(default), usage }
    }

    /// A flag that takes a Go duration.
    pub(crate) const fn duration(name: &'static str, default: &'static str, usage: &'static str) -> Self {
        Self { name, kind: Kind::Duration(default), usage }
    }

    /// One line of a help text, as CFSSL prints it.
    pub(crate) fn line(&self) -> String {
        let default = match self.kind {
            Kind::Text("") => String::from("\"\""),
            Kind::Text(default) | Kind::Duration(default) => default.to_owned(),
            Kind::Switch => String::from("false"),
            Kind::Number(default) => default.to_string(),
        };
        format!("  -{}={default}: {}", self.name, self.usage)
    }

    fn accepts(&self, value: &str) -> bool {
        match self.kind {
            Kind::Text(_) => true,
            Kind::Switch => switch(value).is_some(),
            Kind::Number(_) => number(value).is_some(),
            Kind::Duration(_) => value.parse::<GoDuration>().is_ok(),
        }
    }
}

/// What was given: flags with their values, and the words after them.
#[derive(Debug, Default)]
pub(crate) struct Given {
    flags: Vec<(&'static str, String)>,
    /// The words after the flags.
    pub(crate) words: Vec<String>,
}

/// Why no command runs.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FlagError {
    /// `-h` or `-help`: show the help text.
    #[error("flag: help requested")]
    Help,
    /// A word of dashes or with an empty name.
    #[error("bad flag syntax: {0}")]
    Syntax(String),
    /// Nobody knows the flag.
    #[error("flag provided but not defined: -{0}")]
    Unknown(String),
    /// The flag wants a value, and the line ends.
    #[error("flag needs an argument: -{0}")]
    NoValue(&'static str),
    /// The value is not of the flag's kind.
    #[error("invalid value \"{value}\" for flag -{name}: parse error")]
    Value { name: &'static str, value: String },
}

/// Read the words of a command line by the flags in `known`.
pub(crate) fn parse(known: &[&'static Flag], words: Vec<String>) -> Result<Given, FlagError> {
    let mut given = Given::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            None | Some("") => {
                given.words.push(word);
                break;
            }
            Some("-") => break,
            Some(rest) => {
                let body = rest.strip_prefix('-').unwrap_or(rest).to_owned();
                given.flags.push(one(known, &word, &body, &mut words)?);
            }
        }
    }
    given.words.extend(words);
    Ok(given)
}

/// The flag in `body`, which has no dashes any more; its value may be the next of `words`.
fn one(
    known: &[&'static Flag],
    word: &str,
    body: &str,
    words: &mut impl Iterator<Item = String>,
) -> Result<(&'static str, String), FlagError> {
    if body.is_empty() || body.starts_with(['-', '=']) {
        return Err(FlagError::Syntax(word.to_owned()));
    }
    let (name, value) = match body.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (body, None),
    };
    let Some(flag) = known.iter().find(|flag| flag.name == name) else {
        let help = matches!(name, "h" | "help");
        return Err(if help { FlagError::Help } else { FlagError::Unknown(name.to_owned()) });
    };
    let value = match value {
        Some(value) => value,
        None if flag.kind == Kind::Switch => String::from("true"),
        None => words.next().ok_or(FlagError::NoValue(flag.name))?,
    };
    if !flag.accepts(&value) {
        return Err(FlagError::Value { name: flag.name, value });
    }
    Ok((flag.name, value))
}

impl Given {
    /// The value of the flag: what was given last, else its default.
    pub(crate) fn text(&self, flag: &Flag) -> &str {
        let default = match flag.kind {
            Kind::Text(default) | Kind::Duration(default) => default,
            Kind::Switch | Kind::Number(_) => "",
        };
        self.given(flag).unwrap_or(default)
    }

    /// The value, unless it is empty: CFSSL takes an empty flag for one that was not given.
    pub(crate) fn some(&self, flag: &Flag) -> Option<&str> {
        Some(self.text(flag)).filter(|value| !value.is_empty())
    }

    /// Whether the switch is on.
    pub(crate) fn is_on(&self, flag: &Flag) -> bool {
        self.given(flag).and_then(switch).unwrap_or(false)
    }

    /// The integer.
    pub(crate) fn number(&self, flag: &Flag) -> i64 {
        let default = if let Kind::Number(default) = flag.kind { default } else { 0 };
        self.given(flag).and_then(number).unwrap_or(default)
    }

    /// The duration.
    pub(crate) fn duration(&self, flag: &Flag) -> GoDuration {
        self.text(flag).parse().unwrap_or_default()
    }

    fn given(&self, flag: &Flag) -> Option<&str> {
        self.flags.iter().rev().find(|(name, _)| *name == flag.name).map(|(_, value)| value.as_str())
    }
}

/// A boolean as Go reads it.
fn switch(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// An integer as Go reads it with base 0: decimal, or hexadecimal, octal and binary by their prefixes.
fn number(value: &str) -> Option<i64> {
    let (negative, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some(two) if two.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i64::from_str_radix(digits, radix).ok()?;
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    static CA: Flag = Flag::text("ca", "", "certificate");
    static PORT: Flag = Flag::number("port", 8888, "port");
    static INITCA: Flag = Flag::switch("initca", "new root");
    static EXPIRY: Flag = Flag::duration("expiry", "168h0m0s", "time");
    static KNOWN: [&Flag; 4] = [&CA, &PORT, &INITCA, &EXPIRY];

    fn read(line: &str) -> Result<Given, FlagError> {
        parse(&KNOWN, line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn every_form_of_a_flag_is_read() {
        for line in ["-ca x -port 1", "-ca=x -port=1", "--ca x --port=0x1", "-ca y -ca x --port 01"] {
            let given = read(line).unwrap();
            assert_eq!((given.text(&CA), given.number(&PORT)), ("x", 1), "{line}");
        }
        assert_eq!(read("-ca a=b").unwrap().text(&CA), "a=b");
        assert_eq!(read("-ca=a=b").unwrap().text(&CA), "a=b");
        assert_eq!(read("-ca -initca").unwrap().text(&CA), "-initca");
    }

    #[test]
    fn a_switch_takes_no_word() {
        let given = read("-initca csr.json -ca x").unwrap();
        assert!(given.is_on(&INITCA));
        assert_eq!(given.words, ["csr.json", "-ca", "x"]);
        assert!(!read("-initca=false").unwrap().is_on(&INITCA));
        assert!(!read("").unwrap().is_on(&INITCA));
    }

    #[test]
    fn the_flags_end_at_the_first_other_word() {
        assert_eq!(read("- -initca").unwrap().words, ["-", "-initca"]);
        assert_eq!(read("-initca -- -ca").unwrap().words, ["-ca"]);
        assert_eq!(read("").unwrap().words, Vec::<String>::new());
    }

    #[test]
    fn defaults_stand_where_nothing_is_given() {
        let given = read("-ca=").unwrap();
        assert_eq!((given.text(&CA), given.some(&CA), given.number(&PORT)), ("", None, 8888));
        assert_eq!(given.duration(&EXPIRY), "168h".parse().unwrap());
    }

    #[test]
    fn what_is_wrong_is_named_as_go_names_it() {
        let message = |line: &str| read(line).unwrap_err().to_string();
        assert_eq!(message("-nonsense"), "flag provided but not defined: -nonsense");
        assert_eq!(message("--nonsense=1"), "flag provided but not defined: -nonsense");
        assert_eq!(message("-ca"), "flag needs an argument: -ca");
        assert_eq!(message("-port x"), "invalid value \"x\" for flag -port: parse error");
        assert_eq!(message("-expiry 1d"), "invalid value \"1d\" for flag -expiry: parse error");
        assert_eq!(message("-initca=maybe"), "invalid value \"maybe\" for flag -initca: parse error");
        assert_eq!(message("---ca"), "bad flag syntax: ---ca");
        assert_eq!(message("-=x"), "bad flag syntax: -=x");
        assert_eq!(read("-h").unwrap_err(), FlagError::Help);
        assert_eq!(read("--help").unwrap_err(), FlagError::Help);
    }

    #[test]
    fn numbers_are_gos() {
        for (text, expected) in
            [("010", Some(8)), ("0b11", Some(3)), ("-5", Some(-5)), ("+5", Some(5)), ("0", Some(0))]
        {
            assert_eq!(number(text), expected, "{text}");
        }
        for text in ["", "-", "--5", "0x", "1.5", "99999999999999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn help_lines_show_the_default() {
        assert_eq!(CA.line(), "  -ca=\"\": certificate");
        assert_eq!(PORT.line(), "  -port=8888: port");
        assert_eq!(INITCA.line(), "  -initca=false: new root");
        assert_eq!(EXPIRY.line(), "  -expiry=168h0m0s: time");
    }
}
