//! `AlgorithmIdentifier` of signatures.

use super::SignatureAlgorithm as Algorithm;
use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Writer, tag};
use crate::oids;

/// Algorithms whose identifier alone says everything, and whether NULL parameters belong to it (RFC 4055 section 5).
const PLAIN: &[(Algorithm, Oid, bool)] = &[
    (Algorithm::EcdsaSha256, oids::ECDSA_WITH_SHA256, false),
    (Algorithm::EcdsaSha384, oids::ECDSA_WITH_SHA384, false),
    (Algorithm::EcdsaSha512, oids::ECDSA_WITH_SHA512, false),
    (Algorithm::Ed25519, oids::ED25519, false),
    (Algorithm::RsaPkcs1Sha256, oids::SHA256_WITH_RSA, true),
    (Algorithm::RsaPkcs1Sha384, oids::SHA384_WITH_RSA, true),
    (Algorithm::RsaPkcs1Sha512, oids::SHA512_WITH_RSA, true),
    (Algorithm::EcdsaSha1, oids::ECDSA_WITH_SHA1, false),
    (Algorithm::RsaPkcs1Sha1, oids::SHA1_WITH_RSA, true),
    (Algorithm::RsaPkcs1Md5, oids::MD5_WITH_RSA, true),
];

/// Digest and salt length of the RSASSA-PSS variants.
const PSS: &[(Algorithm, Oid, u64)] = &[
    (Algorithm::RsaPssSha256, oids::SHA256, 32),
    (Algorithm::RsaPssSha384, oids::SHA384, 48),
    (Algorithm::RsaPssSha512, oids::SHA512, 64),
];

/// An `AlgorithmIdentifier` as found: the algorithm when it is understood, else its identifier.
///
/// RSA with absent instead of NULL parameters is accepted, as RFC 4055 section 5 asks of readers.
pub(crate) fn read(element: &Element<'_>, field: &'static str) -> Result<Result<Algorithm, Oid>, DerError> {
    let mut inside = element.reader();
    let identifier = inside.expect(tag::OBJECT_IDENTIFIER, field)?;
    let parameters = if inside.is_empty() { None } else { Some(inside.any(field)?) };
    inside.finish(field)?;
    let wrong = || element.fault(field, DerProblem::Parameters);
    if let Some((algorithm, _, null)) =
        PLAIN.iter().find(|(_, oid, _)| oid.as_content() == identifier.content)
    {
        return match parameters {
            None => Ok(Ok(*algorithm)),
            Some(found) if *null && found.tag == tag::NULL && found.content.is_empty() => Ok(Ok(*algorithm)),
            Some(_) => Err(wrong()),
        };
    }
    let oid = identifier.oid(field)?;
    if oid == oids::RSASSA_PSS {
        return Ok(parameters.and_then(|found| read_pss(found.whole).ok().flatten()).ok_or(oid));
    }
    Ok(Err(oid))
}

/// `RSASSA-PSS-params` in one of the three usual forms.
fn read_pss(der: &[u8]) -> Result<Option<Algorithm>, DerError> {
    let field = "RSASSA-PSS-params";
    let mut params = Reader::new(der).sequence(field)?;
    let mut digest = params.expect(tag::context_constructed(0), field)?.reader().sequence(field)?;
    let hash = digest.oid(field)?;
    let mut mask = params.expect(tag::context_constructed(1), field)?.reader().sequence(field)?;
    let generator = mask.oid(field)?;
    let mask_hash = mask.sequence(field)?.oid(field)?;
    let salt = params.expect(tag::context_constructed(2), field)?.reader().expect(tag::INTEGER, field)?;
    let salt = salt.small_integer(field, 1024)?;
    let usual = params.is_empty() && generator == oids::MGF1 && mask_hash == hash;
    let found = PSS.iter().find(|(_, oid, length)| usual && *oid == hash && *length == salt);
    Ok(found.map(|(algorithm, _, _)| *algorithm))
}

pub(super) fn write(algorithm: Algorithm, writer: &mut Writer) {
    if let Some((_, hash, salt)) = PSS.iter().find(|(known, _, _)| *known == algorithm) {
        return write_pss(hash, *salt, writer);
    }
    if let Some((_, oid, null)) = PLAIN.iter().find(|(known, _, _)| *known == algorithm) {
        writer.sequence(|identifier| {
            identifier.oid(oid);
            if *null {
                identifier.null();
            }
        });
    }
}

fn write_pss(hash: &Oid, salt: u64, writer: &mut Writer) {
    let digest = |writer: &mut Writer| {
        writer.sequence(|digest| {
            digest.oid(hash);
            digest.null();
        });
    };
    writer.sequence(|identifier| {
        identifier.oid(&oids::RSASSA_PSS);
        identifier.sequence(|params| {
            params.nested(tag::context_constructed(0), digest);
            params.nested(tag::context_constructed(1), |mask| {
                mask.sequence(|mask| {
                    mask.oid(&oids::MGF1);
                    digest(mask);
                });
            });
            params.nested(tag::context_constructed(2), |length| length.number(tag::INTEGER, salt));
        });
    });
}
