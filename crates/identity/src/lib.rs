//! Identities in use: a credential that is replaced while connections go on, and the TLS configurations made of it.
//!
//! Nothing here knows the authority or its store.
