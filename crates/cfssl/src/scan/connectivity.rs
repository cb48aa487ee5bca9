//! Whether the host can be reached.

mod cloudflare_status;
mod dns_lookup;
mod tcp_dial;
mod tls_dial;

use super::Family;

pub(super) static FAMILY: Family = Family {
    name: "Connectivity",
    description: "Scans for basic connectivity with the host through DNS and TCP/TLS dials",
    scanners: &[&cloudflare_status::SCANNER, &dns_lookup::SCANNER, &tcp_dial::SCANNER, &tls_dial::SCANNER],
};
