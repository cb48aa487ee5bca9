//! What an order may ask for, RFC 8555 section 7.4: the names and the time.

use hf_core::name::Identifier;
use hf_core::time::{Lifetime, Timestamp};

use super::ari::CertId;
use super::authorization::Authorization;
use super::identifier::{self, Target};
use super::problem::{Problem, ProblemType, Subproblem};
use super::request::{NewAuthorizationRequest, NewOrderRequest};
use super::status::AuthorizationStatus;

/// What the server lets an order ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRules {
    /// The most names.
    pub max_identifiers: usize,
    /// Whether wildcards may be asked for.
    pub wildcards: bool,
    /// Whether addresses may be asked for.
    pub addresses: bool,
    /// How long a certificate lasts whose order names no end: an order that names one asks for no more.
    pub lifetime: Lifetime,
    /// How far before now `notBefore` may be.
    pub backdate: Lifetime,
}

/// What an order asks for, once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedOrder {
    /// The names, each once, in order.
    pub identifiers: Vec<Identifier>,
    /// The first second.
    pub not_before: Option<Timestamp>,
    /// The last second.
    pub not_after: Option<Timestamp>,
    /// The certificate that the new one replaces.
    pub replaces: Option<CertId>,
    /// The profile.
    pub profile: Option<String>,
}

/// Read an order. Whether the account may have the names, the profile and the replacement is judged elsewhere.
///
/// # Errors
/// When a name cannot be read or is not offered, or the time makes no sense.
pub fn judge(
    request: &NewOrderRequest,
    rules: OrderRules,
    now: Timestamp,
) -> Result<RequestedOrder, Problem> {
    let identifiers = identifier::read_all(&request.identifiers, rules.max_identifiers)?;
    check_offered(&identifiers, rules)?;
    let not_before = read_time("notBefore", request.not_before.as_deref())?;
    let not_after = read_time("notAfter", request.not_after.as_deref())?;
    check_start(not_before, rules, now)?;
    check_end(not_before, not_after, rules.lifetime, now)?;
    let replaces = request.replaces.as_deref().map(CertId::read).transpose()?;
    Ok(RequestedOrder { identifiers, not_before, not_after, replaces, profile: request.profile.clone() })
}

/// Read the name of an authorization that is asked for ahead of an order (RFC 8555 section 7.4.1).
///
/// # Errors
/// When it cannot be read, is a wildcard, or is not offered.
pub fn judge_authorization(request: &NewAuthorizationRequest, rules: OrderRules) -> Result<Target, Problem> {
    let names = identifier::read_all(std::slice::from_ref(&request.identifier), 1)?;
    check_offered(&names, rules)?;
    let target = names.first().map(Target::of).ok_or_else(Problem::internal)?;
    if target.wildcard {
        return Err(Problem::malformed("a wildcard cannot be authorized ahead of an order"));
    }
    Ok(target)
}

/// Refuse names by policy: `refused` says why for each.
pub fn rejected(refused: &[(Identifier, String)]) -> Problem {
    let fault =
        |(name, why): &(Identifier, String)| Subproblem::new(ProblemType::RejectedIdentifier, why, name);
    Problem::of_names("identifiers are not allowed for this account", refused.iter().map(fault).collect())
}

/// Which authorizations serve an order: one for each name, found among those that are valid, or none.
pub fn reuse<'a>(
    identifiers: &[Identifier],
    usable: &'a [Authorization],
    until: Timestamp,
    now: Timestamp,
) -> Vec<(Target, Option<&'a Authorization>)> {
    let find = |target: &Target| {
        let fits = |authorization: &&Authorization| {
            authorization.target() == *target
                && authorization.expires >= until
                && authorization.status_at(now) == AuthorizationStatus::Valid
        };
        usable.iter().filter(fits).max_by_key(|authorization| authorization.expires)
    };
    identifiers
        .iter()
        .map(|name| {
            let target = Target::of(name);
            let found = find(&target);
            (target, found)
        })
        .collect()
}

fn check_offered(names: &[Identifier], rules: OrderRules) -> Result<(), Problem> {
    let fault = |name: &Identifier| match name {
        Identifier::Dns(dns) if dns.is_wildcard() && !rules.wildcards => {
            Some(Subproblem::new(ProblemType::RejectedIdentifier, "wildcards are not offered", name))
        }
        Identifier::Ip(_) if !rules.addresses => {
            Some(Subproblem::new(ProblemType::UnsupportedIdentifier, "addresses are not offered", name))
        }
        Identifier::Dns(_) | Identifier::Ip(_) => None,
        Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => {
            Some(Subproblem::new(ProblemType::UnsupportedIdentifier, "expected `dns` or `ip`", name))
        }
    };
    let faults: Vec<_> = names.iter().filter_map(fault).collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Problem::of_names("identifiers of the order are not offered", faults))
}

fn read_time(member: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Problem::malformed(format!("expected `{member}` in RFC 3339, for example `2027-03-01T12:00:00Z`"))
        })
    };
    text.map(read).transpose()
}

/// A beginning that the authority would refuse once the names are proven is refused before that.
fn check_start(not_before: Option<Timestamp>, rules: OrderRules, now: Timestamp) -> Result<(), Problem> {
    let Some(start) = not_before else { return Ok(()) };
    let (earliest, latest) = (now.minus(rules.backdate), now.plus(rules.lifetime));
    if start >= earliest && start < latest {
        return Ok(());
    }
    Err(Problem::malformed(format!(
        "`notBefore` is {start}: expected {earliest} at the earliest and before {latest}"
    )))
}

/// That the end is one that a certificate could have that was ordered now: whoever may have six days has them from now,
/// not from a beginning far ahead.
///
/// # Errors
/// When it is over, before the beginning, or too late.
pub fn check_end(
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    lifetime: Lifetime,
    now: Timestamp,
) -> Result<(), Problem> {
    let Some(end) = not_after else { return Ok(()) };
    let start = not_before.unwrap_or(now);
    let earliest = start.max(now);
    if end <= earliest {
        return Err(Problem::malformed(format!("`notAfter` is {end}: expected later than {earliest}")));
    }
    let latest = start.min(now).plus(lifetime);
    if end > latest {
        return Err(Problem::malformed(format!(
            "`notAfter` is {end}: expected {latest} at the latest, as the profile gives {lifetime}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
