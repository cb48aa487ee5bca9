//! What is wrong with octets that should be DER, and where.

use std::fmt;

use super::tag;

/// Octets that are not what they should be: in which field, at which octet, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}, at octet {at}")]
pub struct DerError {
    /// The field in the words of the RFC, for example `tbsCertificate.serialNumber`.
    pub field: &'static str,
    /// Octet, counted from 0 at the beginning of the object (of the extension's value inside an extension).
    pub at: usize,
    /// What is wrong there.
    pub problem: DerProblem,
}

impl DerError {
    pub(crate) fn new(field: &'static str, at: usize, problem: DerProblem) -> Self {
        Self { field, at, problem }
    }
}

/// An identifier octet, shown by its ASN.1 name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(pub u8);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            tag::BOOLEAN => "BOOLEAN",
            tag::INTEGER => "INTEGER",
            tag::BIT_STRING => "BIT STRING",
            tag::OCTET_STRING => "OCTET STRING",
            tag::NULL => "NULL",
            tag::OBJECT_IDENTIFIER => "OBJECT IDENTIFIER",
            tag::ENUMERATED => "ENUMERATED",
            tag::UTF8_STRING => "UTF8String",
            tag::NUMERIC_STRING => "NumericString",
            tag::PRINTABLE_STRING => "PrintableString",
            tag::TELETEX_STRING => "TeletexString",
            tag::IA5_STRING => "IA5String",
            tag::UTC_TIME => "UTCTime",
            tag::GENERALIZED_TIME => "GeneralizedTime",
            tag::VISIBLE_STRING => "VisibleString",
            tag::UNIVERSAL_STRING => "UniversalString",
            tag::BMP_STRING => "BMPString",
            tag::SEQUENCE => "SEQUENCE",
            tag::SET => "SET",
            other if other & 0xc0 == 0x80 => return write!(f, "[{}]", other & 0x1f),
            other => return write!(f, "tag {other:02x}"),
        };
        f.write_str(name)
    }
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DerProblem {
    /// The object ends before the element does.
    #[error("the octets end too early")]
    Truncated,
    /// A tag number above 30, which X.509 never uses.
    #[error("a tag number above 30")]
    HighTag,
    /// X.690 section 10.1 forbids the indefinite form.
    #[error("a length of indefinite form, which DER forbids")]
    IndefiniteLength,
    /// X.690 section 10.1: as few octets as possible.
    #[error("a length written with more octets than needed, which DER forbids")]
    LengthNotMinimal,
    /// A length of more than four octets.
    #[error("a length of more than 4 octets")]
    LengthTooLong,
    /// Another type.
    #[error("found {found}, expected {expected}")]
    UnexpectedTag {
        /// What stands in the standard.
        expected: Tag,
        /// What stands there.
        found: Tag,
    },
    /// A type that is not one of several allowed.
    #[error("found {found}, which is not one of the types allowed here")]
    TagNotAllowed {
        /// What stands there.
        found: Tag,
    },
    /// A field is missing.
    #[error("nothing is there, expected {expected}")]
    Missing {
        /// What stands in the standard.
        expected: Tag,
    },
    /// Octets after the end.
    #[error("{octets} octets are left over")]
    Trailing {
        /// How many.
        octets: usize,
    },
    /// Octets that are no structure of the TLS presentation language, RFC 8446 section 3.
    #[error("no {expected} of the TLS presentation language")]
    Presentation {
        /// What was expected.
        expected: &'static str,
    },
    /// A critical extension that is not known, RFC 5280 section 4.2.
    #[error("a critical extension that is not known")]
    CriticalExtension,
    /// Nested deeper than [`crate::limits::MAX_DEPTH`].
    #[error("nested deeper than {max} levels")]
    TooDeep {
        /// The deepest allowed.
        max: usize,
    },
    /// Larger than allowed.
    #[error("{octets} octets long, at most {max} are allowed")]
    TooLarge {
        /// How many octets.
        octets: usize,
        /// The most allowed.
        max: usize,
    },
    /// More elements than allowed.
    #[error("more than {max} elements")]
    TooMany {
        /// The most allowed.
        max: usize,
    },
    /// A sequence that must not be empty.
    #[error("an empty sequence where at least one element is required")]
    Empty,
    /// Neither `00` nor `ff`.
    #[error("a BOOLEAN that is neither 00 nor ff")]
    Boolean,
    /// Written although it is the default, X.690 section 11.5.
    #[error("a default value is written out, which DER forbids")]
    DefaultEncoded,
    /// X.690 section 8.3.2.
    #[error("an INTEGER with no octets or more octets than needed, which DER forbids")]
    IntegerNotMinimal,
    /// Must not be negative.
    #[error("a negative number")]
    IntegerNegative,
    /// Does not fit.
    #[error("a number above {max}")]
    IntegerTooLarge {
        /// The largest allowed.
        max: u64,
    },
    /// Unused bits above 7 or not zero, X.690 section 11.2.
    #[error("a BIT STRING whose unused bits are wrong")]
    BitString,
    /// A named bit list with trailing zeros, X.690 section 11.2.2.
    #[error("a list of bits with trailing zeros, which DER forbids")]
    NamedBits,
    /// Not a whole number of octets.
    #[error("a BIT STRING that is not a whole number of octets")]
    BitsNotOctets,
    /// X.690 section 8.19.
    #[error("an OBJECT IDENTIFIER that is empty, cut off or not minimal")]
    Oid,
    /// Not the characters of its string type.
    #[error("octets that are no {string}")]
    Characters {
        /// The string type.
        string: Tag,
    },
    /// A NUL character, with which names are shortened by fraud.
    #[error("a NUL character in a name")]
    Nul,
    /// Not `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
    #[error("a time that is not written as RFC 5280 section 4.1.2.5 asks")]
    Time,
    /// Elements of a SET OF out of order, X.690 section 11.6.
    #[error("the elements of a SET are not in the order that DER asks for")]
    SetOrder,
    /// A version that does not exist or does not fit.
    #[error("version number {found}, which this object cannot have")]
    Version {
        /// The number as written (one less than the version's name).
        found: u64,
    },
    /// The algorithm inside the signed part differs from the one outside, RFC 5280 section 4.1.1.2.
    #[error("the signature algorithm differs from the one inside the signed part")]
    AlgorithmMismatch,
    /// Same element twice.
    #[error("the same element is there twice")]
    Duplicate,
    /// An address of neither 4 nor 16 octets (8 or 32 with a mask).
    #[error("an IP address of {octets} octets")]
    IpAddress {
        /// How many octets.
        octets: usize,
    },
    /// A mask that is no prefix.
    #[error("an IP mask whose one bits are not contiguous")]
    IpMask,
    /// Not the content type expected.
    #[error("a content type other than expected")]
    ContentType,
    /// Key parameters other than a named curve, or parameters where none may be.
    #[error("algorithm parameters that this algorithm cannot have")]
    Parameters,
    /// A point that is not in the uncompressed or compressed form of its curve.
    #[error("an elliptic-curve point of the wrong form or length")]
    Point,
}
