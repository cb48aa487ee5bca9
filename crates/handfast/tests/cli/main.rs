//! Conversations with the command line, as a user has them: text in, text out, exit code.

mod apply;
mod audit;
mod check;
mod help;
mod init;
mod plan;
mod support;
mod up;
