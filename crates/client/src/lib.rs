//! Clients of the doors of a certificate authority: our own API, and CFSSL.
