//! Limits on what an outsider may hand in, checked before anything else is read.
//!
//! The pre-check walks every header of an object once, without allocating: size, depth, definite and minimal lengths,
//! nothing left over. What passes can be read without further fear of long loops.

use crate::asn1::{DerError, DerProblem, Reader, tag};

/// The largest certificate, request, key or name, in octets of DER. Those in use stay below 10,000.
pub const MAX_OBJECT: usize = 64 * 1024;

/// The largest PKCS#7 bundle, in octets of DER: many certificates.
pub const MAX_BUNDLE: usize = 16 * 1024 * 1024;

/// The largest CRL, in octets of DER: about six million entries.
pub const MAX_CRL: usize = 256 * 1024 * 1024;

/// The deepest nesting. X.509 itself needs about ten levels.
pub const MAX_DEPTH: usize = 32;

/// The most extensions in one certificate, request or CRL. Those in use have fewer than 20.
pub const MAX_EXTENSIONS: usize = 128;

/// The most names in one extension. Real certificates with more than 100 exist; BetterTLS tests with thousands.
pub const MAX_GENERAL_NAMES: usize = 16_384;

/// Check `input` as one DER element of at most `max` octets, nested at most [`MAX_DEPTH`] deep.
pub fn check(input: &[u8], field: &'static str, max: usize) -> Result<(), DerError> {
    if input.len() > max {
        return Err(DerError::new(field, 0, DerProblem::TooLarge { octets: input.len(), max }));
    }
    let mut reader = Reader::new(input);
    let element = reader.any(field)?;
    reader.finish(field)?;
    if element.tag & tag::CONSTRUCTED != 0 {
        check_inside(element.reader(), field)?;
    }
    Ok(())
}

/// Walk all elements inside, keeping the readers of the levels above on a fixed stack.
fn check_inside(outermost: Reader<'_>, field: &'static str) -> Result<(), DerError> {
    let mut above = [outermost; MAX_DEPTH];
    let mut depth: usize = 0;
    let mut reader = outermost;
    loop {
        if reader.is_empty() {
            let Some(parent) = depth.checked_sub(1) else { return Ok(()) };
            depth = parent;
            reader = above.get(depth).copied().unwrap_or(outermost);
            continue;
        }
        let element = reader.any(field)?;
        if element.tag & tag::CONSTRUCTED != 0 {
            // The outermost element and this one are levels as well.
            let place = above.get_mut(depth).filter(|_| depth + 2 <= MAX_DEPTH);
            *place.ok_or_else(|| element.fault(field, DerProblem::TooDeep { max: MAX_DEPTH }))? = reader;
            depth += 1;
            reader = element.reader();
        }
    }
}

#[cfg(test)]
mod tests;
