//! The request of an OCSP client in the path of a GET, RFC 6960 appendix A.1: base64, in which some characters are escaped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The octets of the request; `None` when it is no base64. Not for a router to read: base64 holds `/` and `//`, which
/// mean something in paths. Slashes before it are passed over: clients put one behind a URL that ends in one, and no
/// request begins so, as the first octet of DER is that of a SEQUENCE, `M` in base64.
pub(crate) fn request(text: &str) -> Option<Vec<u8>> {
    let text = unescape(text)?;
    // Some clients write a blank where they meant a plus sign.
    let text = text.into_iter().skip_while(|octet| *octet == b'/');
    let text: Vec<u8> = text.map(|octet| if octet == b' ' { b'+' } else { octet }).collect();
    STANDARD.decode(text).ok()
}

/// Percent-encoded octets, RFC 3986 section 2.1.
fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digit =
            |octet: Option<u8>| char::from(octet?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        octets.push(digit(rest.next())? << 4 | digit(rest.next())?);
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_however_it_is_escaped() {
        let octets = vec![0xfb, 0xff, 0xfe, 0xff];
        let text = STANDARD.encode(&octets);
        assert_eq!(text, "+//+/w==");
        for path in [
            "+//+/w==",
            "%2B%2F%2F%2B%2Fw%3D%3D",
            "%2b//%2b/w%3d%3d",
            "%20//+/w==",
            "/+//+/w==",
            "%2F/+//+/w==",
        ] {
            assert_eq!(request(path).as_ref(), Some(&octets), "{path}");
        }
        for path in ["", "%", "%2", "%zz", "+//+/w"] {
            assert!(request(path).is_none_or(|found| found.is_empty()), "{path}");
        }
    }
}
