//! Requests and answers of the endpoints, one file each. `sign` and `authsign` are [`super::sign_request`] and
//! [`super::authenticated`]; `info` is [`super::info`]; the bundle of many answers is [`super::bundle`].

pub mod certadd;
pub mod crl;
pub mod gencrl;
pub mod health;
pub mod init_ca;
pub mod newcert;
pub mod newkey;
pub mod ocspsign;
pub mod revoke;
pub mod scan;
pub mod sign;

use std::collections::BTreeMap;

use super::envelope::Failure;
use super::go_json;

/// Path before the name of an endpoint.
pub const PREFIX: &str = "/api/v1/cfssl/";

/// Remark when a bundle is asked for and the server makes none; goes with code 5300.
pub const NO_BUNDLER: &str =
    "This request requires a bundler, but one is not initialized for the API server.";

/// Remark when a certificate is made without hosts; goes with code 5300.
pub const NO_HOSTS: &str = "This certificate lacks a \"hosts\" field. This makes it unsuitable for\n\
    websites. For more information see the Baseline Requirements for the Issuance and Management\n\
    of Publicly-Trusted Certificates, v.1.1.6, from the CA/Browser Forum (https://cabforum.org);\n\
    specifically, section 10.2.3 (\"Information Requirements\").";

/// A body that is a map of strings (`bundle`, `certinfo`). Its keys are exact, unlike the fields of other bodies.
pub type StringMap = BTreeMap<String, String>;

/// Read a map of strings.
///
/// # Errors
/// Status 500 and code 0 when the body is no such map, as CFSSL answers.
pub fn string_map(body: &[u8]) -> Result<StringMap, Failure> {
    go_json::from_slice(body).map_err(|error| Failure::other(error.to_string()))
}

/// The first set whose keys are all in `map`.
///
/// # Errors
/// Status and code 400 when none is.
pub fn first_match<'a>(map: &StringMap, sets: &[&'a [&'a str]]) -> Result<&'a [&'a str], Failure> {
    let all_in = |set: &&&[&str]| set.iter().all(|key| map.contains_key(*key));
    sets.iter().find(all_in).copied().ok_or_else(|| Failure::bad_request("no valid parameter sets found"))
}

/// The one set whose keys are all in `map`.
///
/// # Errors
/// Status and code 400 when none is, or more than one.
pub fn one_of<'a>(map: &StringMap, sets: &[&'a [&'a str]]) -> Result<&'a [&'a str], Failure> {
    let fitting = sets.iter().filter(|set| set.iter().all(|key| map.contains_key(*key))).count();
    if fitting > 1 {
        return Err(Failure::bad_request("mismatched parameters"));
    }
    first_match(map, sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_parameters_are_matched() {
        let sets: [&[&str]; 2] = [&["certificate"], &["domain"]];
        let map = |text: &str| string_map(text.as_bytes()).unwrap();
        assert_eq!(one_of(&map(r#"{"domain":"x","ip":"y"}"#), &sets).unwrap(), ["domain"]);
        assert_eq!(
            one_of(&map(r#"{"domain":"x","certificate":"y"}"#), &sets).unwrap_err().error.message,
            "mismatched parameters"
        );
        assert_eq!(first_match(&map(r#"{"domain":"x","certificate":"y"}"#), &sets).unwrap(), ["certificate"]);
        assert_eq!(
            first_match(&map(r#"{"Domain":"x"}"#), &sets).unwrap_err().error.message,
            "no valid parameter sets found"
        );
        let failure = string_map(br#"{"domain":1}"#).unwrap_err();
        assert_eq!((failure.status, failure.error.code), (500, 0));
    }
}
