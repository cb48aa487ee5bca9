//! ACME clients of others against `handfast serve`: every row of the guide's table (`docs/guide/acme-clients.md`) is tried.
//!
//! Names and ports are those of loopback: a small name server says where names are and holds the records of dns-01, and the
//! authority connects to ports that need no privilege.

mod acme_client;
mod acme_tiny;
mod autocert;
mod ca;
mod caddy;
mod certbot;
mod chains;
mod dehydrated;
mod go_acme;
mod instant_acme;
mod lego;
mod matrix;
mod sidecar;
mod tools;
mod web;
