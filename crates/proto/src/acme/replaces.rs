//! Whether an order may replace a certificate, RFC 9773 section 5.

use hf_core::name::Identifier;

use super::ari::CertId;
use super::id::Id;
use super::problem::{Problem, ProblemType};

/// What is on record of the certificate that is to be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Predecessor<'a> {
    /// The account that ordered it; `None` when it did not come by ACME.
    pub account: Option<&'a Id>,
    /// Its names.
    pub names: &'a [Identifier],
    /// The order that replaces it, if there is one that is not invalid.
    pub replaced_by: Option<&'a Id>,
}

/// Judge a replacement.
///
/// # Errors
/// `malformed` when the certificate is unknown, of another account, or shares no name; `alreadyReplaced` with 409 when
/// another order replaces it.
pub fn judge(
    id: &CertId,
    predecessor: Option<Predecessor<'_>>,
    account: &Id,
    ordered: &[Identifier],
) -> Result<(), Problem> {
    // Of another account: told like unknown, so that nobody learns what others have.
    let found = predecessor.filter(|found| found.account == Some(account));
    let Some(found) = found else {
        return Err(Problem::malformed(format!("`replaces`: this account has no certificate `{id}`")));
    };
    if !ordered.iter().any(|name| found.names.contains(name)) {
        return Err(Problem::malformed(format!(
            "`replaces`: the certificate `{id}` shares no name with the order"
        )));
    }
    match found.replaced_by {
        Some(_) => Err(already_replaced(id)),
        None => Ok(()),
    }
}

/// Another order replaces the certificate.
pub fn already_replaced(id: &CertId) -> Problem {
    Problem::new(
        ProblemType::AlreadyReplaced,
        format!("another order replaces the certificate `{id}` already"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_replaced_by_its_account_for_its_names_and_once() {
        let id: CertId = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE".parse().unwrap();
        let mine: Id = "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
        let other: Id = "AAAAAAAAAAAAAAAAAAAAAQ".parse().unwrap();
        let names: Vec<Identifier> = vec!["a.example".parse().unwrap(), "b.example".parse().unwrap()];
        let elsewhere: Vec<Identifier> = vec!["c.example".parse().unwrap()];
        let good = Predecessor { account: Some(&mine), names: &names, replaced_by: None };
        assert_eq!(judge(&id, Some(good), &mine, &names[1..]), Ok(()));

        let refused = |predecessor, ordered: &[Identifier]| {
            let problem = judge(&id, predecessor, &mine, ordered).unwrap_err();
            (problem.kind, problem.status)
        };
        let malformed = (ProblemType::Malformed, 400);
        assert_eq!(refused(None, &names), malformed);
        assert_eq!(refused(Some(Predecessor { account: Some(&other), ..good }), &names), malformed);
        assert_eq!(refused(Some(Predecessor { account: None, ..good }), &names), malformed);
        assert_eq!(refused(Some(good), &elsewhere), malformed);
        let taken = Predecessor { replaced_by: Some(&other), ..good };
        assert_eq!(refused(Some(taken), &names), (ProblemType::AlreadyReplaced, 409));
    }
}
