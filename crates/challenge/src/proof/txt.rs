//! TXT records of dns-01, RFC 8555 section 8.4, and of dns-account-01.

use hickory_resolver::proto::rr::{RData, Record};

use crate::error::Excerpt;

/// The value of a TXT record: its character-strings joined, RFC 8555 section 8.4 over RFC 1035 section 3.3.14.
pub(crate) fn value(record: &Record) -> Option<Vec<u8>> {
    if let RData::TXT(text) = &record.data { Some(text.txt_data.concat()) } else { None }
}

/// Whether one of the values is the expected one, the digest of the key authorization in base64url.
///
/// # Errors
/// How many there are, and the first of them.
pub(crate) fn proves(values: &[Vec<u8>], expected: &str) -> Result<(), (usize, Excerpt)> {
    if values.iter().any(|value| value == expected.as_bytes()) {
        return Ok(());
    }
    Err((values.len(), Excerpt::of(values.first().map(Vec::as_slice).unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::Name;
    use hickory_resolver::proto::rr::rdata::{A, TXT};

    use super::*;

    const DIGEST: &str = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";

    #[test]
    fn strings_are_joined_and_other_records_have_no_value() {
        let record = |data| Record::from_rdata(Name::root(), 0, data);
        let split = record(RData::TXT(TXT::new(vec![DIGEST[..10].to_owned(), DIGEST[10..].to_owned()])));
        assert_eq!(value(&split).unwrap(), DIGEST.as_bytes());
        assert_eq!(value(&record(RData::A(A::new(10, 0, 0, 1)))), None);
    }

    #[test]
    fn one_of_several_values_proves_and_nothing_like_it() {
        let values = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
        assert!(proves(&values(&["other", DIGEST]), DIGEST).is_ok());
        let lower = DIGEST.to_lowercase();
        for wrong in ["", "other", &DIGEST[1..], &lower, &format!("{DIGEST}="), &format!(" {DIGEST}")] {
            let (count, first) = proves(&values(&[wrong]), DIGEST).unwrap_err();
            assert_eq!(count, 1);
            assert!(!first.to_string().is_empty());
        }
        assert_eq!(proves(&[], DIGEST).unwrap_err().0, 0);
    }
}
