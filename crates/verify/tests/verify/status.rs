//! What lists and responders say of a certificate, and what does not count: forged, another's, old.

use hf_core::time::Timestamp;
use hf_verify::status::{Kind, Opinion, Places, Question, Says, Source, judge};
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{
    CertId, CertIdHash, CertStatus, OcspRequest, OcspResponse, OcspResponseTemplate, ResponderId,
    ResponseStatus, SingleResponse,
};
use hf_x509::signature::{Signature, SignatureAlgorithm};

use crate::support::{ListSpec, NOW, Spec, ce, key_pair, key_usage, name, purposes, sequence, tlv};

const ROOT: u8 = 1;
const LEAF: u8 = 2;
const DELEGATE: u8 = 3;
const STRANGER: u8 = 4;

/// The purpose 1.3.6.1.5.5.7.3.9.
const OCSP_SIGNING: u8 = 9;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn root() -> Certificate {
    Spec::root("root", ROOT).build()
}

fn leaf() -> Spec {
    Spec::leaf(LEAF, "root", ROOT)
}

/// A certificate for signing answers.
fn delegate() -> Spec {
    let mut spec = Spec::leaf(DELEGATE, "root", ROOT).with(purposes(&[OCSP_SIGNING]));
    spec.subject = name("delegate");
    spec
}

fn question() -> Question {
    Question::new(&leaf().build(), &[root()], at(NOW)).unwrap()
}

fn request() -> OcspRequest {
    question().request(Some(vec![7; 32])).unwrap()
}

/// An answer that is right in everything.
struct Answer {
    about: Certificate,
    issuer: Certificate,
    status: CertStatus,
    this_update: &'static str,
    next_update: Option<&'static str>,
    nonce: Option<Vec<u8>>,
    signer: u8,
    certificates: Vec<Certificate>,
}

impl Answer {
    fn good() -> Self {
        Self {
            about: leaf().build(),
            issuer: root(),
            status: CertStatus::Good,
            this_update: NOW,
            next_update: Some("2030-06-02T00:00:00Z"),
            nonce: Some(vec![7; 32]),
            signer: ROOT,
            certificates: Vec::new(),
        }
    }

    fn by(delegate: &Spec) -> Self {
        let signer = delegate.key;
        Self { signer, certificates: vec![delegate.build()], ..Self::good() }
    }

    fn der(&self) -> Vec<u8> {
        let signer = self.certificates.first().unwrap_or(&self.issuer);
        let template = OcspResponseTemplate {
            signature_algorithm: SignatureAlgorithm::Ed25519,
            responder: ResponderId::of_key(signer.public_key()),
            produced_at: at(self.this_update),
            responses: vec![SingleResponse {
                certificate: CertId::new(CertIdHash::Sha1, &self.issuer, &self.about.serial().unwrap()),
                status: self.status,
                this_update: at(self.this_update),
                next_update: self.next_update.map(at),
            }],
            nonce: self.nonce.clone(),
        };
        let tbs = template.finalize().unwrap();
        let signature = Signature::new(key_pair(self.signer).sign(tbs.bytes()).as_ref());
        OcspResponse::assemble(&tbs, &signature, &self.certificates).unwrap()
    }

    fn opinion(&self) -> Opinion {
        opinion(&self.der(), &[])
    }
}

fn opinion(der: &[u8], lists: &[ListSpec]) -> Opinion {
    let lists: Vec<_> = lists.iter().map(ListSpec::build).collect();
    question().by_response(&request(), &OcspResponse::from_der(der).unwrap(), &lists)
}

fn codes(opinion: &Opinion) -> Vec<&'static str> {
    opinion.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// It says nothing that counts, for this reason and no other.
#[track_caller]
fn refused(opinion: &Opinion, code: &str) {
    assert_eq!((opinion.says, codes(opinion)), (Says::Nothing, vec![code]), "{opinion:?}");
    assert!(opinion.basis.is_none());
    for finding in &opinion.findings {
        assert!(!finding.evidence.is_empty() && finding.rfc.is_some(), "{finding:?}");
    }
}

#[test]
fn an_answer_of_the_issuer_counts() {
    let opinion = Answer::good().opinion();
    assert_eq!((opinion.says, codes(&opinion)), (Says::Good, vec![]));
    let basis = opinion.basis.unwrap();
    assert_eq!((basis.this_update, basis.next_update), (at(NOW), Some(at("2030-06-02T00:00:00Z"))));
    assert_eq!(basis.delegate, None);
    let revoked = CertStatus::Revoked { at: at("2030-05-31T00:00:00Z"), reason: Some(1) };
    let opinion = Answer { status: revoked, ..Answer::good() }.opinion();
    let expected = Says::Revoked { at: at("2030-05-31T00:00:00Z"), reason: "keyCompromise" };
    assert_eq!(opinion.says, expected);
    assert_eq!(Answer { status: CertStatus::Unknown, ..Answer::good() }.opinion().says, Says::Unknown);
}

#[test]
fn an_answer_of_a_delegate_counts() {
    let opinion = Answer::by(&delegate()).opinion();
    assert_eq!(opinion.says, Says::Good);
    assert_eq!(opinion.basis.unwrap().delegate.as_deref(), Some("CN=delegate"));
}

#[test]
fn nobody_answers_whom_the_issuer_did_not_appoint() {
    let mut another = delegate();
    (another.signer, another.issuer) = (STRANGER, name("stranger"));
    let mut same_name = delegate();
    same_name.signer = STRANGER;
    let mut ended = delegate();
    ended.not_after = "20300531235959Z".to_owned();
    for spec in [
        another,
        same_name,
        ended,
        delegate().with(purposes(&[1, 2])),
        delegate().without(ce::EXTENDED_KEY_USAGE),
        delegate().with(key_usage(0b0000_0100)),
        // The certificate that is asked about, in the hand of its owner.
        leaf(),
    ] {
        refused(&Answer::by(&spec).opinion(), "HF-OCSP-RESPONDER");
    }
}

#[test]
fn a_delegate_on_a_list_does_not_count_unless_nobody_need_ask() {
    let list = [ListSpec::new("root", ROOT).revoking(&delegate())];
    let der = Answer::by(&delegate()).der();
    refused(&opinion(&der, &list), "HF-OCSP-RESPONDER");
    assert_eq!(opinion(&der, &[ListSpec::new("root", ROOT)]).says, Says::Good);
    // A list that somebody else signed revokes nobody.
    let forged = [ListSpec { signer: STRANGER, ..list[0].clone() }];
    assert_eq!(opinion(&der, &forged).says, Says::Good);
}

#[test]
fn a_forged_or_exchanged_answer_does_not_count() {
    refused(&Answer { signer: STRANGER, ..Answer::good() }.opinion(), "HF-OCSP-SIGNATURE");
    // The stranger's own certificate along with it, and the delegate's, whose key the stranger does not have.
    let stranger = Spec::root("root", STRANGER).build();
    let forged = Answer { signer: STRANGER, certificates: vec![stranger], ..Answer::good() };
    refused(&forged.opinion(), "HF-OCSP-RESPONDER");
    let forged = Answer { signer: STRANGER, ..Answer::by(&delegate()) };
    refused(&forged.opinion(), "HF-OCSP-SIGNATURE");
    let mut other = leaf();
    other.serial = vec![0x01, 0x77];
    refused(&Answer { about: other.build(), ..Answer::good() }.opinion(), "HF-OCSP-OTHER");
    // The same serial number of another issuer with the same name.
    let namesake = Spec::root("root", STRANGER).build();
    let exchanged = Answer { issuer: namesake, certificates: vec![root()], ..Answer::good() };
    refused(&exchanged.opinion(), "HF-OCSP-OTHER");
}

#[test]
fn every_octet_of_an_answer_is_protected() {
    let der = Answer::good().der();
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 0x01;
        let Ok(response) = OcspResponse::from_der(&changed) else { continue };
        let opinion = question().by_response(&request(), &response, &[]);
        assert_eq!(opinion.says, Says::Nothing, "octet {index}: {opinion:?}");
    }
}

#[test]
fn an_answer_has_its_time() {
    let lasting = |this_update, next_update| Answer { this_update, next_update, ..Answer::good() };
    let next = Some("2030-06-02T00:00:00Z");
    assert_eq!(lasting("2030-06-01T00:05:00Z", next).opinion().says, Says::Good, "a clock ahead of ours");
    refused(&lasting("2030-06-01T00:05:01Z", next).opinion(), "HF-OCSP-EARLY");
    assert_eq!(lasting("2030-05-01T00:00:00Z", Some(NOW)).opinion().says, Says::Good);
    refused(&lasting("2030-05-01T00:00:00Z", Some("2030-05-31T23:59:59Z")).opinion(), "HF-OCSP-STALE");
    // Without nextUpdate it counts when it was made for this request, or just now.
    assert_eq!(lasting("2030-05-01T00:00:00Z", None).opinion().says, Says::Good);
    let kept = Answer { nonce: None, ..lasting("2030-05-01T00:00:00Z", None) };
    refused(&kept.opinion(), "HF-OCSP-STALE");
    let recent = Answer { nonce: None, ..lasting("2030-05-31T23:55:00Z", None) };
    assert_eq!(recent.opinion().says, Says::Good);
}

#[test]
fn a_nonce_comes_back_or_is_left_out() {
    refused(&Answer { nonce: Some(vec![8; 32]), ..Answer::good() }.opinion(), "HF-OCSP-NONCE");
    let without = Answer { nonce: None, ..Answer::good() }.opinion();
    assert_eq!((without.says, codes(&without)), (Says::Good, vec!["HF-OCSP-NONCE"]));
    let question = question();
    let silent = question.request(None).unwrap();
    let response = OcspResponse::from_der(&Answer::good().der()).unwrap();
    assert_eq!(codes(&question.by_response(&silent, &response, &[])), [""; 0]);
}

#[test]
fn a_refusal_is_no_answer() {
    for status in ResponseStatus::ALL.into_iter().filter(|status| *status != ResponseStatus::Successful) {
        refused(&opinion(&OcspResponse::without_answer(status), &[]), "HF-OCSP-REFUSED");
    }
}

#[test]
fn a_list_is_judged_as_on_a_path() {
    let say = |spec: ListSpec| question().by_list(&spec.build());
    let good = say(ListSpec::new("root", ROOT));
    assert_eq!((good.says, codes(&good)), (Says::Good, vec![]));
    assert_eq!(good.basis.unwrap().crl_number.as_deref(), Some("7"));
    let revoked = say(ListSpec::new("root", ROOT).revoking(&leaf()));
    let expected = Says::Revoked { at: at("2030-05-31T00:00:00Z"), reason: "unspecified" };
    assert_eq!(revoked.says, expected);
    refused(&say(ListSpec::new("stranger", STRANGER)), "HF-CRL-MISSING");
    refused(&say(ListSpec { signer: STRANGER, ..ListSpec::new("root", ROOT) }), "HF-CRL-SIGNATURE");
    let stale = ListSpec { next_update: Some("300531235959Z"), ..ListSpec::new("root", ROOT) };
    refused(&say(stale), "HF-CRL-STALE");
    // A list for another distribution point: the list of another shard, sent by somebody on the way.
    let uri = tlv(0x86, b"http://a.example/2.crl");
    let point = (ce::ISSUING_POINT, true, sequence(&[&tlv(0xa0, &tlv(0xa0, &uri))]));
    refused(&say(ListSpec::new("root", ROOT).with(point)), "HF-CRL-SCOPE");
}

#[test]
fn only_the_issuer_that_signed_counts() {
    let namesake = Spec::root("root", STRANGER).build();
    let own = Question::new(&leaf().build(), &[namesake.clone(), root()], at(NOW)).unwrap();
    assert_eq!(own.issuer(), &root());
    for candidates in [vec![], vec![namesake]] {
        let finding = Question::new(&leaf().build(), &candidates, at(NOW)).unwrap_err();
        assert_eq!(finding.code.as_str(), "HF-STATUS-ISSUER");
        assert_eq!(finding.hints.len(), 1);
    }
    assert_eq!(judge(&root(), &[]).says, Says::Nothing);
}

fn source(kind: Kind, says: Says, this_update: &str) -> Source {
    let mut opinion = Answer::good().opinion();
    opinion.says = says;
    if let Some(basis) = &mut opinion.basis {
        basis.this_update = at(this_update);
    }
    Source { kind, at: format!("{kind:?}"), opinion }
}

#[test]
fn the_gravest_word_counts_and_every_contradiction_is_named() {
    let revoked = Says::Revoked { at: at("2030-05-31T00:00:00Z"), reason: "superseded" };
    let otherwise = Says::Revoked { at: at("2030-05-31T00:00:00Z"), reason: "keyCompromise" };
    let (before, then, after) = ("2030-05-30T00:00:00Z", "2030-05-31T00:00:00Z", NOW);
    let cases = [
        (vec![], Says::Nothing, false, vec![("HF-STATUS-NO-SOURCE", "error")]),
        (vec![(Says::Good, after)], Says::Good, true, vec![]),
        (vec![(Says::Good, after), (Says::Good, before)], Says::Good, true, vec![]),
        (vec![(revoked, after), (revoked, after)], revoked, true, vec![]),
        (vec![(Says::Nothing, after), (Says::Nothing, after)], Says::Nothing, true, vec![]),
        // One is silent: what the other says stands, but nobody confirms it.
        (vec![(Says::Good, after), (Says::Nothing, after)], Says::Good, false, vec![]),
        (vec![(Says::Nothing, after), (revoked, after)], revoked, false, vec![]),
        (
            vec![(Says::Good, before), (revoked, after)],
            revoked,
            false,
            vec![("HF-STATUS-CONFLICT", "warning")],
        ),
        (vec![(Says::Good, then), (revoked, after)], revoked, false, vec![("HF-STATUS-CONFLICT", "warning")]),
        (vec![(Says::Good, after), (revoked, after)], revoked, false, vec![("HF-STATUS-CONFLICT", "error")]),
        (
            vec![(Says::Good, after), (Says::Unknown, after)],
            Says::Unknown,
            false,
            vec![("HF-STATUS-CONFLICT", "error")],
        ),
        (
            vec![(Says::Unknown, after), (revoked, after), (Says::Good, after)],
            revoked,
            false,
            vec![("HF-STATUS-CONFLICT", "error"); 2],
        ),
        (vec![(revoked, after), (otherwise, after)], revoked, false, vec![("HF-STATUS-CONFLICT", "warning")]),
    ];
    for (said, says, agreed, findings) in cases {
        let sources: Vec<Source> = said
            .iter()
            .enumerate()
            .map(|(index, (says, time))| source(if index == 0 { Kind::Crl } else { Kind::Ocsp }, *says, time))
            .collect();
        let verdict = judge(&leaf().build(), &sources);
        let found: Vec<_> =
            verdict.findings.iter().map(|one| (one.code.as_str(), one.severity.as_str())).collect();
        assert_eq!((verdict.says, verdict.agreed, found), (says, agreed, findings), "{said:?}");
        assert_eq!(verdict.is_good(), agreed && says == Says::Good, "{said:?}");
    }
}

/// RFC 5280 section 3.3: lists of that time need not name it; responders still know it.
#[test]
fn a_list_from_after_the_end_need_not_name_what_is_revoked() {
    let mut spec = leaf();
    spec.not_after = "20300530000000Z".to_owned();
    let certificate = spec.build();
    let revoked = Says::Revoked { at: at("2030-05-20T00:00:00Z"), reason: "superseded" };
    let judged = |kind, time: &str| {
        let sources = [source(kind, Says::Good, time), source(Kind::Ocsp, revoked, NOW)];
        let mut verdict = judge(&certificate, &sources);
        assert_eq!((verdict.says, verdict.agreed, verdict.findings.len()), (revoked, false, 1));
        verdict.findings.remove(0)
    };
    let ended = judged(Kind::Crl, "2030-05-30T00:00:01Z");
    assert_eq!((ended.severity.as_str(), ended.hints.len()), ("warning", 0), "{ended:?}");
    assert!(ended.summary.contains("has expired"), "{ended:?}");
    for (kind, time) in [(Kind::Crl, "2030-05-30T00:00:00Z"), (Kind::Ocsp, NOW)] {
        let finding = judged(kind, time);
        assert_eq!((finding.severity.as_str(), finding.hints.len()), ("error", 1), "{finding:?}");
    }
}

#[test]
fn addresses_come_from_the_certificate_as_far_as_they_are_http() {
    let uri = |text: &str| tlv(0x86, text.as_bytes());
    let point = |names: &[&str]| {
        let names: Vec<u8> = names.iter().flat_map(|name| uri(name)).collect();
        sequence(&[&tlv(0xa0, &tlv(0xa0, &names))])
    };
    let points = sequence(&[
        &point(&["ldap://a.example/cn=x", "http://a.example/1.crl", "http://b.example/1.crl"]),
        &point(&["HTTPS://a.example/2.crl"]),
        &point(&["file:///etc/passwd"]),
    ]);
    let places = Places::of(&leaf().with((ce::DISTRIBUTION_POINTS, false, points)).build());
    assert_eq!(places.lists, ["http://a.example/1.crl", "HTTPS://a.example/2.crl"]);
    assert_eq!((places.responders.len(), places.issuers.len()), (0, 0));
    let many: Vec<u8> = (0..50).flat_map(|number| point(&[&format!("http://a.example/{number}")])).collect();
    let places = Places::of(&leaf().with((ce::DISTRIBUTION_POINTS, false, tlv(0x30, &many))).build());
    assert_eq!(places.lists.len(), Places::MAX);
}
