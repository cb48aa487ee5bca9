//! Certificate policies along a path, RFC 5280 section 6.1 with the policy graph of RFC 9618, which keeps the work
//! proportional to the number of policies where a tree grows exponentially.

use std::collections::{BTreeMap, BTreeSet};

use hf_x509::asn1::Oid;
use hf_x509::oids::ANY_POLICY;

use crate::request::PolicyRequest;

/// The most nodes of one level; authorities assert a handful of policies.
const MAX_NODES: usize = 256;

/// What one certificate says about policies.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicyView {
    /// `certificatePolicies`, `None` when the extension is absent.
    pub(crate) policies: Option<Vec<Oid>>,
    /// `policyMappings`: issuer domain policy, subject domain policy.
    pub(crate) mappings: Vec<(Oid, Oid)>,
    /// `policyConstraints`, `requireExplicitPolicy`.
    pub(crate) require_explicit: Option<u64>,
    /// `policyConstraints`, `inhibitPolicyMapping`.
    pub(crate) inhibit_mapping: Option<u64>,
    /// `inhibitAnyPolicy`.
    pub(crate) inhibit_any: Option<u64>,
    /// Issuer and subject are the same name.
    pub(crate) self_issued: bool,
}

/// Why policies refuse a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyFault {
    /// An explicit policy is required and none holds along the path; the position counts from the trust anchor, 1 first.
    NoneValid {
        /// Position of the certificate at which no policy was left.
        position: usize,
    },
    /// `anyPolicy` was mapped.
    AnyMapped {
        /// Position of the certificate.
        position: usize,
    },
    /// More policies than [`MAX_NODES`].
    TooMany {
        /// Position of the certificate.
        position: usize,
    },
}

#[derive(Clone, Debug, Default)]
struct Node {
    expected: BTreeSet<Oid>,
    parents: BTreeSet<Oid>,
}

type Level = BTreeMap<Oid, Node>;

/// Whether the path is valid for its policies. `path` begins with the certificate that the trust anchor issued and ends
/// with the leaf.
pub(crate) fn check(path: &[PolicyView], request: Option<&PolicyRequest>) -> Result<(), PolicyFault> {
    let any = PolicyRequest::default();
    let request = request.unwrap_or(&any);
    let mut state = State::new(path.len(), request);
    for (index, view) in path.iter().enumerate() {
        let position = index + 1;
        let last = position == path.len();
        state.take_policies(view, last);
        if state.levels.last().is_some_and(|level| level.len() > MAX_NODES) {
            return Err(PolicyFault::TooMany { position });
        }
        if state.explicit == 0 && state.is_empty() {
            return Err(PolicyFault::NoneValid { position });
        }
        if last {
            state.wrap_up(view);
        } else {
            state.prepare_next(view).map_err(|()| PolicyFault::AnyMapped { position })?;
        }
    }
    if state.explicit == 0 && !state.has_acceptable(&request.initial) {
        return Err(PolicyFault::NoneValid { position: path.len() });
    }
    Ok(())
}

/// The state variables of RFC 5280 section 6.1.2; the graph is empty when a level is.
struct State {
    levels: Vec<Level>,
    explicit: u64,
    mapping: u64,
    any: u64,
}

impl State {
    fn new(length: usize, request: &PolicyRequest) -> Self {
        let unset = length as u64 + 1;
        let start = |now: bool| if now { 0 } else { unset };
        let root = Node { expected: BTreeSet::from([ANY_POLICY]), parents: BTreeSet::new() };
        Self {
            levels: vec![Level::from([(ANY_POLICY, root)])],
            explicit: start(request.require_explicit),
            mapping: start(request.inhibit_mapping),
            any: start(request.inhibit_any),
        }
    }

    fn is_empty(&self) -> bool {
        self.levels.last().is_none_or(BTreeMap::is_empty)
    }

    /// RFC 5280 section 6.1.3 (d) and (e).
    fn take_policies(&mut self, view: &PolicyView, last: bool) {
        let above = self.levels.last().cloned().unwrap_or_default();
        let mut level = Level::new();
        if let Some(policies) = &view.policies {
            for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
                let parents = parents_of(&above, policy);
                if !parents.is_empty() {
                    level.insert(policy.clone(), leaf_node(policy, parents));
                }
            }
            let any_counts = self.any > 0 || (!last && view.self_issued);
            if policies.contains(&ANY_POLICY) && any_counts {
                add_expected(&mut level, &above);
            }
        }
        self.levels.push(level);
    }

    /// RFC 5280 section 6.1.4 (a), (b) and (h) to (j).
    fn prepare_next(&mut self, view: &PolicyView) -> Result<(), ()> {
        if view.mappings.iter().any(|(from, to)| *from == ANY_POLICY || *to == ANY_POLICY) {
            return Err(());
        }
        self.map(&view.mappings);
        if !view.self_issued {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.any = self.any.saturating_sub(1);
        }
        self.explicit = self.explicit.min(view.require_explicit.unwrap_or(u64::MAX));
        self.mapping = self.mapping.min(view.inhibit_mapping.unwrap_or(u64::MAX));
        self.any = self.any.min(view.inhibit_any.unwrap_or(u64::MAX));
        Ok(())
    }

    fn map(&mut self, mappings: &[(Oid, Oid)]) {
        let Some(level) = self.levels.last_mut() else { return };
        let mut targets: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for (from, to) in mappings {
            targets.entry(from.clone()).or_default().insert(to.clone());
        }
        for (from, to) in targets {
            if self.mapping == 0 {
                level.remove(&from);
            } else if let Some(node) = level.get_mut(&from) {
                node.expected = to;
            } else if level.contains_key(&ANY_POLICY) {
                level.insert(from, Node { expected: to, parents: BTreeSet::from([ANY_POLICY]) });
            }
        }
    }

    /// RFC 5280 section 6.1.5 (a) and (b).
    fn wrap_up(&mut self, view: &PolicyView) {
        self.explicit = self.explicit.saturating_sub(1);
        if view.require_explicit == Some(0) {
            self.explicit = 0;
        }
    }

    /// RFC 9618 section 5.4: a policy of the trust anchor's domain that reaches the leaf and is asked for.
    fn has_acceptable(&self, initial: &[Oid]) -> bool {
        if self.is_empty() {
            return false;
        }
        if initial.is_empty() || initial.contains(&ANY_POLICY) {
            return true;
        }
        let mut reached: BTreeSet<Oid> =
            self.levels.last().into_iter().flat_map(BTreeMap::keys).cloned().collect();
        if reached.contains(&ANY_POLICY) {
            return true;
        }
        for level in self.levels.iter().skip(1).rev() {
            let mut above = BTreeSet::new();
            for (policy, node) in level.iter().filter(|(policy, _)| reached.contains(*policy)) {
                if node.parents.contains(&ANY_POLICY) && initial.contains(policy) {
                    return true;
                }
                above.extend(node.parents.iter().filter(|parent| **parent != ANY_POLICY).cloned());
            }
            reached = above;
        }
        false
    }
}

fn leaf_node(policy: &Oid, parents: BTreeSet<Oid>) -> Node {
    Node { expected: BTreeSet::from([policy.clone()]), parents }
}

/// Nodes above that expect the policy, else `anyPolicy`.
fn parents_of(above: &Level, policy: &Oid) -> BTreeSet<Oid> {
    let mut parents: BTreeSet<Oid> = above
        .iter()
        .filter(|(_, node)| node.expected.contains(policy))
        .map(|(parent, _)| parent.clone())
        .collect();
    if parents.is_empty() && above.contains_key(&ANY_POLICY) {
        parents.insert(ANY_POLICY);
    }
    parents
}

/// RFC 5280 section 6.1.3 (d) (2): `anyPolicy` asserts whatever is expected and not yet asserted.
fn add_expected(level: &mut Level, above: &Level) {
    let mut added: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
    for (parent, node) in above {
        for expected in node.expected.iter().filter(|expected| !level.contains_key(*expected)) {
            added.entry(expected.clone()).or_default().insert(parent.clone());
        }
    }
    for (policy, parents) in added {
        level.insert(policy.clone(), leaf_node(&policy, parents));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(last: u8) -> Oid {
        Oid::from_content(&[0x2b, last]).unwrap()
    }

    fn with(policies: &[Oid]) -> PolicyView {
        PolicyView { policies: Some(policies.to_vec()), ..PolicyView::default() }
    }

    fn explicit(initial: &[Oid]) -> PolicyRequest {
        PolicyRequest { initial: initial.to_vec(), require_explicit: true, ..PolicyRequest::default() }
    }

    #[test]
    fn a_policy_must_hold_along_the_path_when_it_is_asked_for() {
        let path = [with(&[oid(1), oid(2)]), with(&[oid(1)])];
        assert!(check(&path, Some(&explicit(&[oid(1)]))).is_ok());
        assert!(check(&path, Some(&explicit(&[]))).is_ok());
        assert!(check(&path, Some(&explicit(&[oid(2)]))).is_err());
        assert!(check(&path, None).is_ok());
        assert!(check(&[with(&[oid(1)]), with(&[oid(2)])], None).is_ok());
        let broken = [with(&[oid(1)]), with(&[oid(2)])];
        assert_eq!(check(&broken, Some(&explicit(&[]))), Err(PolicyFault::NoneValid { position: 2 }));
        assert!(check(&[PolicyView::default(), with(&[oid(1)])], Some(&explicit(&[]))).is_err());
    }

    #[test]
    fn any_policy_stands_for_all_until_it_is_inhibited() {
        let path = [with(&[ANY_POLICY]), with(&[oid(1)])];
        assert!(check(&path, Some(&explicit(&[oid(1)]))).is_ok());
        assert!(check(&path, Some(&explicit(&[oid(2)]))).is_err());
        let inhibited = PolicyRequest { inhibit_any: true, ..explicit(&[oid(1)]) };
        assert!(check(&path, Some(&inhibited)).is_err());
        let both = [with(&[ANY_POLICY]), with(&[ANY_POLICY])];
        assert!(check(&both, Some(&explicit(&[oid(7)]))).is_ok());
    }

    #[test]
    fn an_authority_may_require_an_explicit_policy() {
        let authority = PolicyView { require_explicit: Some(0), ..with(&[oid(1)]) };
        assert!(check(&[authority.clone(), with(&[oid(1)])], None).is_ok());
        assert!(check(&[authority.clone(), with(&[oid(2)])], None).is_err());
        assert!(check(&[authority, PolicyView::default()], None).is_err());
        let later = PolicyView { require_explicit: Some(3), ..with(&[oid(1)]) };
        assert!(check(&[later, PolicyView::default()], None).is_ok());
    }

    #[test]
    fn mappings_translate_and_can_be_inhibited() {
        let authority = PolicyView { mappings: vec![(oid(1), oid(2))], ..with(&[oid(1)]) };
        let path = [authority, with(&[oid(2)])];
        assert!(check(&path, Some(&explicit(&[oid(1)]))).is_ok());
        assert!(check(&path, Some(&explicit(&[oid(2)]))).is_err());
        let inhibited = PolicyRequest { inhibit_mapping: true, ..explicit(&[oid(1)]) };
        assert!(check(&path, Some(&inhibited)).is_err());
        let any = PolicyView { mappings: vec![(ANY_POLICY, oid(2))], ..with(&[oid(1)]) };
        assert_eq!(check(&[any, with(&[oid(1)])], None), Err(PolicyFault::AnyMapped { position: 1 }));
    }

    #[test]
    fn work_stays_small_where_a_tree_would_explode() {
        let all: Vec<Oid> = (0..100).map(oid).collect();
        let mappings =
            all.iter().flat_map(|from| all.iter().map(move |to| (from.clone(), to.clone()))).collect();
        let authority = PolicyView { mappings, ..with(&all) };
        let path = vec![authority; 10];
        assert!(check(&path, Some(&explicit(&[oid(5)]))).is_ok());
    }
}
