//! The groups of key exchanges in the TLS registry.

/// The group's name, as the registry writes it, or its number.
pub(super) fn name(id: u16) -> String {
    NAMES
        .iter()
        .find(|(known, _)| *known == id)
        .map_or_else(|| format!("0x{id:04x}"), |(_, name)| (*name).to_owned())
}

/// The curves of TLS 1.2 and before (RFC 8422, RFC 7027).
pub(super) fn curves() -> Vec<u16> {
    NAMES.iter().map(|(id, _)| *id).filter(|id| *id <= X448).collect()
}

/// The groups of TLS 1.3: curves, finite fields and hybrids with ML-KEM.
pub(super) fn groups() -> Vec<u16> {
    let gone = |id: u16| id < 23 || (26..=28).contains(&id);
    NAMES.iter().map(|(id, _)| *id).filter(|id| !gone(*id)).collect()
}

const X448: u16 = 30;

const NAMES: &[(u16, &str)] = &[
    (1, "sect163k1"),
    (2, "sect163r1"),
    (3, "sect163r2"),
    (4, "sect193r1"),
    (5, "sect193r2"),
    (6, "sect233k1"),
    (7, "sect233r1"),
    (8, "sect239k1"),
    (9, "sect283k1"),
    (10, "sect283r1"),
    (11, "sect409k1"),
    (12, "sect409r1"),
    (13, "sect571k1"),
    (14, "sect571r1"),
    (15, "secp160k1"),
    (16, "secp160r1"),
    (17, "secp160r2"),
    (18, "secp192k1"),
    (19, "secp192r1"),
    (20, "secp224k1"),
    (21, "secp224r1"),
    (22, "secp256k1"),
    (23, "secp256r1"),
    (24, "secp384r1"),
    (25, "secp521r1"),
    (26, "brainpoolP256r1"),
    (27, "brainpoolP384r1"),
    (28, "brainpoolP512r1"),
    (29, "x25519"),
    (X448, "x448"),
    (31, "brainpoolP256r1tls13"),
    (32, "brainpoolP384r1tls13"),
    (33, "brainpoolP512r1tls13"),
    (0x0100, "ffdhe2048"),
    (0x0101, "ffdhe3072"),
    (0x0102, "ffdhe4096"),
    (0x0103, "ffdhe6144"),
    (0x0104, "ffdhe8192"),
    (0x0200, "MLKEM512"),
    (0x0201, "MLKEM768"),
    (0x0202, "MLKEM1024"),
    (0x11EB, "SecP256r1MLKEM768"),
    (0x11EC, "X25519MLKEM768"),
    (0x11ED, "SecP384r1MLKEM1024"),
];
