use std::process::{Command, Stdio};

use hf_core::name::SanSet;
use hf_x509::distinguished_name::DistinguishedName;
use proptest::prelude::*;

use super::*;
use crate::encryption::MAX_ROUNDS;
use crate::oid;
use crate::tlv::{OBJECT_IDENTIFIER, OCTET_STRING, element, integer, sequence};

fn passphrase(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// Run the real OpenSSL with `input` on its standard input.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("`openssl` is installed by the test command");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {errors}");
    output.stdout
}

fn error_of(result: Result<PrivateKey, KeyError>) -> KeyError {
    result.map(|_| ()).unwrap_err()
}

#[test]
fn every_algorithm_is_made_signed_with_and_read_back() {
    for algorithm in KeyAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        assert_eq!((key.algorithm(), key.public_key().key_algorithm()), (algorithm, Some(algorithm)));
        for copy in [
            PrivateKey::from_pem(key.to_pem().expose().as_bytes(), None).unwrap(),
            PrivateKey::from_der(key.pkcs8_der().expose(), None).unwrap(),
        ] {
            assert_eq!(copy.public_key(), key.public_key());
            let signature = copy.sign_octets(b"message").unwrap();
            key.public_key().verify(key.signature_algorithm(), b"message", &signature).unwrap();
            assert!(key.public_key().verify(key.signature_algorithm(), b"massage", &signature).is_err());
        }
    }
}

#[test]
fn a_request_is_signed_and_another_algorithm_refused() {
    let [one, other] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP384]
        .map(|algorithm| PrivateKey::generate(algorithm).unwrap());
    let subject = DistinguishedName::common("a.example");
    let template = hf_x509::csr::CsrTemplate { subject, names: SanSet::default() };
    let message = template.finalize(one.public_key(), one.signature_algorithm()).unwrap();
    let signature = one.sign(&message).unwrap();
    let request = message.assemble(&signature);
    hf_x509::csr::UnverifiedCsr::from_der(&request).unwrap().verify().unwrap();
    assert_eq!(
        other.sign(&message),
        Err(SignError::Refused {
            asked: SignatureAlgorithm::EcdsaSha256,
            expected: SignatureAlgorithm::EcdsaSha384
        })
    );
}

/// Arguments of `openssl genpkey` for each algorithm.
const GENERATE: [(KeyAlgorithm, &[&str]); 7] = [
    (KeyAlgorithm::EcdsaP256, &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    (KeyAlgorithm::EcdsaP384, &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
    (KeyAlgorithm::EcdsaP521, &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
    (KeyAlgorithm::Ed25519, &["-algorithm", "ED25519"]),
    (KeyAlgorithm::Rsa2048, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    (KeyAlgorithm::Rsa3072, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]),
    (KeyAlgorithm::Rsa4096, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"]),
];

#[test]
fn keys_of_openssl_are_read_in_every_form() {
    let word = passphrase("correct horse");
    for (algorithm, arguments) in GENERATE {
        let pem = openssl(&[&["genpkey"], arguments].concat(), b"");
        let key = PrivateKey::from_pem_or_der(&pem, None).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(openssl(&["pkey", "-pubout", "-outform", "DER"], &pem), key.public_key().spki_der());
        for form in [
            &["pkey", "-outform", "DER"][..],
            &["pkey", "-traditional"],
            &["pkey", "-traditional", "-outform", "DER"],
            &["pkcs8", "-topk8", "-passout", "pass:correct horse"],
            &[
                "pkcs8",
                "-topk8",
                "-v2",
                "aes-128-cbc",
                "-v2prf",
                "hmacWithSHA512",
                "-passout",
                "pass:correct horse",
            ],
            &[
                "pkcs8",
                "-topk8",
                "-v2",
                "aes-192-cbc",
                "-v2prf",
                "hmacWithSHA1",
                "-passout",
                "pass:correct horse",
            ],
            &["pkcs8", "-topk8", "-v2", "des3", "-iter", "10000", "-passout", "pass:correct horse"],
            &["pkcs8", "-topk8", "-scrypt", "-outform", "DER", "-passout", "pass:correct horse"],
            &["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-passout", "pass:correct horse"],
            &["pkey", "-traditional", "-aes128", "-passout", "pass:correct horse"],
            &["pkey", "-traditional", "-aes192", "-passout", "pass:correct horse"],
            &["pkey", "-traditional", "-aes256", "-passout", "pass:correct horse"],
            &["pkey", "-traditional", "-des3", "-passout", "pass:correct horse"],
        ] {
            if algorithm == KeyAlgorithm::Ed25519 && form.contains(&"-traditional") {
                // There is no other form than PKCS#8.
                continue;
            }
            let read = PrivateKey::from_pem_or_der(&openssl(form, &pem), Some(&word))
                .map_err(|error| error.to_string());
            assert_eq!(
                read.map(|read| read.public_key().clone()).as_ref(),
                Ok(key.public_key()),
                "{algorithm} {form:?}"
            );
        }
    }
}

#[test]
fn openssl_reads_every_key_that_we_write() {
    let word = passphrase("correct horse");
    for algorithm in KeyAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        let public = openssl(&["pkey", "-pubout", "-outform", "DER"], key.to_pem().expose().as_bytes());
        assert_eq!(public, key.public_key().spki_der());
        let encrypted = key.to_encrypted_pem(&word).unwrap();
        assert!(encrypted.expose().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        let arguments = ["pkey", "-passin", "pass:correct horse", "-pubout", "-outform", "DER"];
        assert_eq!(openssl(&arguments, encrypted.expose().as_bytes()), key.public_key().spki_der());
        let read = PrivateKey::from_pem(encrypted.expose().as_bytes(), Some(&word)).unwrap();
        assert_eq!(read.public_key(), key.public_key());
    }
}

#[test]
fn passphrases_are_asked_for_and_checked() {
    let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let encrypted = key.to_encrypted_pem(&passphrase("right")).unwrap();
    let read = |word: Option<&Secret<String>>| PrivateKey::from_pem(encrypted.expose().as_bytes(), word);
    assert_eq!(error_of(read(None)), KeyError::PassphraseMissing);
    assert_eq!(error_of(read(Some(&passphrase("wrong")))), KeyError::PassphraseWrong);
    assert!(read(Some(&passphrase("right"))).is_ok());
    let empty = key.to_encrypted_pem(&passphrase("")).map(|_| ()).unwrap_err();
    assert_eq!(empty, KeyError::PassphraseEmpty);
    // A passphrase that nobody needs does no harm.
    assert!(PrivateKey::from_pem(key.to_pem().expose().as_bytes(), Some(&passphrase("x"))).is_ok());
}

#[test]
fn passphrases_of_old_pem_are_asked_for_and_checked() {
    let pem = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], b"");
    let old = openssl(&["pkey", "-traditional", "-aes256", "-passout", "pass:right"], &pem);
    assert!(old.windows(9).any(|window| window == b"DEK-Info:"));
    assert_eq!(error_of(PrivateKey::from_pem(&old, None)), KeyError::PassphraseMissing);
    for wrong in ["wrong", "", "right "] {
        let error = error_of(PrivateKey::from_pem(&old, Some(&passphrase(wrong))));
        assert_eq!(error, KeyError::PassphraseWrong, "{wrong}");
    }
    assert!(PrivateKey::from_pem(&old, Some(&passphrase("right"))).is_ok());
}

#[test]
fn old_encryption_is_refused_with_a_way_out() {
    let word = passphrase("correct horse");
    let pem = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], b"");
    let old_pem = openssl(&["pkey", "-traditional", "-des3", "-passout", "pass:correct horse"], &pem);
    let one_key = String::from_utf8(old_pem).unwrap().replace("DES-EDE3-CBC", "DES-CBC").into_bytes();
    let legacy = ["pkcs8", "-topk8", "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default"];
    let pbes1 = openssl(&[&legacy[..], &["-passout", "pass:correct horse"]].concat(), &pem);
    for old in [one_key, pbes1] {
        let error = error_of(PrivateKey::from_pem(&old, Some(&word)));
        assert!(matches!(error, KeyError::LegacyEncryption { .. }), "{error}");
        assert!(error.hint().unwrap().contains("openssl pkcs8 -topk8"));
    }
}

#[test]
fn a_costly_derivation_is_refused_at_once() {
    let algorithm =
        |oid: &[u8], parameters: &[u8]| sequence(&[&element(OBJECT_IDENTIFIER, &[oid]), parameters]);
    let parameters = sequence(&[&element(OCTET_STRING, &[b"saltsalt"]), &integer(u32::MAX)]);
    let kdf = algorithm(oid::PBKDF2, &parameters);
    let scheme = algorithm(oid::AES256_CBC, &element(OCTET_STRING, &[&[0; 16]]));
    let pbes2 = algorithm(oid::PBES2, &sequence(&[&kdf, &scheme]));
    let der = sequence(&[&pbes2, &element(OCTET_STRING, &[&[0; 64]])]);
    // Two blocks of HMAC-SHA-1, the default, make 32 octets.
    let expected = KeyError::DerivationTooCostly { found: 2 * u64::from(u32::MAX), max: MAX_ROUNDS };
    assert_eq!(error_of(PrivateKey::from_der(&der, Some(&passphrase("x")))), expected);
}

#[test]
fn a_public_key_of_another_is_refused() {
    let keys = [0; 2].map(|_| PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap());
    let [one, other] = keys.each_ref().map(|key| key.pkcs8_der().expose().clone());
    // The point is the end of both.
    let mut mixed = one.clone();
    let start = one.len() - 65;
    mixed[start..].copy_from_slice(&other[start..]);
    assert_eq!(error_of(PrivateKey::from_der(&mixed, None)), KeyError::PublicKeyMismatch);

    let seed = openssl(&["genpkey", "-algorithm", "ED25519", "-outform", "DER"], b"");
    let public = PrivateKey::from_der(&seed, None).unwrap().public_key().key_octets().to_vec();
    let version_2 = |public: &[u8]| [&[0x30, 81, 2, 1, 1], &seed[5..], &[0x81, 33, 0], public].concat();
    assert!(PrivateKey::from_der(&version_2(&public), None).is_ok());
    assert_eq!(error_of(PrivateKey::from_der(&version_2(&[7; 32]), None)), KeyError::PublicKeyMismatch);
}

#[test]
fn scalars_out_of_range_and_altered_primes_are_refused() {
    let sec1 = |scalar: &[u8]| {
        let curve = [&[0xa0, 10, 6, 8], oid::P256].concat();
        let inner = [&[2, 1, 1, 4, u8::try_from(scalar.len()).unwrap()], scalar, &curve].concat();
        [&[0x30, u8::try_from(inner.len()).unwrap()], &inner[..]].concat()
    };
    assert!(PrivateKey::from_der(&sec1(&[1]), None).is_ok());
    assert!(PrivateKey::from_der(&sec1(&[&[0; 8][..], &[7; 32]].concat()), None).is_ok());
    for scalar in [&[][..], &[0; 32], &[0xff; 32], &[1; 33]] {
        let error = error_of(PrivateKey::from_der(&sec1(scalar), None));
        assert_eq!(error, KeyError::Inconsistent { algorithm: "ECDSA" });
    }
    let mut rsa = PrivateKey::generate(KeyAlgorithm::Rsa2048).unwrap().pkcs8_der().expose().clone();
    let at = rsa.len() - 200;
    rsa[at] ^= 4;
    assert_eq!(error_of(PrivateKey::from_der(&rsa, None)), KeyError::Inconsistent { algorithm: "RSA" });
}

#[test]
fn other_keys_and_other_things_are_told_apart() {
    let small = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], b"");
    let error = error_of(PrivateKey::from_pem(&small, None));
    assert!(error.to_string().contains("an RSA key of 1024 bits"), "{error}");
    for curve in ["P-224", "secp256k1"] {
        let option = format!("ec_paramgen_curve:{curve}");
        let pem = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", &option], b"");
        assert!(
            matches!(error_of(PrivateKey::from_pem(&pem, None)), KeyError::UnsupportedAlgorithm { .. }),
            "{curve}"
        );
    }
    let explicit = ["-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"];
    let pem = openssl(&[&["genpkey", "-algorithm", "EC"], &explicit[..]].concat(), b"");
    assert!(error_of(PrivateKey::from_pem(&pem, None)).to_string().contains("explicit"));

    let key = PrivateKey::generate(KeyAlgorithm::Ed25519).unwrap().to_pem();
    let twice = format!("{0}{0}", key.expose());
    assert_eq!(
        error_of(PrivateKey::from_pem(twice.as_bytes(), None)),
        KeyError::SeveralPrivateKeys { count: 2 }
    );
    let foreign = "-----BEGIN OPENSSH PRIVATE KEY-----\nAQID\n-----END OPENSSH PRIVATE KEY-----\n";
    let error = error_of(PrivateKey::from_pem(foreign.as_bytes(), None));
    assert!(error.hint().unwrap().contains("ssh-keygen") && error.to_string().contains("OPENSSH"), "{error}");
    for nothing in [&b""[..], b"x", &[0x30, 0], &[0x30, 3, 2, 1, 3]] {
        assert_eq!(error_of(PrivateKey::from_pem_or_der(nothing, None)), KeyError::UnknownForm);
    }
    assert!(matches!(
        error_of(PrivateKey::from_der(&vec![0x30; MAX_KEY + 1], None)),
        KeyError::TooLarge { .. }
    ));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(flips in proptest::collection::vec((0_usize..200, any::<u8>()), 1..4), which in 0_usize..3) {
        let word = passphrase("x");
        let mut der = SEEDS[which].to_vec();
        for (at, value) in flips {
            let length = der.len();
            der[at % length] = value;
        }
        let _ = PrivateKey::from_pem_or_der(&der, Some(&word));
    }
}

/// Ed25519 in PKCS#8, P-256 in SEC 1, Ed25519 in PBES2 with 1 round (passphrase `x`).
const SEEDS: [&[u8]; 3] = [
    include_bytes!("../../testdata/ed25519.pkcs8.der"),
    include_bytes!("../../testdata/p256.sec1.der"),
    include_bytes!("../../testdata/ed25519.pbes2.der"),
];

#[test]
fn a_key_that_was_read_is_written_as_it_was_made() {
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP384, KeyAlgorithm::Ed25519] {
        let made = PrivateKey::generate(algorithm).unwrap();
        let read = PrivateKey::from_der(made.pkcs8_der().expose(), None).unwrap();
        assert_eq!(read.pkcs8_der().expose(), made.pkcs8_der().expose(), "{algorithm}");
    }
}

#[test]
fn the_form_of_before_pkcs8_is_what_openssl_writes_and_we_read() {
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP521, KeyAlgorithm::Rsa2048] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let pem = key.to_traditional_pem().unwrap();
        let label =
            if algorithm.is_rsa() { "-----BEGIN RSA PRIVATE KEY" } else { "-----BEGIN EC PRIVATE KEY" };
        assert!(pem.expose().starts_with(label), "{algorithm}");
        let der = |form: &str| openssl(&["pkey", form, "-outform", "DER"], key.to_pem().expose().as_bytes());
        let ours = openssl(&["pkey", "-traditional", "-outform", "DER"], pem.expose().as_bytes());
        assert_eq!(ours, der("-traditional"), "{algorithm}");
        let again = PrivateKey::from_pem(pem.expose().as_bytes(), None).unwrap();
        assert_eq!(again.public_key(), key.public_key());
    }
    let key = PrivateKey::generate(KeyAlgorithm::Ed25519).unwrap();
    assert!(key.to_traditional_pem().unwrap().expose().starts_with("-----BEGIN PRIVATE KEY"));
}
