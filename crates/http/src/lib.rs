//! The doors of a running authority: listeners, who may ask, limits, endpoints, telemetry.

pub mod access;
pub mod acme;
pub mod admin;
pub mod api;
pub mod cfssl;
mod http_date;
pub mod limits;
mod ocsp_path;
pub mod peer;
pub mod pki;
pub mod server;
pub mod state;
pub mod telemetry;
