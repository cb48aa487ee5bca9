//! The contract over a stream of octets: how commands work while a server has the store.
//!
//! The server calls [`serve`] for each connection to its UNIX socket, which only its own user may open (mode 0600):
//! whoever reaches it could as well open the files. [`RemoteStore`] is the other end.
//!
//! A frame is its length (32 bits, big-endian), the number of the request (64 bits) and JSON; an answer has one octet
//! before its JSON, 0 for a value and 1 for an error. Requests of one connection are carried out at the same time, at
//! most [`AT_ONCE`] of them, and answered as they are done. Both ends begin with a hello that names their version.

mod client;
mod fault;
mod frame;
mod hello;
mod request;
mod server;

pub use client::RemoteStore;
pub use server::{Change, OnChange, ServeError, Session, serve};

/// Requests of one connection that are under way at once; further ones wait unread.
pub const AT_ONCE: u32 = 64;
