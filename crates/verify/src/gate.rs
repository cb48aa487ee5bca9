//! The gate: the only place that admits a path.
//!
//! rustls-webpki builds the path and checks signatures, validity, basic constraints and the name constraints that it
//! knows; every path that it offers must also obey our rules, else it looks for another. Where rustls-webpki is not able to
//! decide (the rows of `beyond`), our own search does, under the same rules. What is admitted is a [`VerifiedPath`],
//! which nothing else can make.

mod beyond;
mod webpki_road;

use hf_x509::certificate::Certificate;

use crate::budget::Budget;
use crate::pool::{Index, Pool};
use crate::request::VerifyRequest;
use crate::rules::Place;
use crate::search;

/// A path that the gate admitted: every signature checked, every rule obeyed, at the time of the request.
#[derive(Debug)]
pub struct VerifiedPath {
    chain: Vec<Certificate>,
    road: Road,
}

/// Who built an admitted path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// rustls-webpki.
    Webpki,
    /// Our own search, because rustls-webpki cannot decide the case.
    Own,
}

impl VerifiedPath {
    /// Leaf first, trust anchor last.
    pub fn certificates(&self) -> &[Certificate] {
        &self.chain
    }

    /// The trust anchor.
    pub fn anchor(&self) -> Option<&Certificate> {
        self.chain.last()
    }

    /// Who built it.
    pub fn road(&self) -> Road {
        self.road
    }
}

/// No path is admitted. [`crate::explain::explain`] says why in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The leaf breaks a rule on any path.
    #[error("the leaf breaks a rule whatever the path")]
    Leaf,
    /// rustls-webpki refuses.
    #[error("rustls-webpki offers no path that obeys the rules: {reason}")]
    Webpki {
        /// Its last reason.
        reason: webpki::Error,
    },
    /// Our own search found nothing.
    #[error("no path obeys the rules")]
    NoPath,
}

/// Admit a path or refuse.
pub fn accept(request: &VerifyRequest) -> Result<VerifiedPath, Rejected> {
    let mut pool = Pool::read(request);
    let mut budget = Budget::new();
    if !pool.passes(Index::LEAF, Place::Leaf) {
        return Err(Rejected::Leaf);
    }
    if !beyond::is_tangled(&pool) {
        let reason = match webpki_road::travel(&mut pool, &mut budget) {
            Ok(chain) => return Ok(admit(&pool, &chain, Road::Webpki)),
            Err(reason) => reason,
        };
        if !beyond::is_beyond(&pool, &reason) {
            return Err(Rejected::Webpki { reason });
        }
    }
    let chain = search::find(&mut pool, &mut Budget::new()).ok_or(Rejected::NoPath)?;
    Ok(admit(&pool, &chain, Road::Own))
}

fn admit(pool: &Pool<'_>, chain: &[Index], road: Road) -> VerifiedPath {
    VerifiedPath { chain: pool.chain(chain).iter().map(|facts| facts.certificate.clone()).collect(), road }
}
