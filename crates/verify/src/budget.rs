//! Bounds on the work that a stranger's certificates can cause.

/// What is left of each kind of work. Once something runs out, the answer is "not valid" with `HF-PATH-BUDGET`.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    signatures: u32,
    steps: u32,
    paths: u32,
    comparisons: u32,
    exhausted: Option<&'static str>,
}

impl Budget {
    /// Signature checks for one question. rustls-webpki and Go allow 100 and forget results; each pair of certificate
    /// and issuer is checked once here, so 200 cover larger graphs in less time.
    const SIGNATURES: u32 = 200;

    /// Certificates put on a path while searching. `mozilla::pkix` allows 200,000 without rules in between.
    const STEPS: u32 = 5_000;

    /// Complete paths whose rules are looked at. Real bridges between authorities offer fewer than ten.
    const PATHS: u32 = 200;

    /// Comparisons of a name with a subtree, the number of Go's crypto/x509 and of rustls-webpki.
    const COMPARISONS: u32 = 250_000;

    /// The most intermediates on a path, self-issued ones included. rustls takes 6, pyca 8; hierarchies in use have at
    /// most 4.
    pub(crate) const DEPTH: usize = 10;

    /// Certificates that are looked at beside the leaf; more are left out with a warning.
    pub(crate) const CERTIFICATES: usize = 1_000;

    pub(crate) fn new() -> Self {
        Self {
            signatures: Self::SIGNATURES,
            steps: Self::STEPS,
            paths: Self::PATHS,
            comparisons: Self::COMPARISONS,
            exhausted: None,
        }
    }

    /// What ran out, in words.
    pub(crate) fn exhausted(&self) -> Option<&'static str> {
        self.exhausted
    }

    /// Take one signature check; false when none is left.
    pub(crate) fn signature(&mut self) -> bool {
        take(&mut self.signatures, &mut self.exhausted, "200 signature checks")
    }

    /// Take one step of the search.
    pub(crate) fn step(&mut self) -> bool {
        take(&mut self.steps, &mut self.exhausted, "5,000 steps of path building")
    }

    /// Take one complete path.
    pub(crate) fn path(&mut self) -> bool {
        take(&mut self.paths, &mut self.exhausted, "200 complete paths")
    }

    /// Take one comparison of a name with a subtree.
    pub(crate) fn comparison(&mut self) -> bool {
        take(&mut self.comparisons, &mut self.exhausted, "250,000 comparisons with name constraints")
    }
}

fn take(left: &mut u32, exhausted: &mut Option<&'static str>, name: &'static str) -> bool {
    if let Some(rest) = left.checked_sub(1) {
        *left = rest;
        return true;
    }
    exhausted.get_or_insert(name);
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_out_first_is_named() {
        let mut budget = Budget::new();
        assert!((0..Budget::SIGNATURES).all(|_| budget.signature()));
        assert_eq!(budget.exhausted(), None);
        assert!(!budget.signature());
        assert!(budget.step());
        assert_eq!(budget.exhausted(), Some("200 signature checks"));
    }
}
