//! postgresql.
