//! Distinguished encoding rules (X.690 section 10): a strict reader, a small writer, object identifiers and times.
//!
//! The reader refuses everything that DER has a second way of writing: indefinite and non-minimal lengths,
//! non-minimal integers, padding bits that are set, booleans other than `00` and `ff`.

mod error;
mod oid;
mod reader;
pub(crate) mod tag;
pub(crate) mod time;
mod writer;

pub use error::{DerError, DerProblem, Tag};
pub use oid::{Oid, OidError};
pub(crate) use reader::{Element, Reader, Span, whole_sequence};
pub(crate) use writer::{Writer, length_octets};

#[cfg(test)]
mod tests;
