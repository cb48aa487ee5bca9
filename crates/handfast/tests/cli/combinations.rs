//! Options that would do nothing in the company of others are refused, and the help names what there is to choose from.

use hf_core::algorithm::KeyAlgorithm;

use crate::support::Place;

#[test]
fn what_would_be_passed_over_in_silence_is_refused() {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place.good("apply");
    place.good("issue a.shop.internal");
    place.good("crl services --out services.pem");
    for (words, reason) in [
        ("csr b.shop.internal --key a.shop.internal/key.pem --key-algorithm rsa-3072", "is no rsa-3072 key"),
        (
            "inspect a.shop.internal/cert.pem --server-name a.shop.internal",
            "`--server-name` is for HOST:PORT",
        ),
        ("ca show root --pem --format json", "--format"),
        ("ca show root --chain --format json", "--format"),
        ("crl services --latest --lifetime 3d", "--lifetime"),
        ("ca create company --request company.csr --lifetime 5y", "--lifetime"),
        ("ca create company --request company.csr --path-length 1", "--path-length"),
        ("ca create company --request company.csr --permitted shop.internal", "--permitted"),
    ] {
        let said = place.talk(words);
        assert!(said.contains(reason) && said.ends_with("--- exit 1\n"), "{said}");
    }
    assert!(!place.path("company.csr").exists());
    for words in [
        "csr b.shop.internal --key a.shop.internal/key.pem --key-algorithm ecdsa-p256 --out b.csr",
        "csr c.shop.internal --key c.key --out c.csr",
        "ca show root --chain",
        "ca show root --format json",
        "crl services --latest",
        "ca create company --request company.csr --key-algorithm ecdsa-p384",
    ] {
        place.good(words);
    }
}

#[test]
fn help_names_every_algorithm_that_is_accepted() {
    let place = Place::empty();
    for command in ["issue", "csr", "ca create"] {
        let help = place.good(&format!("{command} --help"));
        for algorithm in KeyAlgorithm::EVERY {
            assert!(help.contains(&format!("`{algorithm}`")), "{command}: {algorithm}");
        }
        assert!(
            help.contains("[default: ecdsa-p256]") || help.contains("`ecdsa-p256` (without it)"),
            "{help}"
        );
    }
}

/// The hint is for the file, and what it says works.
#[test]
fn a_lifetime_that_is_too_long_is_mended_as_the_hint_says() {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place.good("apply");
    let said = place.talk("issue a.shop.internal --lifetime 450d");
    assert!(said.contains("write a longer `lifetime`"), "{said}");
    let file = place.read("handfast.toml");
    let profile = "\n[profile.service]\nusages = [\"server\", \"client\"]\nlifetime = \"500d\"\n";
    place.write("handfast.toml", &(file + profile));
    place.good("issue a.shop.internal --lifetime 450d");
}
