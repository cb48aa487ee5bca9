//! Mutual TLS for every service a team runs.
fn main() {}
