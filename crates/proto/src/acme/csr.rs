//! Whether a signing request is for what was ordered, RFC 8555 section 7.4.
//!
//! The request was parsed, and its own signature verified, elsewhere; here are the facts.

use std::collections::BTreeSet;

use hf_core::name::Identifier;

use super::problem::{NamedIdentifier, Problem, ProblemType, Subproblem};

/// What a signing request asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct CsrFacts<'a> {
    /// The subject alternative names.
    pub names: &'a [Identifier],
    /// Names of kinds that no certificate here carries, as text.
    pub other_names: &'a [String],
    /// The common names of the subject.
    pub common_names: &'a [String],
    /// Whether it asks to be an authority (basic constraints with `cA`).
    pub asks_for_authority: bool,
    /// Whether it asks for must-staple (RFC 7633).
    pub asks_for_must_staple: bool,
    /// Whose key it has, and in which form.
    pub key: CsrKey,
}

/// The key of a signing request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsrKey {
    /// One that no account has.
    #[default]
    Own,
    /// That of an account.
    OfAnAccount,
    /// A point in compressed form (RFC 5480 section 2.2), which is compared with no account's.
    Compressed,
}

/// Judge whether the request is for exactly the names of the order. A common name counts as a name, in any case of
/// letters; a common name that is none of the names ordered is a name too many.
///
/// # Errors
/// `badCSR`, with each name at fault. The order stays ready.
pub fn judge(facts: CsrFacts<'_>, ordered: &[Identifier]) -> Result<(), Problem> {
    match facts.key {
        CsrKey::Own => {}
        CsrKey::OfAnAccount => {
            return Err(bad("the key of the request is the key of an account (RFC 8555 section 11.1)"));
        }
        CsrKey::Compressed => {
            return Err(bad(
                "the key of the request is a compressed point; expected the uncompressed form, which all peers read \
                 (RFC 5480 section 2.2)",
            ));
        }
    }
    if facts.asks_for_authority {
        return Err(bad("the request asks for the certificate of an authority"));
    }
    if facts.asks_for_must_staple {
        return Err(bad("the request asks for must-staple (RFC 7633), which is not offered"));
    }
    let ordered: BTreeSet<&Identifier> = ordered.iter().collect();
    let (mut asked, mut faults) = (BTreeSet::new(), Vec::new());
    for name in facts.names {
        asked.insert(name);
        if !ordered.contains(name) {
            faults.push(fault("this name was not ordered", name));
        }
    }
    faults.extend(facts.other_names.iter().map(|text| other("names of this kind are not issued", text)));
    for text in facts.common_names {
        match ordered.iter().find(|name| is_common_name(text, name)) {
            Some(name) => {
                asked.insert(name);
            }
            None => faults.push(other("this common name was not ordered", text)),
        }
    }
    let missing = ordered.iter().filter(|name| !asked.contains(*name));
    faults.extend(missing.map(|name| fault("this name was ordered, but the request lacks it", name)));
    if faults.is_empty() {
        return Ok(());
    }
    Err(Problem::of_names("the names of the request are not those of the order", faults))
}

fn is_common_name(text: &str, name: &Identifier) -> bool {
    match name {
        Identifier::Dns(dns) => dns.as_str().eq_ignore_ascii_case(text),
        Identifier::Ip(address) => text.parse().is_ok_and(|other: hf_core::name::IpName| other == *address),
        Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => false,
    }
}

fn bad(detail: &str) -> Problem {
    Problem::new(ProblemType::BadCsr, detail)
}

fn fault(detail: &str, name: &Identifier) -> Subproblem {
    Subproblem::new(ProblemType::BadCsr, detail, name)
}

fn other(detail: &str, text: &str) -> Subproblem {
    let named = NamedIdentifier { kind: "dns".to_owned(), value: text.to_owned() };
    Subproblem::new(ProblemType::BadCsr, detail, named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<Identifier> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn at_fault(problem: &Problem) -> Vec<String> {
        problem.subproblems.iter().map(|sub| sub.identifier.clone().unwrap().value).collect()
    }

    #[test]
    fn exactly_the_ordered_names_pass() {
        let ordered = names(&["a.example", "*.b.example", "10.0.0.1"]);
        let same = names(&["10.0.0.1", "a.example", "*.b.example"]);
        assert_eq!(judge(CsrFacts { names: &same, ..CsrFacts::default() }, &ordered), Ok(()));
        let common = texts(&["A.Example"]);
        let facts = CsrFacts { names: &same, common_names: &common, ..CsrFacts::default() };
        assert_eq!(judge(facts, &ordered), Ok(()));
    }

    #[test]
    fn a_common_name_alone_counts_as_a_name() {
        let common = texts(&["A.example"]);
        let facts = CsrFacts { common_names: &common, ..CsrFacts::default() };
        assert_eq!(judge(facts, &names(&["a.example"])), Ok(()));
        assert!(judge(facts, &names(&["a.example", "b.example"])).is_err());
        assert!(judge(facts, &names(&["b.example"])).is_err());
        let common = texts(&["2001:DB8::1"]);
        let facts = CsrFacts { common_names: &common, ..CsrFacts::default() };
        assert_eq!(judge(facts, &names(&["2001:db8::1"])), Ok(()));
    }

    #[test]
    fn a_name_too_many_and_a_name_too_few_are_named() {
        let ordered = names(&["a.example", "b.example"]);
        let asked = names(&["a.example", "c.example"]);
        let (common, others) = (texts(&["d.example"]), texts(&["mail@a.example"]));
        let facts =
            CsrFacts { names: &asked, common_names: &common, other_names: &others, ..CsrFacts::default() };
        let problem = judge(facts, &ordered).unwrap_err();
        assert_eq!((problem.kind, problem.status), (ProblemType::BadCsr, 400));
        assert_eq!(at_fault(&problem), ["c.example", "mail@a.example", "d.example", "b.example"]);
        let none = judge(CsrFacts::default(), &ordered).unwrap_err();
        assert_eq!(at_fault(&none), ["a.example", "b.example"]);
    }

    #[test]
    fn a_wildcard_is_not_a_name_under_it() {
        let wildcard = names(&["*.a.example"]);
        let facts = CsrFacts { names: &wildcard, ..CsrFacts::default() };
        assert!(judge(facts, &names(&["x.a.example"])).is_err());
        let host = names(&["x.a.example"]);
        assert!(judge(CsrFacts { names: &host, ..CsrFacts::default() }, &wildcard).is_err());
    }

    #[test]
    fn what_no_order_gives_is_refused() {
        let ordered = names(&["a.example"]);
        let good = CsrFacts { names: &ordered, ..CsrFacts::default() };
        for facts in [
            CsrFacts { key: CsrKey::OfAnAccount, ..good },
            CsrFacts { key: CsrKey::Compressed, ..good },
            CsrFacts { asks_for_authority: true, ..good },
            CsrFacts { asks_for_must_staple: true, ..good },
        ] {
            assert_eq!(judge(facts, &ordered).unwrap_err().kind, ProblemType::BadCsr);
        }
    }
}
