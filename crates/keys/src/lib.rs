//! Private keys: generation, files, encryption, weakness checks, key stores.
