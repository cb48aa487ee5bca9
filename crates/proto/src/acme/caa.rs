//! Whether CAA records let an authority certify a name: RFC 8659, with the parameters of RFC 8657.
//!
//! The records were looked up elsewhere; here is who is asked for them, and what they mean.

use std::collections::{BTreeMap, BTreeSet};

use hf_core::name::{DnsName, Identifier};
use hf_core::time::{Lifetime, Timestamp};

use super::challenge::ChallengeKind;
use super::identifier::Target;
use super::problem::{Problem, ProblemType, Subproblem};

/// For how long what records said counts. The CA/Browser Forum's rules say eight hours; the certificate comes a while after
/// the question.
pub const GOOD_FOR: Lifetime = Lifetime::from_hours(7);

/// Properties that are understood though nothing follows from them here: where to complain (RFC 8659 section 4.4), and who
/// may certify mail addresses (RFC 9495).
const IRRELEVANT: [&str; 2] = ["iodef", "issuemail"];

/// A record, RFC 8659 section 4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaaRecord {
    /// Whether who does not understand the property must not issue.
    pub critical: bool,
    /// The name of the property. Letters count alike in either case.
    pub tag: String,
    /// Its value as it is.
    pub value: Vec<u8>,
}

/// The records that count for a name, with the name above it (or its own) that has them; none, when no name has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelevantSet {
    /// Whose records they are.
    pub owner: String,
    /// The records.
    pub records: Vec<CaaRecord>,
}

/// What looking up the records of names led to: for each name its relevant set, or why it is not known.
pub type CaaAnswers = BTreeMap<DnsName, Result<RelevantSet, Problem>>;

/// A name that is to be certified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaaQuestion {
    /// The name without `*.`.
    pub name: DnsName,
    /// Whether the wildcard over it is to be certified.
    pub wildcard: bool,
    /// How it was proven; `None` when its account needs no proof.
    pub method: Option<ChallengeKind>,
}

/// Who wants to certify, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct CaaIssuer<'a> {
    /// The names that records know the authority by.
    pub identities: &'a [DnsName],
    /// The URL of the account that ordered.
    pub account_url: &'a str,
}

/// Why records do not allow a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaaRefusal {
    /// A property that must be understood is not.
    #[error("the property `{tag}` is critical and not known here")]
    UnknownCritical {
        /// Its name.
        tag: String,
    },
    /// No property names the authority.
    #[error("no `{tag}` property names this authority: expected one of {expected}")]
    OtherAuthority {
        /// Which properties count.
        tag: &'static str,
        /// The names of the authority.
        expected: String,
    },
    /// Properties name the authority for other accounts or methods alone.
    #[error(
        "each `{tag}` property that names this authority is for another account or method: expected `accounturi` \
         {account} and `validationmethods` with {method}, or none"
    )]
    OtherTerms {
        /// Which properties count.
        tag: &'static str,
        /// The URL of the account.
        account: String,
        /// How the name was proven.
        method: &'static str,
    },
}

impl CaaQuestion {
    /// About what is to be certified. Addresses have no such records (RFC 8659 section 1).
    pub fn of(target: &Target, method: Option<ChallengeKind>) -> Option<Self> {
        match &target.identifier {
            Identifier::Dns(name) => Some(Self { name: name.clone(), wildcard: target.wildcard, method }),
            Identifier::Ip(_) | Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => None,
        }
    }

    fn identifier(&self) -> Identifier {
        let whole = if self.wildcard { format!("*.{}", self.name).parse().ok() } else { None };
        Identifier::Dns(whole.unwrap_or_else(|| self.name.clone()))
    }
}

/// Whether what was learned at `checked` still counts.
pub fn is_fresh(checked: Option<Timestamp>, now: Timestamp) -> bool {
    checked.is_some_and(|checked| checked.plus(GOOD_FOR) >= now)
}

/// The names whose records have to be looked up.
pub fn names(questions: &[CaaQuestion]) -> BTreeSet<DnsName> {
    questions.iter().map(|question| question.name.clone()).collect()
}

/// The names that are asked for the records of a name, one after the other until one has some: itself, and all above it but
/// the root (RFC 8659 section 3).
pub fn climb(name: &DnsName) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name.as_str()), |name| name.split_once('.').map(|(_, above)| above))
}

/// Judge every name by what was found for it.
///
/// # Errors
/// `caa` with each name at fault; `serverInternal` when the answers are not for exactly the names that were asked for.
pub fn judge_all(
    questions: &[CaaQuestion],
    answers: &CaaAnswers,
    issuer: CaaIssuer<'_>,
) -> Result<(), Problem> {
    if !names(questions).iter().eq(answers.keys()) {
        return Err(Problem::internal());
    }
    let fault = |question: &CaaQuestion| {
        let detail = match answers.get(&question.name)? {
            Ok(set) => {
                let refusal = judge(&set.records, question, issuer).err()?;
                format!("the CAA records of {} forbid it: {refusal}", set.owner)
            }
            Err(problem) => format!("the CAA records are not known: {}", problem.detail),
        };
        Some(Subproblem::new(ProblemType::Caa, detail, &question.identifier()))
    };
    let faults: Vec<Subproblem> = questions.iter().filter_map(fault).collect();
    match faults.as_slice() {
        [] => Ok(()),
        [only] => Err(Problem::of_names(only.detail.clone(), faults)),
        _ => Err(Problem::of_names("CAA records forbid certificates for names of the order", faults)),
    }
}

/// Judge one name by its relevant records.
///
/// # Errors
/// When they do not allow it.
pub fn judge(records: &[CaaRecord], question: &CaaQuestion, issuer: CaaIssuer<'_>) -> Result<(), CaaRefusal> {
    let is = |record: &CaaRecord, tag: &str| record.tag.eq_ignore_ascii_case(tag);
    let known =
        |record: &CaaRecord| ["issue", "issuewild"].into_iter().chain(IRRELEVANT).any(|tag| is(record, tag));
    if let Some(unknown) = records.iter().find(|record| record.critical && !known(record)) {
        return Err(CaaRefusal::UnknownCritical { tag: unknown.tag.clone() });
    }
    let restricts_wildcards = records.iter().any(|record| is(record, "issuewild"));
    let tag = if question.wildcard && restricts_wildcards { "issuewild" } else { "issue" };
    let mut relevant = records.iter().filter(|record| is(record, tag)).peekable();
    if relevant.peek().is_none() {
        return Ok(());
    }
    let mut refusal = CaaRefusal::OtherAuthority {
        tag,
        expected: issuer.identities.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    for record in relevant {
        // One that cannot be read allows nobody (RFC 8659 section 4.2).
        let Some(value) = IssueValue::read(&record.value) else { continue };
        if !issuer.identities.iter().any(|name| name.as_str().eq_ignore_ascii_case(value.authority)) {
            continue;
        }
        if value.allows(question.method, issuer.account_url) {
            return Ok(());
        }
        refusal = CaaRefusal::OtherTerms {
            tag,
            account: issuer.account_url.to_owned(),
            method: question.method.map_or("no proof", ChallengeKind::as_str),
        };
    }
    Err(refusal)
}

/// The value of `issue` and `issuewild`, RFC 8659 section 4.2.
struct IssueValue<'a> {
    /// Empty, when it allows nobody.
    authority: &'a str,
    parameters: Vec<(String, &'a str)>,
}

impl<'a> IssueValue<'a> {
    /// `None` when it is not what the grammar says, or has a parameter twice.
    fn read(value: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        if !text.bytes().all(|octet| octet == b'\t' || (b' '..=b'~').contains(&octet)) {
            return None;
        }
        let (authority, rest) = text.split_once(';').unwrap_or((text, ""));
        let authority = authority.trim_matches(BLANKS);
        if authority.contains(BLANKS) {
            return None;
        }
        let mut parameters: Vec<(String, &str)> = Vec::new();
        for parameter in rest.split(';').map(|text| text.trim_matches(BLANKS)) {
            if parameter.is_empty() && rest.trim_matches(BLANKS).is_empty() {
                break;
            }
            let (tag, value) = parameter.split_once('=')?;
            let (tag, value) = (tag.trim_end_matches(BLANKS), value.trim_start_matches(BLANKS));
            let is_tag = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
            if tag.is_empty() || !tag.bytes().all(is_tag) || value.contains(BLANKS) {
                return None;
            }
            let tag = tag.to_ascii_lowercase();
            if parameters.iter().any(|(other, _)| *other == tag) {
                return None;
            }
            parameters.push((tag, value));
        }
        Some(Self { authority, parameters })
    }

    /// Whether its parameters are met. What no RFC knows is the affair of the authority, and means nothing here.
    fn allows(&self, method: Option<ChallengeKind>, account_url: &str) -> bool {
        self.parameters.iter().all(|(tag, value)| match tag.as_str() {
            // RFC 8657 section 3: the one URL, to the letter.
            "accounturi" => *value == account_url,
            // RFC 8657 section 4.
            "validationmethods" => {
                method.is_some_and(|method| value.split(',').any(|one| one == method.as_str()))
            }
            _ => true,
        })
    }
}

/// `WSP` of RFC 5234.
const BLANKS: [char; 2] = [' ', '\t'];

#[cfg(test)]
mod tests;
