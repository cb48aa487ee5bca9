//! A whole question from a few octets: a small graph of authorities that may issue for each other, with whatever the
//! octets put into it. For property tests and the fuzz target.

use hf_verify::request::{PolicyRequest, Purpose, RequestedName, VerifyRequest};
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;

use super::{
    Extension, ListSpec, NOW, Spec, authority_key, basic_constraints, ce, constraints, dns, general,
    key_usage, name, names, purposes, sequence, tlv,
};

/// Reads the octets one after the other; zeros when there are no more.
struct Octets<'a>(&'a [u8]);

impl Octets<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, limit: u8) -> u8 {
        self.next() % limit
    }

    /// True in one of `many` cases.
    fn rarely(&mut self, many: u8) -> bool {
        self.below(many) == many - 1
    }

    fn some(&mut self, most: u8) -> Vec<u8> {
        let count = self.below(most);
        (0..count).map(|_| self.next()).collect()
    }
}

/// `basicConstraints` of an authority with a path length of 256.
const LONG_PATH: &[u8] = &[0x30, 0x07, 0x01, 0x01, 0xff, 0x02, 0x02, 0x01, 0x00];

/// The question that the octets describe; `None` when the leaf cannot be read.
pub(crate) fn request(octets: &[u8]) -> Option<VerifyRequest> {
    let mut octets = Octets(octets);
    let mut anchors = Vec::new();
    for _ in 0..=octets.below(3) {
        let authority = octets.below(4);
        let signer = if octets.rarely(4) { octets.below(4) } else { authority };
        let spec = Spec::authority(&title(authority), authority, &title(signer), signer);
        anchors.extend(changed(spec, &mut octets));
    }
    let mut intermediates = Vec::new();
    for _ in 0..octets.below(9) {
        let (authority, signer) = (octets.below(4), octets.below(4));
        let key = if octets.rarely(6) { octets.below(8) } else { authority };
        let spec = Spec::authority(&title(authority), key, &title(signer), signer);
        intermediates.extend(changed(spec, &mut octets));
    }
    let signer = octets.below(4);
    let spec = if octets.rarely(6) {
        Spec::authority("leaf", 9, &title(signer), signer).with(names(&[dns("www.example.com")]))
    } else {
        Spec::leaf(9, &title(signer), signer)
    };
    let leaf = changed(spec, &mut octets)?;
    let mut request = VerifyRequest::new(leaf, anchors, NOW.parse().ok()?);
    request.intermediates = intermediates;
    ask(&mut request, &mut octets);
    Some(request)
}

fn title(authority: u8) -> String {
    format!("authority {authority}")
}

/// What is asked beside the path.
fn ask(request: &mut VerifyRequest, octets: &mut Octets<'_>) {
    request.purpose = [Purpose::Any, Purpose::Server, Purpose::Client][usize::from(octets.below(3))];
    if octets.rarely(2) {
        request.names.extend("www.example.com".parse().ok().map(RequestedName::Dns));
    }
    request.max_depth = octets.rarely(5).then(|| u32::from(octets.below(4)));
    if octets.rarely(6) {
        request.policies = Some(PolicyRequest {
            initial: "1.3.5".parse().ok().into_iter().collect(),
            require_explicit: octets.rarely(2),
            inhibit_mapping: octets.rarely(2),
            inhibit_any: octets.rarely(2),
        });
    }
    request.crl_check = octets.rarely(6);
    for _ in 0..octets.below(4) {
        let issuer = octets.below(4);
        let mut list = ListSpec::new(&title(issuer), issuer);
        if octets.rarely(3) {
            list.entries.push((vec![0x01, 9, issuer], Vec::new()));
        }
        if octets.rarely(4) {
            list = list.with(extension(octets));
        }
        request.crls.extend(CertificateList::from_der(list.der()).ok());
    }
}

/// The specification with a few changes, built; `None` when it cannot be read.
fn changed(mut spec: Spec, octets: &mut Octets<'_>) -> Option<Certificate> {
    for _ in 0..octets.below(3) {
        match octets.below(10) {
            8 => "19600101000000Z".clone_into(&mut spec.not_before),
            9 => spec = spec.with((ce::BASIC_CONSTRAINTS, true, LONG_PATH.to_vec())),
            0 => "20300301000000Z".clone_into(&mut spec.not_after),
            1 => "20301001000000Z".clone_into(&mut spec.not_before),
            2 => spec.serial = octets.some(22),
            3 => spec.signer = octets.below(5),
            4 => spec.subject = name(""),
            5 => spec = spec.without(octets.below(40)),
            _ => spec = spec.with(extension(octets)),
        }
    }
    Certificate::from_der(&spec.der()).ok()
}

/// An extension: one of those that rules look at, or anything.
fn extension(octets: &mut Octets<'_>) -> Extension {
    let (id, critical, value) = match octets.below(12) {
        0 => basic_constraints(octets.rarely(2), octets.rarely(2).then(|| octets.below(3))),
        1 => key_usage(octets.next()),
        2 => names(&(0..octets.below(3)).map(|_| one_name(octets)).collect::<Vec<_>>()),
        3 | 4 => {
            let mut bases = || (0..octets.below(3)).map(|_| one_name(octets)).collect::<Vec<_>>();
            let (permitted, excluded) = (bases(), bases());
            constraints(&permitted, &excluded)
        }
        5 => purposes(&[octets.below(5), octets.below(5)]),
        6 => authority_key(octets.below(5)),
        7 => (ce::POLICIES, false, sequence(&[&sequence(&[&[0x06, 0x02, 0x2b, octets.below(8)]])])),
        8 => (ce::POLICY_CONSTRAINTS, true, sequence(&[&tlv(0x80, &[octets.below(3)])])),
        9 => (ce::ISSUING_POINT, true, sequence(&[&tlv(0x80 + octets.below(6), &[0xff])])),
        _ => (octets.below(60), octets.rarely(2), octets.some(40)),
    };
    (id, critical ^ octets.rarely(8), value)
}

fn one_name(octets: &mut Octets<'_>) -> Vec<u8> {
    const TEXTS: [&str; 12] = [
        "*.com",
        "spiffe://example.com/a",
        "example.com",
        "www.example.com",
        "*.example.com",
        "com",
        "",
        ".example.com",
        "ops@example.com",
        "https://www.example.com/",
        "other.internal",
        "a_b.example.com",
    ];
    let text = TEXTS[usize::from(octets.below(12))];
    match octets.below(9) {
        0..=2 => dns(text),
        3 => general(0x81, text.as_bytes()),
        4 => general(0x86, text.as_bytes()),
        5 => general(0xa4, &name(text)),
        6 => general(0x87, &[10, 0, 0, octets.next()]),
        7 => general(0x87, &[10, 0, 0, 0, 255, octets.next(), 0, 0]),
        _ => general(0x80 | octets.below(64), &octets.some(12)),
    }
}
