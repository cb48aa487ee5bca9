//! What a certificate may be used for, in words: basic constraints, key usage and extended key usage together.

use super::CertificateView;

/// One line a use.
pub(super) fn in_words(view: &CertificateView) -> Vec<String> {
    let mut uses = Vec::new();
    if view.ca {
        uses.push(authority(view));
    }
    if view.extended_key_usage.is_empty() {
        if !view.ca {
            uses.push("be server or client in TLS, or anything else (it names no purpose)".to_owned());
        }
    } else {
        uses.extend(view.extended_key_usage.iter().map(|purpose| purpose_in_words(purpose)));
    }
    if !view.ca && view.key_usage.iter().any(|usage| usage == "keyCertSign") {
        uses.push(
            "sign certificates by its key usage, but it is no authority: peers refuse what it signs"
                .to_owned(),
        );
    }
    uses
}

fn authority(view: &CertificateView) -> String {
    let depth = match view.path_length {
        Some(0) => "vouch for services, not for other authorities".to_owned(),
        Some(length) => format!("vouch for services, and for authorities up to {length} levels below"),
        None => "vouch for services and for other authorities".to_owned(),
    };
    let permitted = view.name_constraints.as_ref().map(|constraints| constraints.permitted.as_slice());
    match permitted {
        Some([]) | None => depth,
        Some(names) => format!("{depth}, only under {}", names.join(", ")),
    }
}

fn purpose_in_words(purpose: &str) -> String {
    match purpose {
        "id-kp-serverAuth" => "be called: prove to clients who the server is".to_owned(),
        "id-kp-clientAuth" => "call others: prove to servers who the client is".to_owned(),
        "id-kp-codeSigning" => "sign programs".to_owned(),
        "id-kp-emailProtection" => "sign and encrypt e-mail".to_owned(),
        "id-kp-timeStamping" => "sign time stamps".to_owned(),
        "id-kp-OCSPSigning" => "answer whether certificates of its issuer are revoked".to_owned(),
        "anyExtendedKeyUsage" => "anything".to_owned(),
        other => format!("the purpose {other}"),
    }
}
