//! The store contract, its records, the SQLite backend, the audit chain and the conformance suite.
