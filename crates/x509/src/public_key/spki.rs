//! `SubjectPublicKeyInfo`: algorithm and BIT STRING.

use super::{Curve, KeyKind};
use crate::asn1::{DerError, DerProblem, Element, Span, Writer, tag, whole_sequence};
use crate::oids;

/// What was read.
pub(super) struct Read {
    pub(super) kind: KeyKind,
    pub(super) key: Span,
    pub(super) rsa: Option<(Span, Span)>,
}

const CURVES: [(Curve, &crate::asn1::Oid, usize); 3] =
    [(Curve::P256, &oids::P256, 32), (Curve::P384, &oids::P384, 48), (Curve::P521, &oids::P521, 66)];

/// The first octet of a point that is written whole, SEC 1 section 2.3.3.
pub(super) const UNCOMPRESSED: u8 = 4;

const FIELD: &str = "subjectPublicKey";

/// Read the structure strictly; what is wrong inside the key becomes its kind.
pub(super) fn read(der: &[u8]) -> Result<Read, DerError> {
    let mut spki = whole_sequence(der, "SubjectPublicKeyInfo")?;
    let field = "SubjectPublicKeyInfo.algorithm";
    let mut identifier = spki.sequence(field)?;
    let algorithm = identifier.expect(tag::OBJECT_IDENTIFIER, field)?;
    let parameters = if identifier.is_empty() { None } else { Some(identifier.any(field)?) };
    identifier.finish(field)?;
    let bits = spki.expect(tag::BIT_STRING, FIELD)?;
    spki.finish("SubjectPublicKeyInfo")?;
    let key = bits.bit_octets(FIELD)?;
    let mut read = Read { kind: KeyKind::Rsa, key: bits.content_span().skip(1), rsa: None };
    let oid = algorithm.oid(field)?;
    let outcome = if oid == oids::EC_PUBLIC_KEY {
        read_ec(parameters, key, &algorithm)
    } else if oid == oids::RSA_ENCRYPTION {
        read_rsa(parameters, &bits).map(|rsa| {
            read.rsa = Some(rsa);
            KeyKind::Rsa
        })
    } else if oid == oids::ED25519 {
        read_ed25519(parameters, key, &algorithm)
    } else {
        Ok(KeyKind::Unsupported { algorithm: oid.clone() })
    };
    read.kind = outcome.unwrap_or_else(|fault| KeyKind::Malformed { algorithm: oid, fault });
    Ok(read)
}

/// RFC 5480: a named curve, the point uncompressed or compressed. The point at infinity is refused.
fn read_ec(
    parameters: Option<Element<'_>>,
    point: &[u8],
    algorithm: &Element<'_>,
) -> Result<KeyKind, DerError> {
    let field = "SubjectPublicKeyInfo.algorithm.parameters";
    let parameters = parameters.ok_or_else(|| algorithm.fault(field, DerProblem::Parameters))?;
    if parameters.tag != tag::OBJECT_IDENTIFIER {
        return Ok(KeyKind::UnsupportedCurve { curve: None });
    }
    let Some((curve, _, size)) = CURVES.iter().find(|(_, oid, _)| oid.as_content() == parameters.content)
    else {
        return Ok(KeyKind::UnsupportedCurve { curve: Some(parameters.oid(field)?) });
    };
    let well_formed = match point.first() {
        Some(&UNCOMPRESSED) => point.len() == 2 * size + 1,
        Some(2 | 3) => point.len() == size + 1,
        _ => false,
    };
    if well_formed { Ok(KeyKind::Ec(*curve)) } else { Err(algorithm.fault(FIELD, DerProblem::Point)) }
}

/// What the compressed form of a point says: whether y is odd, and x.
pub(super) fn compressed(point: &[u8]) -> (bool, &[u8]) {
    match point.split_first() {
        Some((&UNCOMPRESSED, both)) => {
            let (x, y) = both.split_at(both.len() / 2);
            (y.last().is_some_and(|last| last & 1 == 1), x)
        }
        Some((form, x)) => (*form == 3, x),
        None => (false, point),
    }
}

/// RFC 3279 section 2.3.1: NULL parameters, a SEQUENCE of modulus and exponent.
fn read_rsa(parameters: Option<Element<'_>>, bits: &Element<'_>) -> Result<(Span, Span), DerError> {
    let field = "SubjectPublicKeyInfo.algorithm.parameters";
    if parameters.is_none_or(|found| found.tag != tag::NULL || !found.content.is_empty()) {
        return Err(bits.fault(field, DerProblem::Parameters));
    }
    let mut content = bits.content_reader_after(1);
    let mut key = content.sequence("RSAPublicKey")?;
    content.finish("RSAPublicKey")?;
    let modulus = key.expect(tag::INTEGER, "RSAPublicKey.modulus")?;
    let exponent = key.expect(tag::INTEGER, "RSAPublicKey.publicExponent")?;
    key.finish("RSAPublicKey")?;
    let trimmed = |element: &Element<'_>, field| {
        let magnitude = element.unsigned_integer(field)?;
        Ok(element.content_span().skip(element.content.len() - magnitude.len()))
    };
    Ok((trimmed(&modulus, "RSAPublicKey.modulus")?, trimmed(&exponent, "RSAPublicKey.publicExponent")?))
}

/// RFC 8410: no parameters, 32 octets.
fn read_ed25519(
    parameters: Option<Element<'_>>,
    key: &[u8],
    algorithm: &Element<'_>,
) -> Result<KeyKind, DerError> {
    if parameters.is_some() {
        return Err(algorithm.fault("SubjectPublicKeyInfo.algorithm.parameters", DerProblem::Parameters));
    }
    if key.len() == 32 { Ok(KeyKind::Ed25519) } else { Err(algorithm.fault(FIELD, DerProblem::Point)) }
}

pub(super) fn write_ec(curve: Curve, point: &[u8]) -> Vec<u8> {
    write(point, |identifier| {
        identifier.oid(&oids::EC_PUBLIC_KEY);
        if let Some((_, oid, _)) = CURVES.iter().find(|(known, _, _)| *known == curve) {
            identifier.oid(oid);
        }
    })
}

pub(super) fn write_ed25519(key: &[u8]) -> Vec<u8> {
    write(key, |identifier| identifier.oid(&oids::ED25519))
}

pub(super) fn write_rsa(key: &[u8]) -> Vec<u8> {
    write(key, |identifier| {
        identifier.oid(&oids::RSA_ENCRYPTION);
        identifier.null();
    })
}

fn write(key: &[u8], identifier: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::with_capacity(key.len() + 40);
    writer.sequence(|spki| {
        spki.sequence(identifier);
        spki.bit_octets(key);
    });
    writer.into_bytes()
}
