//! `cargo xtask advisories`: dependencies with published weaknesses.
//!
//! Apart from `ci`, because it fetches the `RustSec` advisory database from its public repository, and because a
//! new advisory must not turn an unchanged commit red. Run it before a release and every week.

use anyhow::Result;

use crate::{deny, refuse_arguments};

/// Runs cargo-deny's advisory check.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("advisories", arguments)?;
    deny::check(&["advisories"])
}
