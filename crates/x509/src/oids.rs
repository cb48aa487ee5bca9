//! Object identifiers by name, one table.

use std::sync::LazyLock;

use crate::asn1::Oid;

/// Declares the constants and the table that [`name`] and [`interned`] look through.
macro_rules! oids {
    ($($(#[$doc:meta])* $constant:ident = $text:literal, $content:expr;)*) => {
        $($(#[$doc])* pub const $constant: Oid = Oid::constant($content);)*

        const TABLE: &[(&[u8], &str)] = &[$(($content, $text)),*];
    };
}

/// The table in the order of the contents, for searching.
static SORTED: LazyLock<Vec<(&[u8], &str)>> = LazyLock::new(|| {
    let mut rows = TABLE.to_vec();
    rows.sort_unstable();
    rows
});

fn find(content: &[u8]) -> Option<(&'static [u8], &'static str)> {
    let place = SORTED.binary_search_by(|(known, _)| (*known).cmp(content)).ok()?;
    SORTED.get(place).copied()
}

/// The name used in RFCs.
pub(crate) fn name(oid: &Oid) -> Option<&'static str> {
    find(oid.as_content()).map(|(_, name)| name)
}

/// The same content octets, but static, when they are in the table.
pub(crate) fn interned(content: &[u8]) -> Option<&'static [u8]> {
    find(content).map(|(known, _)| known)
}

oids! {
    // Extensions, RFC 5280 section 4.2 and 5.2, RFC 6960, RFC 6962, RFC 7633.
    /// `subjectDirectoryAttributes`, 2.5.29.9.
    SUBJECT_DIRECTORY_ATTRIBUTES = "subjectDirectoryAttributes", &[0x55, 0x1d, 0x09];
    /// `subjectKeyIdentifier`, 2.5.29.14.
    SUBJECT_KEY_IDENTIFIER = "subjectKeyIdentifier", &[0x55, 0x1d, 0x0e];
    /// `keyUsage`, 2.5.29.15.
    KEY_USAGE = "keyUsage", &[0x55, 0x1d, 0x0f];
    /// `subjectAltName`, 2.5.29.17.
    SUBJECT_ALT_NAME = "subjectAltName", &[0x55, 0x1d, 0x11];
    /// `issuerAltName`, 2.5.29.18.
    ISSUER_ALT_NAME = "issuerAltName", &[0x55, 0x1d, 0x12];
    /// `basicConstraints`, 2.5.29.19.
    BASIC_CONSTRAINTS = "basicConstraints", &[0x55, 0x1d, 0x13];
    /// `cRLNumber`, 2.5.29.20.
    CRL_NUMBER = "cRLNumber", &[0x55, 0x1d, 0x14];
    /// `reasonCode`, 2.5.29.21.
    CRL_REASON = "reasonCode", &[0x55, 0x1d, 0x15];
    /// `invalidityDate`, 2.5.29.24.
    INVALIDITY_DATE = "invalidityDate", &[0x55, 0x1d, 0x18];
    /// `deltaCRLIndicator`, 2.5.29.27.
    DELTA_CRL_INDICATOR = "deltaCRLIndicator", &[0x55, 0x1d, 0x1b];
    /// `issuingDistributionPoint`, 2.5.29.28.
    ISSUING_DISTRIBUTION_POINT = "issuingDistributionPoint", &[0x55, 0x1d, 0x1c];
    /// `certificateIssuer`, 2.5.29.29.
    CERTIFICATE_ISSUER = "certificateIssuer", &[0x55, 0x1d, 0x1d];
    /// `nameConstraints`, 2.5.29.30.
    NAME_CONSTRAINTS = "nameConstraints", &[0x55, 0x1d, 0x1e];
    /// `cRLDistributionPoints`, 2.5.29.31.
    CRL_DISTRIBUTION_POINTS = "cRLDistributionPoints", &[0x55, 0x1d, 0x1f];
    /// `certificatePolicies`, 2.5.29.32.
    CERTIFICATE_POLICIES = "certificatePolicies", &[0x55, 0x1d, 0x20];
    /// `policyMappings`, 2.5.29.33.
    POLICY_MAPPINGS = "policyMappings", &[0x55, 0x1d, 0x21];
    /// `authorityKeyIdentifier`, 2.5.29.35.
    AUTHORITY_KEY_IDENTIFIER = "authorityKeyIdentifier", &[0x55, 0x1d, 0x23];
    /// `policyConstraints`, 2.5.29.36.
    POLICY_CONSTRAINTS = "policyConstraints", &[0x55, 0x1d, 0x24];
    /// `extKeyUsage`, 2.5.29.37.
    EXTENDED_KEY_USAGE = "extKeyUsage", &[0x55, 0x1d, 0x25];
    /// `freshestCRL`, 2.5.29.46.
    FRESHEST_CRL = "freshestCRL", &[0x55, 0x1d, 0x2e];
    /// `inhibitAnyPolicy`, 2.5.29.54.
    INHIBIT_ANY_POLICY = "inhibitAnyPolicy", &[0x55, 0x1d, 0x36];
    /// `authorityInfoAccess`, 1.3.6.1.5.5.7.1.1.
    AUTHORITY_INFO_ACCESS = "authorityInfoAccess", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
    /// `subjectInfoAccess`, 1.3.6.1.5.5.7.1.11.
    SUBJECT_INFO_ACCESS = "subjectInfoAccess", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0b];
    /// `tlsfeature`, 1.3.6.1.5.5.7.1.24.
    TLS_FEATURE = "tlsfeature", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18];
    /// `id-pkix-ocsp-nocheck`, 1.3.6.1.5.5.7.48.1.5.
    OCSP_NO_CHECK = "id-pkix-ocsp-nocheck", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05];
    /// `signedCertificateTimestampList`, 1.3.6.1.4.1.11129.2.4.2.
    SIGNED_CERTIFICATE_TIMESTAMPS = "signedCertificateTimestampList", &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02];
    /// The poison of pre-certificates, 1.3.6.1.4.1.11129.2.4.3.
    PRECERTIFICATE_POISON = "precertificatePoison", &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x03];

    // Purposes, RFC 5280 section 4.2.1.12, RFC 4556, RFC 6187.
    /// `anyExtendedKeyUsage`, 2.5.29.37.0.
    ANY_EXTENDED_KEY_USAGE = "anyExtendedKeyUsage", &[0x55, 0x1d, 0x25, 0x00];
    /// `id-kp-serverAuth`, 1.3.6.1.5.5.7.3.1.
    SERVER_AUTH = "id-kp-serverAuth", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
    /// `id-kp-clientAuth`, 1.3.6.1.5.5.7.3.2.
    CLIENT_AUTH = "id-kp-clientAuth", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
    /// `id-kp-codeSigning`, 1.3.6.1.5.5.7.3.3.
    CODE_SIGNING = "id-kp-codeSigning", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
    /// `id-kp-emailProtection`, 1.3.6.1.5.5.7.3.4.
    EMAIL_PROTECTION = "id-kp-emailProtection", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04];
    /// `id-kp-timeStamping`, 1.3.6.1.5.5.7.3.8.
    TIME_STAMPING = "id-kp-timeStamping", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
    /// `id-kp-OCSPSigning`, 1.3.6.1.5.5.7.3.9.
    OCSP_SIGNING = "id-kp-OCSPSigning", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09];

    // Access methods and policies.
    /// `id-ad-ocsp`, 1.3.6.1.5.5.7.48.1.
    AD_OCSP = "id-ad-ocsp", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
    /// `id-pkix-ocsp-basic`, 1.3.6.1.5.5.7.48.1.1.
    OCSP_BASIC = "id-pkix-ocsp-basic", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
    /// `id-pkix-ocsp-nonce`, 1.3.6.1.5.5.7.48.1.2.
    OCSP_NONCE = "id-pkix-ocsp-nonce", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
    /// `id-ad-caIssuers`, 1.3.6.1.5.5.7.48.2.
    AD_CA_ISSUERS = "id-ad-caIssuers", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    /// `id-ad-caRepository`, 1.3.6.1.5.5.7.48.5.
    AD_CA_REPOSITORY = "id-ad-caRepository", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x05];
    /// `anyPolicy`, 2.5.29.32.0.
    ANY_POLICY = "anyPolicy", &[0x55, 0x1d, 0x20, 0x00];
    /// `id-qt-cps`, 1.3.6.1.5.5.7.2.1.
    QUALIFIER_CPS = "id-qt-cps", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x01];
    /// `id-qt-unotice`, 1.3.6.1.5.5.7.2.2.
    QUALIFIER_USER_NOTICE = "id-qt-unotice", &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x02];

    // Attribute types in names, RFC 4519 and RFC 5280 appendix A.
    /// `commonName`, 2.5.4.3.
    COMMON_NAME = "commonName", &[0x55, 0x04, 0x03];
    /// `surname`, 2.5.4.4.
    SURNAME = "surname", &[0x55, 0x04, 0x04];
    /// `serialNumber`, 2.5.4.5.
    SERIAL_NUMBER = "serialNumber", &[0x55, 0x04, 0x05];
    /// `countryName`, 2.5.4.6.
    COUNTRY = "countryName", &[0x55, 0x04, 0x06];
    /// `localityName`, 2.5.4.7.
    LOCALITY = "localityName", &[0x55, 0x04, 0x07];
    /// `stateOrProvinceName`, 2.5.4.8.
    STATE = "stateOrProvinceName", &[0x55, 0x04, 0x08];
    /// `streetAddress`, 2.5.4.9.
    STREET = "streetAddress", &[0x55, 0x04, 0x09];
    /// `organizationName`, 2.5.4.10.
    ORGANIZATION = "organizationName", &[0x55, 0x04, 0x0a];
    /// `organizationalUnitName`, 2.5.4.11.
    ORGANIZATIONAL_UNIT = "organizationalUnitName", &[0x55, 0x04, 0x0b];
    /// `title`, 2.5.4.12.
    TITLE = "title", &[0x55, 0x04, 0x0c];
    /// `postalCode`, 2.5.4.17.
    POSTAL_CODE = "postalCode", &[0x55, 0x04, 0x11];
    /// `givenName`, 2.5.4.42.
    GIVEN_NAME = "givenName", &[0x55, 0x04, 0x2a];
    /// `initials`, 2.5.4.43.
    INITIALS = "initials", &[0x55, 0x04, 0x2b];
    /// `dnQualifier`, 2.5.4.46.
    DN_QUALIFIER = "dnQualifier", &[0x55, 0x04, 0x2e];
    /// `pseudonym`, 2.5.4.65.
    PSEUDONYM = "pseudonym", &[0x55, 0x04, 0x41];
    /// `organizationIdentifier`, 2.5.4.97.
    ORGANIZATION_IDENTIFIER = "organizationIdentifier", &[0x55, 0x04, 0x61];
    /// `userId`, 0.9.2342.19200300.100.1.1.
    USER_ID = "userId", &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01];
    /// `domainComponent`, 0.9.2342.19200300.100.1.25.
    DOMAIN_COMPONENT = "domainComponent", &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19];
    /// `emailAddress`, 1.2.840.113549.1.9.1.
    EMAIL_ADDRESS = "emailAddress", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];

    // Keys, RFC 3279, RFC 5480, RFC 8410, RFC 9881.
    /// `rsaEncryption`, 1.2.840.113549.1.1.1.
    RSA_ENCRYPTION = "rsaEncryption", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    /// `id-ecPublicKey`, 1.2.840.10045.2.1.
    EC_PUBLIC_KEY = "id-ecPublicKey", &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    /// `id-Ed25519`, 1.3.101.112.
    ED25519 = "id-Ed25519", &[0x2b, 0x65, 0x70];
    /// `id-Ed448`, 1.3.101.113.
    ED448 = "id-Ed448", &[0x2b, 0x65, 0x71];
    /// `id-ml-dsa-44`, 2.16.840.1.101.3.4.3.17.
    ML_DSA_44 = "id-ml-dsa-44", &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11];
    /// `id-ml-dsa-65`, 2.16.840.1.101.3.4.3.18.
    ML_DSA_65 = "id-ml-dsa-65", &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12];
    /// `id-ml-dsa-87`, 2.16.840.1.101.3.4.3.19.
    ML_DSA_87 = "id-ml-dsa-87", &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13];
    /// `id-dsa`, 1.2.840.10040.4.1.
    DSA = "id-dsa", &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
    /// `secp256r1`, 1.2.840.10045.3.1.7.
    P256 = "secp256r1", &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    /// `secp384r1`, 1.3.132.0.34.
    P384 = "secp384r1", &[0x2b, 0x81, 0x04, 0x00, 0x22];
    /// `secp521r1`, 1.3.132.0.35.
    P521 = "secp521r1", &[0x2b, 0x81, 0x04, 0x00, 0x23];
    /// `secp256k1`, 1.3.132.0.10.
    P256K1 = "secp256k1", &[0x2b, 0x81, 0x04, 0x00, 0x0a];

    // Signatures, RFC 4055, RFC 5758, RFC 8410.
    /// `md5WithRSAEncryption`, 1.2.840.113549.1.1.4.
    MD5_WITH_RSA = "md5WithRSAEncryption", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04];
    /// `sha1WithRSAEncryption`, 1.2.840.113549.1.1.5.
    SHA1_WITH_RSA = "sha1WithRSAEncryption", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05];
    /// `sha256WithRSAEncryption`, 1.2.840.113549.1.1.11.
    SHA256_WITH_RSA = "sha256WithRSAEncryption", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
    /// `sha384WithRSAEncryption`, 1.2.840.113549.1.1.12.
    SHA384_WITH_RSA = "sha384WithRSAEncryption", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c];
    /// `sha512WithRSAEncryption`, 1.2.840.113549.1.1.13.
    SHA512_WITH_RSA = "sha512WithRSAEncryption", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d];
    /// `id-RSASSA-PSS`, 1.2.840.113549.1.1.10.
    RSASSA_PSS = "id-RSASSA-PSS", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    /// `id-mgf1`, 1.2.840.113549.1.1.8.
    MGF1 = "id-mgf1", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
    /// `ecdsa-with-SHA1`, 1.2.840.10045.4.1.
    ECDSA_WITH_SHA1 = "ecdsa-with-SHA1", &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
    /// `ecdsa-with-SHA256`, 1.2.840.10045.4.3.2.
    ECDSA_WITH_SHA256 = "ecdsa-with-SHA256", &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    /// `ecdsa-with-SHA384`, 1.2.840.10045.4.3.3.
    ECDSA_WITH_SHA384 = "ecdsa-with-SHA384", &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
    /// `ecdsa-with-SHA512`, 1.2.840.10045.4.3.4.
    ECDSA_WITH_SHA512 = "ecdsa-with-SHA512", &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
    /// `id-sha1`, 1.3.14.3.2.26.
    SHA1 = "id-sha1", &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
    /// `id-sha256`, 2.16.840.1.101.3.4.2.1.
    SHA256 = "id-sha256", &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    /// `id-sha384`, 2.16.840.1.101.3.4.2.2.
    SHA384 = "id-sha384", &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
    /// `id-sha512`, 2.16.840.1.101.3.4.2.3.
    SHA512 = "id-sha512", &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

    // Requests and bundles, RFC 2985, RFC 5652.
    /// `extensionRequest`, 1.2.840.113549.1.9.14.
    EXTENSION_REQUEST = "extensionRequest", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e];
    /// `challengePassword`, 1.2.840.113549.1.9.7.
    CHALLENGE_PASSWORD = "challengePassword", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x07];
    /// `id-data`, 1.2.840.113549.1.7.1.
    DATA = "id-data", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    /// `id-signedData`, 1.2.840.113549.1.7.2.
    SIGNED_DATA = "id-signedData", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_content_is_what_its_text_form_says() {
        assert_eq!(SERVER_AUTH.to_string(), "1.3.6.1.5.5.7.3.1");
        assert_eq!(USER_ID.to_string(), "0.9.2342.19200300.100.1.1");
        assert_eq!(ED25519.name(), Some("id-Ed25519"));
        for (content, _) in TABLE {
            let oid = Oid::from_content(content).unwrap();
            assert_eq!(oid.to_string().parse::<Oid>().unwrap(), oid);
        }
    }

    #[test]
    fn no_content_or_name_is_there_twice() {
        let mut contents: Vec<_> = TABLE.iter().map(|(content, _)| content).collect();
        contents.sort_unstable();
        contents.dedup();
        assert_eq!(contents.len(), TABLE.len());
    }
}
