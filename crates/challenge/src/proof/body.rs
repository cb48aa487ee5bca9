//! The body of an http-01 answer, RFC 8555 section 8.3.

use crate::error::Excerpt;

/// Whether the body is the key authorization; whitespace after it does not count.
///
/// # Errors
/// What was found instead, shortened.
pub(crate) fn proves(body: &[u8], key_authorization: &str) -> Result<(), Excerpt> {
    if body.trim_ascii_end() == key_authorization.as_bytes() { Ok(()) } else { Err(Excerpt::of(body)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_may_follow_and_nothing_else() {
        assert!(proves(b"a.b", "a.b").is_ok());
        assert!(proves(b"a.b\r\n\t ", "a.b").is_ok());
        for wrong in [&b""[..], b" a.b", b"a.bc", b"a.", b"A.B", b"a.b\n.", b"a.b\0"] {
            assert!(proves(wrong, "a.b").is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_was_found_is_shown_short_and_harmless() {
        let found = proves("<html>\x1b[2J\u{7f}".as_bytes(), "a.b").unwrap_err();
        assert_eq!(found.to_string(), "`<html>\\u{1b}[2J\\u{7f}`");
        let found = proves(&[b'x'; 500], "a.b").unwrap_err();
        assert_eq!(found.to_string(), format!("`{}…`", "x".repeat(80)));
    }
}
