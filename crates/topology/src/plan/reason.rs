//! Why a step is needed, as closed sets.

use std::fmt;

use serde::Serialize;

/// Why an authority's certificate is signed anew. Its key stays, so everything below stays valid, except where
/// [`ReissueReason::needs_new_key`] says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReissueReason {
    /// The part of the lifetime after which to renew has passed.
    Due,
    /// It has ended.
    Expired,
    /// It was revoked.
    Revoked,
    /// The file declares another key algorithm.
    KeyChanged,
    /// The file declares another subject: certificates below name their issuer by it.
    SubjectChanged,
    /// The file declares other name constraints or another path length.
    ConstraintsChanged,
    /// It is to be signed by another authority, or by another key of the same one.
    IssuerChanged,
}

impl ReissueReason {
    /// Whether the authority needs another key, so that everything below it is issued again.
    pub fn needs_new_key(self) -> bool {
        match self {
            Self::Revoked | Self::KeyChanged | Self::SubjectChanged => true,
            Self::Due | Self::Expired | Self::ConstraintsChanged | Self::IssuerChanged => false,
        }
    }
}

/// Why an instance gets a new certificate, always with a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueReason {
    /// It has none.
    New,
    /// The part of the lifetime after which to renew has passed.
    Due,
    /// It has ended.
    Expired,
    /// It was revoked.
    Revoked,
    /// The key file is gone, or holds the key of another certificate.
    KeyMissing,
    /// The file declares another key algorithm.
    KeyChanged,
    /// The file declares other names.
    NamesChanged,
    /// The file declares other usages.
    UsagesChanged,
    /// The file declares another lifetime.
    LifetimeChanged,
    /// The file declares another address where CRLs and status are published.
    AddressesChanged,
    /// It is to be signed by another authority, or by another key of the same one.
    IssuerChanged,
}

/// Why the files of an instance are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilesReason {
    /// Nothing has been written yet.
    New,
    /// There is a new certificate.
    Certificate,
    /// The intermediates are others.
    Chain,
    /// The trust anchors are others.
    Anchors,
    /// A file is missing: removed, or of a form that was not asked for before.
    FileMissing,
    /// A file is not as it was written.
    FileChanged,
    /// A key of ours is in the directory of an external party.
    OurKey,
    /// Owner, group or mode are others.
    Settings,
}

/// `Display` in the words shown to people.
macro_rules! words {
    ($type:ty { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }
    };
}

words!(ReissueReason {
    Due => "renewal is due",
    Expired => "it has expired",
    Revoked => "it was revoked",
    KeyChanged => "the key algorithm changed",
    SubjectChanged => "the subject changed",
    ConstraintsChanged => "the constraints changed",
    IssuerChanged => "the issuer changed",
});

words!(IssueReason {
    New => "it has none",
    Due => "renewal is due",
    Expired => "it has expired",
    Revoked => "it was revoked",
    KeyMissing => "its key is missing",
    KeyChanged => "the key algorithm changed",
    NamesChanged => "the names changed",
    UsagesChanged => "the usages changed",
    LifetimeChanged => "the lifetime changed",
    AddressesChanged => "the address of CRLs changed",
    IssuerChanged => "the issuer changed",
});

words!(FilesReason {
    New => "nothing is there yet",
    Certificate => "new certificate",
    Chain => "other intermediates",
    Anchors => "other trust anchors",
    FileMissing => "a file is missing",
    FileChanged => "a file was changed",
    OurKey => "our key is taken away",
    Settings => "other owner or mode",
});
