//! Errors in words. Each level of an error describes itself alone; where it is told, what caused it is told with it.

use std::error::Error;

/// An error with its causes, in one line.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Level {
        text: &'static str,
        source: Option<Box<Level>>,
    }

    #[test]
    fn every_level_is_told_the_outermost_first() {
        let level = |text, source: Option<Level>| Level { text, source: source.map(Box::new) };
        let inner = level("no space left", None);
        assert_eq!(with_causes(&inner), "no space left");
        let outer = level("the list is not written", Some(level("cannot write it", Some(inner))));
        assert_eq!(with_causes(&outer), "the list is not written: cannot write it: no space left");
    }
}
