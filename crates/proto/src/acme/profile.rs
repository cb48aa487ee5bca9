//! Which profile an order has, draft-ietf-acme-profiles.

use super::problem::{Problem, ProblemType};

/// The profiles that a directory offers.
#[derive(Clone, Copy, Debug)]
pub struct OfferedProfiles<'a> {
    /// Their names.
    pub names: &'a [String],
    /// The one that an order has which asks for none.
    pub default: &'a str,
    /// Those that the account may have; `None` for all.
    pub permitted: Option<&'a [String]>,
}

/// Choose the profile of an order, when it is made and again when it is finalized: a profile may be withdrawn between.
///
/// # Errors
/// `invalidProfile` when it is not offered, or not for this account.
pub fn choose<'a>(requested: Option<&'a str>, offered: OfferedProfiles<'a>) -> Result<&'a str, Problem> {
    let is_permitted =
        |name: &str| offered.permitted.is_none_or(|permitted| permitted.iter().any(|one| one == name));
    let invalid = |detail: String| Err(Problem::new(ProblemType::InvalidProfile, detail));
    match requested {
        Some(name) if !offered.names.iter().any(|one| one == name) => {
            invalid(format!("the profile `{name}` is not offered: expected {}", list(offered.names)))
        }
        Some(name) if !is_permitted(name) => invalid(format!("the profile `{name}` is not for this account")),
        Some(name) => Ok(name),
        None if is_permitted(offered.default) => Ok(offered.default),
        // Who may have one other profile and asks for none means that one.
        None => match offered.permitted {
            Some([only]) if offered.names.contains(only) => Ok(only),
            Some(_) | None => invalid("this account must ask for a profile".to_owned()),
        },
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn an_order_has_the_profile_it_asks_for_or_the_default() {
        let names = texts(&["web", "short"]);
        let offered = OfferedProfiles { names: &names, default: "web", permitted: None };
        assert_eq!(choose(Some("short"), offered), Ok("short"));
        assert_eq!(choose(None, offered), Ok("web"));
        assert_eq!(choose(Some("none"), offered).unwrap_err().kind, ProblemType::InvalidProfile);
        assert_eq!(choose(Some(""), offered).unwrap_err().kind, ProblemType::InvalidProfile);
    }

    #[test]
    fn an_account_may_be_held_to_some() {
        let (names, one, none) = (texts(&["web", "short"]), texts(&["short"]), texts(&[]));
        let offered = OfferedProfiles { names: &names, default: "web", permitted: Some(&one) };
        assert_eq!(choose(Some("short"), offered), Ok("short"));
        assert_eq!(choose(None, offered), Ok("short"));
        assert_eq!(choose(Some("web"), offered).unwrap_err().kind, ProblemType::InvalidProfile);
        let offered = OfferedProfiles { permitted: Some(&none), ..offered };
        assert_eq!(choose(None, offered).unwrap_err().kind, ProblemType::InvalidProfile);
    }
}
