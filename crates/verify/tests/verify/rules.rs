//! Every rule in both directions: what obeys is accepted, what breaks it is refused with its code.

use std::collections::BTreeSet;

use crate::support::{
    ListSpec, NOW, Spec, basic_constraints, ce, constraints, dns, general, key_usage, name, names, purposes,
    sequence, tlv,
};
use hf_verify::codes;
use hf_verify::explain::explain;
use hf_verify::gate::{self, Road};
use hf_verify::request::{PolicyRequest, Purpose, RequestedName, VerifyRequest};
use hf_x509::ext::KeyUsage;

/// root 1 → ca 2 → leaf 3, each as specified.
fn chain(root: &Spec, ca: &Spec, leaf: &Spec) -> VerifyRequest {
    let mut request = VerifyRequest::new(leaf.build(), vec![root.build()], NOW.parse().unwrap());
    request.intermediates = vec![ca.build()];
    request
}

fn root() -> Spec {
    Spec::root("root", 1)
}

fn ca() -> Spec {
    Spec::authority("ca", 2, "root", 1)
}

fn leaf() -> Spec {
    Spec::leaf(3, "ca", 2)
}

fn with_root(change: impl Fn(Spec) -> Spec) -> VerifyRequest {
    chain(&change(root()), &ca(), &leaf())
}

fn with_ca(change: impl Fn(Spec) -> Spec) -> VerifyRequest {
    chain(&root(), &change(ca()), &leaf())
}

fn with_leaf(change: impl Fn(Spec) -> Spec) -> VerifyRequest {
    chain(&root(), &ca(), &change(leaf()))
}

fn asking(change: impl Fn(&mut VerifyRequest)) -> VerifyRequest {
    let mut request = chain(&root(), &ca(), &leaf());
    change(&mut request);
    request
}

/// A policy and what it requires.
fn policies(last: u8) -> crate::support::Extension {
    (ce::POLICIES, false, sequence(&[&sequence(&[&tlv(0x06, &[0x2b, last])])]))
}

fn accepted() -> Vec<(&'static str, VerifyRequest)> {
    vec![
        ("a plain chain", asking(|_| {})),
        (
            "for a server with the name",
            asking(|request| {
                request.purpose = Purpose::Server;
                request.names.push(RequestedName::Dns("WWW.example.com".parse().unwrap()));
            }),
        ),
        ("at the last second", with_leaf(|spec| Spec { not_after: "20300601000000Z".to_owned(), ..spec })),
        ("at the first second", with_leaf(|spec| Spec { not_before: "20300601000000Z".to_owned(), ..spec })),
        ("a path length of 0 above the leaf", with_ca(|spec| spec.with(basic_constraints(true, Some(0))))),
        ("an authority as leaf", chain(&root(), &ca(), &Spec::authority("sub", 3, "ca", 2))),
        (
            "names within constraints",
            with_ca(|spec| spec.with(constraints(&[dns("example.com")], &[dns("a.example.com")]))),
        ),
        (
            "a wildcard within constraints",
            chain(
                &root(),
                &ca().with(constraints(&[dns("example.com")], &[])),
                &leaf().with(names(&[dns("*.example.com")])),
            ),
        ),
        (
            "a directory name within constraints",
            with_ca(|spec| spec.with(constraints(&[general(0xa4, &name("leaf"))], &[]))),
        ),
        (
            "an e-mail address within constraints",
            chain(
                &root(),
                &ca().with(constraints(&[general(0x81, b"example.com")], &[])),
                &leaf().with(names(&[general(0x81, b"ops@example.com")])),
            ),
        ),
        (
            "a URI within constraints",
            chain(
                &root(),
                &ca().with(constraints(&[general(0x86, b".example.com")], &[])),
                &leaf().with(names(&[general(0x86, b"spiffe://a.example.com/x")])),
            ),
        ),
        (
            "an address within constraints",
            chain(
                &root(),
                &ca().with(constraints(&[general(0x87, &[10, 0, 0, 0, 255, 0, 0, 0])], &[])),
                &leaf().with(names(&[general(0x87, &[10, 1, 2, 3])])),
            ),
        ),
        ("any purpose of an authority", with_ca(|spec| spec.with(crate::support::any_purpose()))),
        ("a leaf without purposes", {
            let mut request = with_leaf(|spec| spec.without(ce::EXTENDED_KEY_USAGE));
            request.purpose = Purpose::Client;
            request
        }),
        ("whatever key usage for no purpose", {
            let mut request = with_leaf(|spec| spec.with(key_usage(0b0100_0000)));
            (request.purpose, request.tls) = (Purpose::Any, true);
            request
        }),
        ("a client without key usage", {
            let mut request = with_leaf(|spec| spec.without(ce::KEY_USAGE));
            (request.purpose, request.tls) = (Purpose::Client, true);
            request
        }),
        ("key usages that are there", asking(|request| request.key_usage = KeyUsage::DIGITAL_SIGNATURE)),
        ("as many intermediates as allowed", asking(|request| request.max_depth = Some(1))),
        ("a policy that is asked for", {
            let mut request = chain(&root(), &ca().with(policies(5)), &leaf().with(policies(5)));
            request.policies = Some(PolicyRequest {
                initial: vec!["1.3.5".parse().unwrap()],
                require_explicit: true,
                ..PolicyRequest::default()
            });
            request
        }),
        (
            "an empty subject with critical names",
            with_leaf(|spec| {
                let (id, _, value) = names(&[dns("www.example.com")]);
                Spec { subject: name(""), ..spec }.with((id, true, value))
            }),
        ),
        ("lists of both issuers", revocation(|root, ca| vec![root, ca])),
        (
            "a sharded list of the right point",
            revocation_of(&|leaf| leaf.with(point("http://a/1")), |root, ca| {
                vec![root, ca.with(issuing_point(&full_name("http://a/1")))]
            }),
        ),
    ]
}

fn refused() -> Vec<(&'static str, VerifyRequest, &'static str)> {
    let mut rows = refused_certificates();
    rows.extend(refused_places());
    rows.extend(refused_paths());
    rows.extend(refused_names());
    rows.extend(refused_revocation());
    rows
}

fn refused_certificates() -> Vec<(&'static str, VerifyRequest, &'static str)> {
    let malformed = |id| (id, false, vec![0x04, 0x01, 0x00]);
    let uncritical = |(id, _, value): crate::support::Extension| (id, false, value);
    vec![
        (
            "names that cannot be read",
            with_leaf(|spec| spec.with(malformed(ce::SUBJECT_ALT_NAME))),
            "HF-CERT-ENCODING",
        ),
        (
            "an extension twice",
            with_leaf(|mut spec| {
                spec.extensions.push(purposes(&[1]));
                spec
            }),
            "HF-CERT-ENCODING",
        ),
        (
            "an authority without name",
            with_ca(|spec| Spec { subject: name(""), ..spec }),
            "HF-PATH-NO-ISSUER",
        ),
        ("a nameless root", chain(&Spec::root("", 1), &ca(), &Spec::leaf(3, "", 1)), "HF-CERT-EMPTY-NAME"),
        (
            "basic constraints not critical",
            with_ca(|spec| spec.with(uncritical(basic_constraints(true, None)))),
            "HF-CERT-CRITICALITY",
        ),
        (
            "constraints not critical",
            with_ca(|spec| spec.with(uncritical(constraints(&[dns("example.com")], &[])))),
            "HF-CERT-CRITICALITY",
        ),
        (
            "an unknown critical extension",
            with_leaf(|spec| spec.with((99, true, vec![0x05, 0x00]))),
            "HF-CERT-CRITICAL-UNKNOWN",
        ),
        (
            "one on the root",
            with_root(|spec| spec.with((99, true, vec![0x05, 0x00]))),
            "HF-CERT-CRITICAL-UNKNOWN",
        ),
        (
            "a leaf that names no key",
            with_leaf(|spec| spec.without(ce::AUTHORITY_KEY_ID)),
            "HF-CERT-KEY-IDENTIFIER",
        ),
        (
            "an authority that names no key of its own",
            with_ca(|spec| spec.without(ce::SUBJECT_KEY_ID)),
            "HF-CERT-KEY-IDENTIFIER",
        ),
        ("a serial number of zero", with_leaf(|spec| Spec { serial: vec![0], ..spec }), "HF-CERT-SERIAL"),
        ("a negative serial number", with_leaf(|spec| Spec { serial: vec![0x80], ..spec }), "HF-CERT-SERIAL"),
        (
            "a serial number of 21 octets",
            with_leaf(|spec| Spec { serial: vec![1; 21], ..spec }),
            "HF-CERT-SERIAL",
        ),
    ]
}

fn refused_places() -> Vec<(&'static str, VerifyRequest, &'static str)> {
    vec![
        (
            "an expired leaf",
            with_leaf(|spec| Spec { not_after: "20300531235959Z".to_owned(), ..spec }),
            "HF-PATH-EXPIRED",
        ),
        (
            "an expired root",
            with_root(|spec| Spec { not_after: "20300531235959Z".to_owned(), ..spec }),
            "HF-PATH-EXPIRED",
        ),
        (
            "a leaf of tomorrow",
            with_leaf(|spec| Spec { not_before: "20300601000001Z".to_owned(), ..spec }),
            "HF-PATH-NOT-YET-VALID",
        ),
        (
            "a leaf that issues",
            with_ca(|spec| spec.with(basic_constraints(false, None)).with(key_usage(0x80))),
            "HF-PATH-BASIC-CONSTRAINTS",
        ),
        (
            "a root without basic constraints",
            with_root(|spec| spec.without(ce::BASIC_CONSTRAINTS)),
            "HF-PATH-BASIC-CONSTRAINTS",
        ),
        ("an authority that may not sign", with_ca(|spec| spec.with(key_usage(0x80))), "HF-PATH-KEY-USAGE"),
        (
            "a leaf that may sign certificates",
            with_leaf(|spec| spec.with(key_usage(0b1000_0100))),
            "HF-PATH-KEY-USAGE",
        ),
        (
            "an empty subject with names that are not critical",
            with_leaf(|spec| Spec { subject: name(""), ..spec }),
            "HF-NAME-SAN-CRITICAL",
        ),
        ("an underscore", with_leaf(|spec| spec.with(names(&[dns("a_b.example.com")]))), "HF-NAME-MALFORMED"),
        (
            "an address as DNS name",
            with_leaf(|spec| spec.with(names(&[dns("10.0.0.1")]))),
            "HF-NAME-MALFORMED",
        ),
        (
            "constraints with a leading dot",
            with_ca(|spec| spec.with(constraints(&[dns(".example.com")], &[]))),
            "HF-NAME-CONSTRAINT-FORM",
        ),
        (
            "constraints on a leaf",
            with_leaf(|spec| spec.with(constraints(&[dns("example.com")], &[]))),
            "HF-NAME-CONSTRAINT-FORM",
        ),
        (
            "a common name in another spelling",
            with_leaf(|spec| {
                Spec { subject: name("010.000.000.001"), ..spec }
                    .with(names(&[general(0x87, &[10, 0, 0, 1])]))
            }),
            "HF-NAME-COMMON-NAME",
        ),
    ]
}

fn refused_paths() -> Vec<(&'static str, VerifyRequest, &'static str)> {
    vec![
        ("no issuer", asking(|request| request.intermediates.clear()), "HF-PATH-NO-ISSUER"),
        ("no trust anchor", asking(|request| request.trust_anchors.clear()), "HF-PATH-NO-ISSUER"),
        (
            "an untrusted root",
            asking(|request| {
                request.intermediates.append(&mut request.trust_anchors);
                request.trust_anchors.push(Spec::root("other", 7).build());
            }),
            "HF-PATH-UNTRUSTED-ROOT",
        ),
        (
            "another key under the same name",
            chain(&Spec::root("root", 7), &ca(), &leaf()),
            "HF-PATH-SIGNATURE",
        ),
        (
            "too long below the root",
            with_root(|spec| spec.with(basic_constraints(true, Some(0)))),
            "HF-PATH-LENGTH",
        ),
        ("more intermediates than allowed", asking(|request| request.max_depth = Some(0)), "HF-PATH-DEPTH"),
        (
            "another purpose",
            {
                let mut request = with_leaf(|spec| spec.with(purposes(&[1])));
                request.purpose = Purpose::Client;
                request
            },
            "HF-PATH-PURPOSE",
        ),
        (
            "a purpose that the authority does not have",
            {
                let mut request = with_ca(|spec| spec.with(purposes(&[3])));
                request.purpose = Purpose::Server;
                request
            },
            "HF-PATH-PURPOSE",
        ),
        (
            "a server whose key is for other things",
            {
                let mut request = with_leaf(|spec| spec.with(key_usage(0b0100_0000)));
                (request.purpose, request.tls) = (Purpose::Server, true);
                request
            },
            "HF-PATH-KEY-USAGE",
        ),
        (
            "a client whose key, which cannot, shall encipher keys",
            {
                let mut request = with_leaf(|spec| spec.with(key_usage(0b0010_0000)));
                (request.purpose, request.tls) = (Purpose::Client, true);
                request
            },
            "HF-PATH-KEY-USAGE",
        ),
        (
            "key usages that are not there",
            asking(|request| request.key_usage = KeyUsage::KEY_AGREEMENT),
            "HF-PATH-KEY-USAGE",
        ),
        (
            "no policy",
            asking(|request| {
                request.policies = Some(PolicyRequest { require_explicit: true, ..PolicyRequest::default() });
            }),
            "HF-PATH-POLICY",
        ),
        (
            "an authority that requires a policy",
            with_ca(|spec| spec.with((ce::POLICY_CONSTRAINTS, true, sequence(&[&tlv(0x80, &[0])])))),
            "HF-PATH-POLICY",
        ),
    ]
}

fn refused_names() -> Vec<(&'static str, VerifyRequest, &'static str)> {
    let wants = |spec: Spec, wanted: RequestedName| {
        let mut request = chain(&root(), &ca(), &spec);
        request.names.push(wanted);
        request
    };
    let host = |text: &str| RequestedName::Dns(text.parse().unwrap());
    let limited = |permitted: &[Vec<u8>], excluded: &[Vec<u8>], presented: Vec<u8>| {
        chain(&root(), &ca().with(constraints(permitted, excluded)), &leaf().with(names(&[presented])))
    };
    vec![
        ("another host", wants(leaf(), host("example.com")), "HF-NAME-MISMATCH"),
        ("no names", wants(leaf().without(ce::SUBJECT_ALT_NAME), host("leaf.example")), "HF-NAME-MISMATCH"),
        (
            "a wildcard over two labels",
            wants(leaf().with(names(&[dns("*.example.com")])), host("a.b.example.com")),
            "HF-NAME-MISMATCH",
        ),
        (
            "a wildcard over a top-level domain",
            wants(leaf().with(names(&[dns("*.com")])), host("example.com")),
            "HF-NAME-MISMATCH",
        ),
        (
            "another address",
            wants(leaf(), RequestedName::Ip("10.0.0.1".parse().unwrap())),
            "HF-NAME-MISMATCH",
        ),
        (
            "another mailbox",
            wants(leaf(), RequestedName::Email("a@example.com".parse().unwrap())),
            "HF-NAME-MISMATCH",
        ),
        ("a name outside", limited(&[dns("example.org")], &[], dns("www.example.com")), "HF-NAME-CONSTRAINT"),
        (
            "a name excluded",
            limited(&[], &[dns("example.com")], dns("www.example.com")),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a wildcard that reaches outside",
            limited(&[dns("a.example.com")], &[], dns("*.example.com")),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a wildcard that reaches what is excluded",
            limited(&[], &[dns("a.example.com")], dns("*.example.com")),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "an address outside",
            limited(&[general(0x87, &[10, 0, 0, 0, 255, 0, 0, 0])], &[], general(0x87, &[11, 0, 0, 1])),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "an address of the other family",
            limited(&[general(0x87, &[10, 0, 0, 0, 255, 0, 0, 0])], &[], general(0x87, &[0; 16])),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a mailbox outside",
            limited(&[general(0x81, b"ops@example.com")], &[], general(0x81, b"dev@example.com")),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a URI outside",
            limited(&[general(0x86, b"example.com")], &[], general(0x86, b"https://a.example.com/")),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a URI without host",
            limited(&[general(0x86, b"example.com")], &[], general(0x86, b"urn:a:b")),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a subject outside",
            with_ca(|spec| spec.with(constraints(&[general(0xa4, &name("other"))], &[]))),
            "HF-NAME-CONSTRAINT",
        ),
        (
            "a root's constraint",
            with_root(|spec| spec.with(constraints(&[dns("example.org")], &[]))),
            "HF-NAME-CONSTRAINT",
        ),
    ]
}

/// A distribution point of a certificate, and the same name in a list.
fn point(uri: &str) -> crate::support::Extension {
    (ce::DISTRIBUTION_POINTS, false, sequence(&[&sequence(&[&full_name(uri)])]))
}

fn full_name(uri: &str) -> Vec<u8> {
    tlv(0xa0, &tlv(0xa0, &general(0x86, uri.as_bytes())))
}

fn issuing_point(content: &[u8]) -> crate::support::Extension {
    (ce::ISSUING_POINT, true, sequence(&[content]))
}

/// The plain chain with revocation checked by the lists that `change` makes of two good ones.
fn revocation(change: impl Fn(ListSpec, ListSpec) -> Vec<ListSpec>) -> VerifyRequest {
    revocation_of(&|leaf| leaf, change)
}

fn revocation_of(
    change_leaf: &dyn Fn(Spec) -> Spec,
    change: impl Fn(ListSpec, ListSpec) -> Vec<ListSpec>,
) -> VerifyRequest {
    let mut request = with_leaf(change_leaf);
    request.crl_check = true;
    let lists = change(ListSpec::new("root", 1), ListSpec::new("ca", 2));
    request.crls = lists.iter().map(ListSpec::build).collect();
    request
}

fn refused_revocation() -> Vec<(&'static str, VerifyRequest, &'static str)> {
    let flag = |number: u8| issuing_point(&tlv(0x80 + number, &[0xff]));
    let no_signing = {
        let mut request = with_ca(|spec| spec.with(key_usage(0b0000_0100)));
        request.crl_check = true;
        request.crls = vec![ListSpec::new("root", 1).build(), ListSpec::new("ca", 2).build()];
        request
    };
    vec![
        ("a revoked leaf", revocation(|root, ca| vec![root, ca.revoking(&leaf())]), "HF-CRL-REVOKED"),
        (
            "a revoked intermediate",
            revocation(|root, list| vec![root.revoking(&ca()), list]),
            "HF-CRL-REVOKED",
        ),
        ("no list for the intermediate", revocation(|_, ca| vec![ca]), "HF-CRL-MISSING"),
        ("no list", revocation(|_, _| Vec::new()), "HF-CRL-MISSING"),
        ("no number", revocation(|root, ca| vec![root, ca.without(ce::CRL_NUMBER)]), "HF-CRL-NUMBER"),
        (
            "a critical number",
            revocation(|root, ca| vec![root, ca.with((ce::CRL_NUMBER, true, vec![2, 1, 7]))]),
            "HF-CRL-NUMBER",
        ),
        (
            "no key named",
            revocation(|root, ca| vec![root, ca.without(ce::AUTHORITY_KEY_ID)]),
            "HF-CRL-KEY-IDENTIFIER",
        ),
        (
            "another key named",
            revocation(|root, ca| vec![root, ca.with(crate::support::authority_key(7))]),
            "HF-CRL-KEY-IDENTIFIER",
        ),
        (
            "another signer",
            revocation(|root, ca| vec![root, ListSpec { signer: 7, ..ca }]),
            "HF-CRL-SIGNATURE",
        ),
        (
            "a list of yesterday",
            revocation(|root, ca| vec![root, ListSpec { next_update: Some("300531235959Z"), ..ca }]),
            "HF-CRL-STALE",
        ),
        (
            "a list without end",
            revocation(|root, ca| vec![root, ListSpec { next_update: None, ..ca }]),
            "HF-CRL-STALE",
        ),
        (
            "a list of tomorrow",
            revocation(|root, ca| vec![root, ListSpec { this_update: "300601000001Z", ..ca }]),
            "HF-CRL-EARLY",
        ),
        (
            "a delta",
            revocation(|root, ca| vec![root, ca.with((ce::DELTA, true, vec![2, 1, 1]))]),
            "HF-CRL-DELTA",
        ),
        (
            "an unknown critical extension",
            revocation(|root, ca| vec![root, ca.with((99, true, vec![5, 0]))]),
            "HF-CRL-EXTENSION",
        ),
        (
            "an unknown critical extension of an entry",
            revocation(|root, mut ca| {
                ca.entries.push((vec![1, 2, 3], vec![(99, true, vec![5, 0])]));
                vec![root, ca]
            }),
            "HF-CRL-EXTENSION",
        ),
        ("a list of authorities", revocation(|root, ca| vec![root, ca.with(flag(2))]), "HF-CRL-SCOPE"),
        (
            "a list of leaves for an authority",
            revocation(|root, ca| vec![root.with(flag(1)), ca]),
            "HF-CRL-SCOPE",
        ),
        ("an indirect list", revocation(|root, ca| vec![root, ca.with(flag(4))]), "HF-CRL-SCOPE"),
        (
            "some reasons only",
            revocation(|root, ca| vec![root, ca.with(issuing_point(&tlv(0x83, &[6, 0x40])))]),
            "HF-CRL-SCOPE",
        ),
        (
            "another shard",
            revocation_of(&|leaf| leaf.with(point("http://a/1")), |root, ca| {
                vec![root, ca.with(issuing_point(&full_name("http://a/2")))]
            }),
            "HF-CRL-SCOPE",
        ),
        ("an issuer that may not sign lists", no_signing, "HF-CRL-SIGNER-USAGE"),
    ]
}

#[test]
fn what_obeys_is_accepted_by_both() {
    for (what, request) in accepted() {
        let explanation = explain(&request);
        assert_eq!(
            explanation.valid,
            Some(true),
            "{what}: {} {:?}",
            explanation.summary,
            explanation.codes()
        );
        let path = gate::accept(&request).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(path.certificates().len(), 3, "{what}");
    }
}

#[test]
fn what_breaks_a_rule_is_refused_by_both_with_its_code() {
    for (what, request, code) in refused() {
        assert!(gate::accept(&request).is_err(), "{what}");
        let explanation = explain(&request);
        assert_eq!(explanation.valid, Some(false), "{what}");
        assert_eq!(explanation.codes(), vec![code], "{what}: {}", explanation.summary);
        for finding in &explanation.findings {
            assert!(!finding.evidence.is_empty() && finding.rfc.is_some(), "{what}: {finding:?}");
            assert!(!finding.summary.ends_with('.'), "{what}: {}", finding.summary);
        }
    }
}

#[test]
fn every_code_of_a_rule_is_met() {
    let met: BTreeSet<&str> = refused().into_iter().map(|(_, _, code)| code).collect();
    // Weak keys and algorithms are in the corpus; the budget, chains and batches have tests of their own.
    let elsewhere = ["HF-PATH-ALGORITHM", "HF-PATH-KEY", "HF-PATH-BUDGET", "HF-CRL-ENCODING"];
    let rules = ["HF-CERT-", "HF-CRL-", "HF-NAME-", "HF-PATH-"];
    for page in codes::all() {
        let code = page.code.as_str();
        let of_a_rule = rules.iter().any(|family| code.starts_with(family));
        assert!(!of_a_rule || met.contains(code) || elsewhere.contains(&code), "{code} has no case");
    }
}

#[test]
fn the_gate_rides_on_webpki_unless_it_cannot() {
    let road = |request: &VerifyRequest| gate::accept(request).unwrap().road();
    assert_eq!(road(&asking(|_| {})), Road::Webpki);
    assert_eq!(road(&chain(&root(), &ca(), &Spec::authority("sub", 3, "ca", 2))), Road::Own);
}

#[test]
fn every_code_has_a_page_that_says_what_to_do() {
    for page in codes::all() {
        assert!(page.page.starts_with(&format!("# {}: ", page.code)), "{}", page.code);
        assert!(page.page.contains("## How to mend it\n\n* "), "{}", page.code);
        assert_eq!(codes::page(page.code.as_str()), Some(page.page));
    }
    assert!(codes::all().is_sorted_by_key(|page| page.code.as_str()), "in alphabetical order");
}

/// The case as a line of the corpus: request, expectation, and the code that is to be found.
fn line(what: &str, request: &VerifyRequest, code: Option<&str>) -> String {
    let pem = |certificates: &[hf_x509::certificate::Certificate]| -> Vec<String> {
        certificates.iter().map(hf_x509::certificate::Certificate::to_pem).collect()
    };
    let names = request.names.iter().map(|name| match name {
        RequestedName::Dns(name) => serde_json::json!({ "kind": "dns", "value": name.as_str() }),
        RequestedName::Ip(name) => serde_json::json!({ "kind": "ip", "value": name.to_string() }),
        RequestedName::Email(name) => serde_json::json!({ "kind": "email", "value": name.as_str() }),
    });
    let policies = request.policies.as_ref().map(|policies| {
        serde_json::json!({
            "initial": policies.initial.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "require_explicit": policies.require_explicit,
            "inhibit_mapping": policies.inhibit_mapping,
            "inhibit_any": policies.inhibit_any,
        })
    });
    let mut case = serde_json::json!({
        "request": {
            "id": format!("own::{}", what.replace(' ', "-")),
            "leaf": request.leaf.to_pem(),
            "intermediates": pem(&request.intermediates),
            "trust_anchors": pem(&request.trust_anchors),
            "crls": request.crls.iter().map(hf_x509::crl::CertificateList::to_pem).collect::<Vec<_>>(),
            "crl_check": request.crl_check,
            "time": request.time.to_string(),
            "purpose": request.purpose.as_str(),
            "name": null,
            "names": names.collect::<Vec<_>>(),
            "max_depth": request.max_depth,
            "eku": [],
            "key_usage": request.key_usage.names().collect::<Vec<_>>(),
            "policies": policies,
        },
        "expected": if code.is_some() { "invalid" } else { "valid" },
        "importance": "high",
        "features": [],
        "description": what,
        "code": code,
    });
    if request.tls {
        case["request"]["tls"] = true.into();
    }
    format!("{case}\n")
}

/// `cases.jsonl` holds these cases for `cargo xtask corpus` and for the test of the batch. Keys and signatures are the
/// same every time.
#[test]
fn the_file_of_cases_is_current() {
    let accepted = accepted();
    let accepted = accepted.iter().map(|(what, request)| line(what, request, None));
    let refused = refused();
    let refused = refused.iter().map(|(what, request, code)| line(what, request, Some(code)));
    let wanted: String = accepted.chain(refused).collect();
    if wanted != include_str!("../cases.jsonl") {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/cases.jsonl");
        std::fs::write(path, wanted).unwrap();
        panic!("tests/cases.jsonl is not what the tables say; take {path}");
    }
}
