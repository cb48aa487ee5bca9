//! Whole-application tests: conversations of the command line and interoperation with real peers.
//!
//! Everything is in `e2e/`. The tests start the built `handfast` and real servers and clients, on loopback and on ports of
//! their own; `cargo xtask test` installs and builds what they need.
