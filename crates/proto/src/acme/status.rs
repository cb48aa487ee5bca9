//! The states that clients see, RFC 8555 section 7.1.6.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

status! {
    /// Of an account.
    AccountStatus {
        /// It may ask.
        Valid = "valid",
        /// Its owner gave it up; for good.
        Deactivated = "deactivated",
        /// The server took it away; for good.
        Revoked = "revoked",
    }
}

status! {
    /// Of an order.
    OrderStatus {
        /// An authorization is missing.
        Pending = "pending",
        /// Every name is authorized; the signing request is awaited.
        Ready = "ready",
        /// The certificate is being made.
        Processing = "processing",
        /// The certificate is there.
        Valid = "valid",
        /// Nothing will come of it.
        Invalid = "invalid",
    }
}

status! {
    /// Of an authorization.
    AuthorizationStatus {
        /// A challenge is to be answered.
        Pending = "pending",
        /// The account controls the name.
        Valid = "valid",
        /// A challenge failed.
        Invalid = "invalid",
        /// Its owner gave it up.
        Deactivated = "deactivated",
        /// Its time is over.
        Expired = "expired",
        /// The server took it away.
        Revoked = "revoked",
    }
}

status! {
    /// Of a challenge.
    ChallengeStatus {
        /// The client has not said that it is ready.
        Pending = "pending",
        /// The server is looking.
        Processing = "processing",
        /// The server found what it asked for.
        Valid = "valid",
        /// The server did not find it.
        Invalid = "invalid",
    }
}
