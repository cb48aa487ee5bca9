//! Object identifiers of keys, password-based encryption and key stores, as the content octets of their DER.

/// `rsaEncryption`, RFC 8017.
pub(crate) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// `id-ecPublicKey`, RFC 5480.
pub(crate) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// `secp256r1`, RFC 5480.
pub(crate) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// `secp384r1`, RFC 5480.
pub(crate) const P384: &[u8] = &[0x2b, 0x81, 4, 0, 0x22];
/// `secp521r1`, RFC 5480.
pub(crate) const P521: &[u8] = &[0x2b, 0x81, 4, 0, 0x23];
/// `id-Ed25519`, RFC 8410.
pub(crate) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// `id-PBES2`, RFC 8018.
pub(crate) const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
/// `id-PBKDF2`, RFC 8018.
pub(crate) const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
/// `id-PBMAC1`, RFC 8018.
pub(crate) const PBMAC1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14];
/// `id-scrypt`, RFC 7914.
pub(crate) const SCRYPT: &[u8] = &[0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11];
/// `pkcs-5`: the schemes of version 1 are below it.
pub(crate) const PKCS5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5];
/// `pkcs-12PbeIds`, RFC 7292 appendix C: the schemes of PKCS#12 version 1 are below it.
pub(crate) const PKCS12_PBE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1];
/// `pbeWithSHAAnd3-KeyTripleDES-CBC`, RFC 7292 appendix C.
pub(crate) const PBE_SHA_3DES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 3];
/// `pbewithSHAAnd128BitRC2-CBC`, RFC 7292 appendix C.
pub(crate) const PBE_SHA_RC2_128: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 5];
/// `pbewithSHAAnd40BitRC2-CBC`, RFC 7292 appendix C.
pub(crate) const PBE_SHA_RC2_40: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 6];

/// `hmacWithSHA1`, RFC 8018.
pub(crate) const HMAC_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7];
/// `hmacWithSHA256`, RFC 8018.
pub(crate) const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
/// `hmacWithSHA384`, RFC 8018.
pub(crate) const HMAC_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10];
/// `hmacWithSHA512`, RFC 8018.
pub(crate) const HMAC_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11];

/// `aes128-CBC-PAD`, NIST.
pub(crate) const AES128_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2];
/// `aes192-CBC-PAD`, NIST.
pub(crate) const AES192_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x16];
/// `aes256-CBC-PAD`, NIST.
pub(crate) const AES256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a];
/// `des-EDE3-CBC`, RFC 8018.
pub(crate) const DES_EDE3_CBC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7];

/// `id-sha1`.
pub(crate) const SHA1: &[u8] = &[0x2b, 0x0e, 3, 2, 0x1a];
/// `id-sha256`.
pub(crate) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
/// `id-sha384`.
pub(crate) const SHA384: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
/// `id-sha512`.
pub(crate) const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];

/// `data`, RFC 5652.
pub(crate) const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// `encryptedData`, RFC 5652.
pub(crate) const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6];
/// `keyBag`, RFC 7292.
pub(crate) const KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 1];
/// `pkcs8ShroudedKeyBag`, RFC 7292.
pub(crate) const SHROUDED_KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
/// `certBag`, RFC 7292.
pub(crate) const CERT_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];
/// `safeContentsBag`, RFC 7292.
pub(crate) const SAFE_CONTENTS_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 6];
/// `x509Certificate`, RFC 2985.
pub(crate) const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
/// `friendlyName`, RFC 2985.
pub(crate) const FRIENDLY_NAME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 20];
/// `localKeyId`, RFC 2985.
pub(crate) const LOCAL_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 21];
/// `trustedKeyUsage` of Java, 2.16.840.1.113894.746875.1.1.
pub(crate) const TRUSTED_KEY_USAGE: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 1, 1];
/// `anyExtendedKeyUsage`, RFC 5280.
pub(crate) const ANY_EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0];

/// The encryption of private keys in JKS, 1.3.6.1.4.1.42.2.17.1.1.
pub(crate) const JKS_KEY_PROTECTOR: &[u8] = &[0x2b, 6, 1, 4, 1, 0x2a, 2, 0x11, 1, 1];

/// The dotted form for messages, of at most 20 arcs.
pub(crate) fn dotted(content: &[u8]) -> String {
    let mut arcs: Vec<String> = Vec::new();
    let mut arc: u64 = 0;
    for octet in content {
        arc = (arc << 7) | u64::from(octet & 0x7f);
        if octet & 0x80 != 0 {
            continue;
        }
        if arcs.is_empty() {
            let first = (arc / 40).min(2);
            arcs.push(first.to_string());
            arc -= first * 40;
        }
        if arcs.len() == 20 {
            break;
        }
        arcs.push(arc.to_string());
        arc = 0;
    }
    arcs.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_what_their_comments_say() {
        assert_eq!(dotted(TRUSTED_KEY_USAGE), "2.16.840.1.113894.746875.1.1");
        assert_eq!(dotted(JKS_KEY_PROTECTOR), "1.3.6.1.4.1.42.2.17.1.1");
        assert_eq!(dotted(SCRYPT), "1.3.6.1.4.1.11591.4.11");
        assert_eq!(dotted(AES192_CBC), "2.16.840.1.101.3.4.1.22");
        assert_eq!(dotted(AES256_CBC), "2.16.840.1.101.3.4.1.42");
        assert_eq!(dotted(DES_EDE3_CBC), "1.2.840.113549.3.7");
        assert_eq!(dotted(P384), "1.3.132.0.34");
        assert_eq!(dotted(ANY_EXTENDED_KEY_USAGE), "2.5.29.37.0");
    }

    #[test]
    fn no_octets_make_it_panic() {
        for octets in [&[][..], &[0x80], &[0xff; 40], &[0; 40]] {
            dotted(octets);
        }
    }
}
