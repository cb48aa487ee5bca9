//! Attempts against servers on loopback: those that answer as they should, and those that attack.

#[cfg(test)]
mod caa;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod http;
#[cfg(test)]
mod redirects;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod tls;

#[cfg(test)]
mod setup {
    use std::net::IpAddr;
    use std::time::Duration;

    use hf_challenge::network::Networks;
    use hf_challenge::settings::{ChallengeLimits, ChallengePorts, ChallengeSettings, NameServers};
    use hf_challenge::validator::NetworkValidator;
    use hf_proto::acme::problem::{Problem, ProblemType};
    use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome, ValidationTask};
    use hf_testkit::dns::DnsServer;

    pub(crate) const TOKEN: &str = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
    pub(crate) const KEY_AUTHORIZATION: &str =
        "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    pub(crate) const DIGEST: &str = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";
    pub(crate) const HOST: &str = "a.example";

    /// What is tried by default: the host, proved by this kind of challenge.
    pub(crate) fn task(kind: ChallengeKind, identifier: &str) -> ValidationTask {
        ValidationTask {
            identifier: identifier.parse().unwrap(),
            wildcard: false,
            kind,
            token: TOKEN.parse().unwrap(),
            key_authorization: KEY_AUTHORIZATION.to_owned(),
            account_url: "https://example.com/acme/acct/ExampleAccount".to_owned(),
        }
    }

    /// Settings that reach loopback and nothing else; the host is at these addresses.
    pub(crate) fn settings(addresses: &[&str]) -> ChallengeSettings {
        let networks = Networks {
            allowed: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
            denied: vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()],
        };
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        ChallengeSettings {
            hosts: [(HOST.parse().unwrap(), addresses)].into(),
            networks,
            limits: ChallengeLimits { query: Duration::from_millis(300), ..ChallengeLimits::default() },
            ..ChallengeSettings::default()
        }
    }

    /// The same at this port for http-01.
    pub(crate) fn at_http(port: u16, addresses: &[&str]) -> ChallengeSettings {
        let ports = ChallengePorts { http: port, https: 1, tls_alpn: 1 };
        ChallengeSettings { ports, ..settings(addresses) }
    }

    /// The same with this name server, and no other way to learn an address.
    pub(crate) fn asking(server: &DnsServer) -> ChallengeSettings {
        let resolver = NameServers::These(vec![server.address()]);
        ChallengeSettings { resolver, hosts: [].into(), ..settings(&[]) }
    }

    pub(crate) async fn attempt(settings: ChallengeSettings, task: &ValidationTask) -> ValidationOutcome {
        NetworkValidator::new(settings).unwrap().validate(task).await
    }

    /// It failed for good, as a problem of this type whose text has these words.
    pub(crate) fn assert_failed(outcome: &ValidationOutcome, kind: ProblemType, words: &str) {
        let ValidationOutcome::Failed(problem) = outcome else { panic!("not failed: {outcome:?}") };
        assert_problem(problem, kind, words);
    }

    /// It may go well later, and the same of its problem.
    pub(crate) fn assert_retry(outcome: &ValidationOutcome, kind: ProblemType, words: &str) {
        let ValidationOutcome::Retry(problem) = outcome else { panic!("not to be tried again: {outcome:?}") };
        assert_problem(problem, kind, words);
    }

    fn assert_problem(problem: &Problem, kind: ProblemType, words: &str) {
        assert_eq!(problem.kind, kind, "{problem}");
        assert!(problem.detail.contains(words), "`{}` does not say `{words}`", problem.detail);
    }
}
