//! The words for what a key may be used for, in the `usages` of a profile. CFSSL `config.KeyUsage`, `config.ExtKeyUsage`.

/// A bit of the extension key usage, RFC 5280 section 4.2.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUsage {
    /// (0)
    DigitalSignature,
    /// (1), formerly `nonRepudiation`.
    ContentCommitment,
    /// (2)
    KeyEncipherment,
    /// (3)
    DataEncipherment,
    /// (4)
    KeyAgreement,
    /// (5)
    KeyCertSign,
    /// (6)
    CrlSign,
    /// (7)
    EncipherOnly,
    /// (8)
    DecipherOnly,
}

/// A purpose of the extension extended key usage, RFC 5280 section 4.2.1.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExtKeyUsage {
    /// Any.
    Any,
    /// TLS server.
    ServerAuth,
    /// TLS client.
    ClientAuth,
    /// Signing of code.
    CodeSigning,
    /// S/MIME.
    EmailProtection,
    /// `IPsec` end system.
    IpsecEndSystem,
    /// `IPsec` tunnel.
    IpsecTunnel,
    /// `IPsec` user.
    IpsecUser,
    /// Time stamping.
    TimeStamping,
    /// Signing of OCSP responses.
    OcspSigning,
    /// Microsoft server gated crypto.
    MicrosoftSgc,
    /// Netscape server gated crypto.
    NetscapeSgc,
}

impl ExtKeyUsage {
    /// The object identifier with dots.
    pub fn oid(self) -> &'static str {
        match self {
            Self::Any => "2.5.29.37.0",
            Self::ServerAuth => "1.3.6.1.5.5.7.3.1",
            Self::ClientAuth => "1.3.6.1.5.5.7.3.2",
            Self::CodeSigning => "1.3.6.1.5.5.7.3.3",
            Self::EmailProtection => "1.3.6.1.5.5.7.3.4",
            Self::IpsecEndSystem => "1.3.6.1.5.5.7.3.5",
            Self::IpsecTunnel => "1.3.6.1.5.5.7.3.6",
            Self::IpsecUser => "1.3.6.1.5.5.7.3.7",
            Self::TimeStamping => "1.3.6.1.5.5.7.3.8",
            Self::OcspSigning => "1.3.6.1.5.5.7.3.9",
            Self::MicrosoftSgc => "1.3.6.1.4.1.311.10.3.3",
            Self::NetscapeSgc => "2.16.840.1.113730.4.1",
        }
    }
}

/// What one word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// A bit of key usage.
    Key(KeyUsage),
    /// A purpose of extended key usage.
    Extended(ExtKeyUsage),
}

/// Every word. Exactly these: lower case, single spaces.
pub const WORDS: &[(&str, Usage)] = &[
    ("signing", Usage::Key(KeyUsage::DigitalSignature)),
    ("digital signature", Usage::Key(KeyUsage::DigitalSignature)),
    ("content commitment", Usage::Key(KeyUsage::ContentCommitment)),
    ("key encipherment", Usage::Key(KeyUsage::KeyEncipherment)),
    ("key agreement", Usage::Key(KeyUsage::KeyAgreement)),
    ("data encipherment", Usage::Key(KeyUsage::DataEncipherment)),
    ("cert sign", Usage::Key(KeyUsage::KeyCertSign)),
    ("crl sign", Usage::Key(KeyUsage::CrlSign)),
    ("encipher only", Usage::Key(KeyUsage::EncipherOnly)),
    ("decipher only", Usage::Key(KeyUsage::DecipherOnly)),
    ("any", Usage::Extended(ExtKeyUsage::Any)),
    ("server auth", Usage::Extended(ExtKeyUsage::ServerAuth)),
    ("client auth", Usage::Extended(ExtKeyUsage::ClientAuth)),
    ("code signing", Usage::Extended(ExtKeyUsage::CodeSigning)),
    ("email protection", Usage::Extended(ExtKeyUsage::EmailProtection)),
    ("s/mime", Usage::Extended(ExtKeyUsage::EmailProtection)),
    ("ipsec end system", Usage::Extended(ExtKeyUsage::IpsecEndSystem)),
    ("ipsec tunnel", Usage::Extended(ExtKeyUsage::IpsecTunnel)),
    ("ipsec user", Usage::Extended(ExtKeyUsage::IpsecUser)),
    ("timestamping", Usage::Extended(ExtKeyUsage::TimeStamping)),
    ("ocsp signing", Usage::Extended(ExtKeyUsage::OcspSigning)),
    ("microsoft sgc", Usage::Extended(ExtKeyUsage::MicrosoftSgc)),
    ("netscape sgc", Usage::Extended(ExtKeyUsage::NetscapeSgc)),
];

/// What `word` means, if CFSSL knows it.
pub fn meaning(word: &str) -> Option<Usage> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, usage)| *usage)
}

/// A list of words sorted by what they mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usages {
    /// Bits of key usage, each once, in the order of their numbers.
    pub key: Vec<KeyUsage>,
    /// Purposes, each once, in the order of the list.
    pub extended: Vec<ExtKeyUsage>,
    /// Words that CFSSL does not know and passes over.
    pub unknown: Vec<String>,
}

/// Sort `words` by what they mean.
pub fn usages<'a>(words: impl IntoIterator<Item = &'a str>) -> Usages {
    let mut found = Usages::default();
    for word in words {
        match meaning(word) {
            Some(Usage::Key(usage)) => found.key.push(usage),
            Some(Usage::Extended(usage)) if found.extended.contains(&usage) => {}
            Some(Usage::Extended(usage)) => found.extended.push(usage),
            None => found.unknown.push(word.to_owned()),
        }
    }
    found.key.sort_unstable();
    found.key.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_by_meaning() {
        let found = usages([
            "server auth",
            "signing",
            "digital signature",
            "s/mime",
            "email protection",
            "Signing",
            "cert sign",
        ]);
        assert_eq!(found.key, [KeyUsage::DigitalSignature, KeyUsage::KeyCertSign]);
        assert_eq!(found.extended, [ExtKeyUsage::ServerAuth, ExtKeyUsage::EmailProtection]);
        assert_eq!(found.unknown, ["Signing"]);
    }

    #[test]
    fn every_word_is_there_once() {
        for (word, usage) in WORDS {
            assert_eq!(meaning(word), Some(*usage));
        }
        assert_eq!(WORDS.len(), 23);
    }
}
