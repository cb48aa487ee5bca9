//! Whole-application tests: conversations of the command line and interoperation with real peers.
