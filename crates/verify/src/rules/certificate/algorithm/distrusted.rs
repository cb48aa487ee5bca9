//! Keys that rustls-webpki distrusts whatever certifies them: eight authorities of eMudhra.
//!
//! The list is compiled into rustls-webpki; it is repeated here so that the explainer can say why.

use hf_x509::ext::KeyIdentifier;

/// SHA-256 of the `SubjectPublicKeyInfo`, in hexadecimal.
const SPKI_SHA256: &[&str] = &[
    "ebed6475c2c2d80fcb199f3fe8dd6e6b3ce60b77eb15d4e42c3dec0c6f5b5105", // EMDVTLSCAG3B
    "49dd353dc2b919a3770645117d0e60c16115e7d1bc259eefe734b00ea434fe5f", // EMDVTLSCAG3C
    "e0254c7fcdc265e2f0f8a428dabb75ab4ae039b4872d62f5ee57f0877d5a8a41", // EMEVTLSCAG3B
    "5c0660a2b164910d8ff589c18e14552e9e0ec237dcefe2cb736d41a4811f81a0", // EMEVTLSCAG3C
    "ec4ffa1ad0ac88081314b7aaffef6a91f97cd57291bb5ba686c5415f5eb4f6b6", // EMOVCSCAG3B
    "92c063d67e8f14db71d288e11266ffdaf69cbf115f7bab14f3bc2f68d25e0e30", // EMOVCSCAG3C
    "43bffa19d6ef651451f6841e019931e96f6f2eaeff28ab4b6f1ce4576de2717b", // EMOVTLSCAG3B
    "63ecefee431d49523bc1136c4e72d0206a477086caf606cd5cf025686c109cf8", // EMOVTLSCAG3C
];

/// Whether the key is on the list.
pub(super) fn contains(spki_sha256: &[u8; 32]) -> bool {
    let hexadecimal = KeyIdentifier::new(spki_sha256).to_string();
    SPKI_SHA256.contains(&hexadecimal.as_str())
}
