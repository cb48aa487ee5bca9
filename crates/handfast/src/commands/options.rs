//! Options that several commands share.

use std::path::PathBuf;

/// Which trust domain.
#[derive(clap::Args, Clone)]
pub(crate) struct DomainOptions {
    /// The file of the trust domain; without it `handfast.toml` is looked for here and in the directories above
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOptions,
}

/// Where the passphrase of encrypted keys comes from, when it is not in the environment.
#[derive(clap::Args, Clone)]
pub(crate) struct PassphraseOptions {
    /// Read the passphrase of encrypted keys from the first line of this file (else `HANDFAST_PASSPHRASE`, else a prompt)
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// How a table is printed.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct FormatOptions {
    /// For people, or for scripts
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Text for people or JSON for scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
}

impl FormatOptions {
    /// Whether JSON was asked for.
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }
}
