//! `GET /acme/{authority}/directory`, RFC 8555 section 7.1.1.

use std::collections::BTreeMap;

use hf_ca::registration::Registration;
use hf_proto::acme::directory::{Directory, Meta};
use http::StatusCode;

use super::error::Failure;
use super::reply::Reply;

/// A member that means nothing, so that clients learn to pass over what they do not know.
const UNKNOWN: &str = "q7Zb2vHc0ds";

pub(super) fn answer(registration: &Registration) -> Result<Reply, Failure> {
    let setup = registration.setup();
    let settings = &setup.settings;
    let meta = Meta {
        terms_of_service: settings.terms.clone(),
        website: settings.website.clone(),
        external_account_required: settings.external_account_required,
        profiles: profiles(registration, &settings.profiles),
        caa_identities: settings.caa.iter().map(ToString::to_string).collect(),
    };
    let mut directory = Directory::of(&setup.urls, meta).with_unknown(UNKNOWN);
    if !settings.pre_authorization {
        directory.new_authz = None;
    }
    Ok(Reply::json(StatusCode::OK, &directory)?.cached("public, max-age=0, no-cache"))
}

/// Each profile with what it gives, in words.
fn profiles(registration: &Registration, names: &[String]) -> BTreeMap<String, String> {
    names.iter().map(|name| (name.clone(), registration.describe_profile(name))).collect()
}
