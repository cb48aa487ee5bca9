//! Error codes: a category times 1000 plus a reason, and the message that goes with each.
//!
//! CFSSL `errors/error.go`. A code is closed here: combinations that CFSSL would panic on cannot be written.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::go_json;

/// A failure as CFSSL tells it: `{"code":N,"message":"..."}`, which is also its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CfsslError {
    /// Category and reason, for example 5300; 0 when there is none.
    pub code: i64,
    /// What went wrong, for people.
    pub message: String,
}

impl CfsslError {
    /// The failure with its canonical message.
    pub fn new(kind: ErrorKind) -> Self {
        Self { code: kind.code(), message: kind.message().to_owned() }
    }

    /// The failure with a message of its own, as CFSSL's `Wrap` makes it.
    pub fn wrap(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { code: kind.code(), message: message.to_string() }
    }

    /// Which failure it is, when the code is a known one.
    pub fn kind(&self) -> Option<ErrorKind> {
        ErrorKind::from_code(self.code)
    }
}

impl fmt::Display for CfsslError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&go_json::to_string(self))
    }
}

impl std::error::Error for CfsslError {}

impl From<ErrorKind> for CfsslError {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

/// One row a code: variant, code, canonical message.
macro_rules! error_kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $message:literal;)+) => {
        /// Every failure that CFSSL has a code for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[$doc])* #[doc = concat!("(", stringify!($code), ")")] $kind,)+
        }

        impl ErrorKind {
            /// Every failure, by code.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// Category times 1000 plus reason.
            pub fn code(self) -> i64 {
                match self { $(Self::$kind => $code,)+ }
            }

            /// The message when nothing more is known.
            pub fn message(self) -> &'static str {
                match self { $(Self::$kind => $message,)+ }
            }
        }
    };
}

error_kinds! {
    /// Certificate, reason unknown.
    CertificateUnknown = 1000, "Unknown certificate error";
    /// Certificate cannot be read.
    CertificateRead = 1001, "Failed to read certificate";
    /// Certificate is no PEM.
    CertificateDecode = 1002, "Failed to decode certificate";
    /// Certificate is not X.509.
    CertificateParse = 1003, "Failed to parse certificate";
    /// Certificate is its own issuer where that is no use.
    CertificateSelfSigned = 1100, "Certificate is self signed";
    /// Certification path does not verify.
    CertificateVerify = 1200, "Unable to verify certificate";
    /// An issuer of the path may not sign certificates.
    CertificateNotAuthorizedToSign = 1210, "x509: certificate is not authorized to sign other certificates";
    /// A certificate of the path is outside its validity.
    CertificateExpired = 1211, "x509: certificate has expired or is not yet valid";
    /// An issuer of the path may not issue for the name.
    CertificateCaNotAuthorizedForName = 1212, "x509: a root or intermediate certificate is not authorized to sign for this name";
    /// A path length constraint is exceeded.
    CertificateTooManyIntermediates = 1213, "x509: too many intermediates for path length constraint";
    /// The certificate's usages do not allow the use.
    CertificateIncompatibleUsage = 1214, "x509: certificate specifies an incompatible key usage";
    /// No path to a trust anchor.
    CertificateUnknownAuthority = 1220, "x509: certificate signed by unknown authority";
    /// Certificate request refused.
    CertificateBadRequest = 1300, "Invalid certificate request";
    /// The profile wants a serial number from the client, and there is none.
    CertificateMissingSerial = 1400, "Missing serial number in request";

    /// Private key, reason unknown.
    KeyUnknown = 2000, "Unknown private key error";
    /// Private key cannot be read.
    KeyRead = 2001, "Failed to read private key";
    /// Private key is no PEM.
    KeyDecode = 2002, "Failed to decode private key";
    /// Private key is in no known form.
    KeyParse = 2003, "Failed to parse private key";
    /// Private key is encrypted and no password is at hand.
    KeyEncrypted = 2100, "Private key is encrypted.";
    /// Private key is of another algorithm.
    KeyAlgorithm = 2200, "Private key algorithm is not RSA or ECC or Ed25519";
    /// Private key belongs to another public key.
    KeyMismatch = 2300, "Private key does not match public key";
    /// Private key cannot be generated.
    KeyGeneration = 2400, "Failed to new private key";
    /// No signer holds the private key.
    KeyUnavailable = 2500, "Private key is unavailable";

    /// Intermediates, reason unknown.
    IntermediatesUnknown = 3000, "Unknown intermediate certificate error";
    /// Intermediates cannot be read.
    IntermediatesRead = 3001, "Failed to read intermediate certificate";
    /// Intermediates are no PEM.
    IntermediatesDecode = 3002, "Failed to decode intermediate certificate";
    /// Intermediates are not X.509.
    IntermediatesParse = 3003, "Failed to parse intermediate certificate";

    /// Root, reason unknown.
    RootUnknown = 4000, "Unknown root certificate error";
    /// Root cannot be read.
    RootRead = 4001, "Failed to read root certificate";
    /// Root is no PEM.
    RootDecode = 4002, "Failed to decode root certificate";
    /// Root is not X.509.
    RootParse = 4003, "Failed to parse root certificate";

    /// Policy, reason unknown.
    PolicyUnknown = 5000, "Unknown policy error";
    /// The profile allows no use of the key.
    PolicyNoKeyUsages = 5100, "Invalid policy: no key usage available";
    /// The policy is no valid one.
    PolicyInvalid = 5200, "Invalid or unknown policy";
    /// The request violates the policy.
    PolicyInvalidRequest = 5300, "Policy violation request";
    /// No such profile.
    PolicyUnknownProfile = 5400, "Unknown policy profile";
    /// A name is not in the profile's list.
    PolicyWhitelist = 5500, "Request does not match policy whitelist";

    /// Remote server cannot be reached.
    Dial = 6000, "Failed to dial remote server";

    /// Client has no token for the request.
    ClientAuthentication = 7100, "API client authentication failure";
    /// Client meets JSON that it cannot read or write.
    ClientJson = 7200, "API client JSON config error";
    /// Client cannot read the answer.
    ClientIo = 7300, "API client IO error";
    /// Client gets no answer, or one that is not 200.
    ClientHttp = 7400, "API client HTTP error";
    /// Server answered that it failed.
    ClientServerFailed = 7500, "API client error: Server request failed";

    /// No certificate to answer for.
    OcspRead = 8001, "No certificate provided";
    /// Certificate is of another issuer.
    OcspIssuerMismatch = 8100, "Certificate not issued by this issuer";
    /// Status or reason is no known one.
    OcspInvalidStatus = 8200, "Invalid revocation status";

    /// Certificate request, reason unknown.
    CsrUnknown = 9000, "CSR parsing failed due to unknown error";
    /// Certificate request cannot be read.
    CsrRead = 9001, "CSR file read failed";
    /// Certificate request is no PEM.
    CsrDecode = 9002, "CSR Decode failed";
    /// Certificate request is not PKCS#10.
    CsrParse = 9003, "CSR Parsing failed";
    /// Certificate request is bad, for example its signature (the same number as key mismatch in its category).
    CsrBadRequest = 9300, "CSR Bad request";
    /// Certificate request cannot be made.
    CsrGeneration = 9400, "CSR generation failed";

    /// Certificate transparency, reason unknown.
    CtUnknown = 10_000, "Certificate transparency parsing failed due to unknown error";
    /// A log did not take the pre-certificate.
    CtSubmission = 10_100, "Certificate transparency precertificate submission failed";
    /// The client of a log cannot be made.
    CtClient = 10_200, "Certificate transparency client construction failed";
    /// A pre-certificate without poison.
    CtMissingPoison = 10_300, "Precertificate is missing CT poison extension";
    /// A pre-certificate with wrong poison.
    CtInvalidPoison = 10_400, "Precertificate contains an invalid CT poison extension";

    /// Certificate store, reason unknown.
    StoreUnknown = 11_000, "Certificate store action failed due to unknown error";
    /// Certificate store does not take a row.
    StoreInsertion = 11_100, "Certificate store insertion failed";
    /// Certificate store has no such row.
    StoreNotFound = 11_200, "Certificate store record not found";
}

impl ErrorKind {
    /// The failure with this code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        let codes: Vec<i64> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ErrorKind::ALL.iter().all(|kind| ErrorKind::from_code(kind.code()) == Some(*kind)));
        assert_eq!(ErrorKind::from_code(5301), None);
    }

    #[test]
    fn text_is_the_json_that_cfssl_prints() {
        let error = CfsslError::wrap(ErrorKind::PolicyInvalidRequest, "missing <subject> information");
        assert_eq!(error.to_string(), r#"{"code":5300,"message":"missing \u003csubject\u003e information"}"#);
        assert_eq!(
            CfsslError::new(ErrorKind::OcspInvalidStatus).to_string(),
            r#"{"code":8200,"message":"Invalid revocation status"}"#
        );
    }
}
