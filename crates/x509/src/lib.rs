//! Bytes and types: certificates, requests, CRLs, PKCS#7; build, finalize, lint, assemble.
