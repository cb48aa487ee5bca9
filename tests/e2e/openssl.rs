//! openssl.
