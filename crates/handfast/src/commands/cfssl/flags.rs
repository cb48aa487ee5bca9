//! The flags of `cfssl`. Every command takes every one of them; its help shows those that it uses.

use crate::go_flags::Flag;

pub(crate) static HOSTNAME: Flag = Flag::text(
    "hostname",
    "",
    "names of the certificate, separated by commas; in place of those of the request",
);
pub(crate) static CERT: Flag = Flag::text("cert", "", "certificate file");
pub(crate) static CSR: Flag = Flag::text("csr", "", "certificate signing request file");
pub(crate) static CA: Flag =
    Flag::text("ca", "", "certificate of the authority: 'FILE', 'file:FILE' or 'env:VARIABLE'");
pub(crate) static CA_KEY: Flag =
    Flag::text("ca-key", "", "private key of the authority: 'FILE', 'file:FILE' or 'env:VARIABLE'");
pub(crate) static TLS_CERT: Flag = Flag::text("tls-cert", "", "certificate that the server presents");
pub(crate) static TLS_KEY: Flag =
    Flag::text("tls-key", "", "private key of the certificate that the server presents");
pub(crate) static MUTUAL_TLS_CA: Flag =
    Flag::text("mutual-tls-ca", "", "ask clients for a certificate, of an authority in this file");
pub(crate) static MUTUAL_TLS_CN: Flag = Flag::text(
    "mutual-tls-cn",
    "",
    "regular expression that the common name of a client's certificate must match",
);
pub(crate) static TLS_REMOTE_CA: Flag =
    Flag::text("tls-remote-ca", "", "authorities to trust in calls to a remote server");
pub(crate) static MUTUAL_TLS_CLIENT_CERT: Flag =
    Flag::text("mutual-tls-client-cert", "", "certificate to present to a remote server");
pub(crate) static MUTUAL_TLS_CLIENT_KEY: Flag =
    Flag::text("mutual-tls-client-key", "", "private key of the certificate to present to a remote server");
pub(crate) static KEY: Flag = Flag::text("key", "", "private key of the certificate");
pub(crate) static INTERMEDIATES: Flag =
    Flag::text("intermediates", "", "accepted for compatibility; CFSSL never used it");
pub(crate) static CA_BUNDLE: Flag = Flag::text("ca-bundle", "", "file of root certificates");
pub(crate) static INT_BUNDLE: Flag = Flag::text("int-bundle", "", "file of intermediate certificates");
pub(crate) static ADDRESS: Flag = Flag::text("address", "127.0.0.1", "address to listen on");
pub(crate) static PORT: Flag = Flag::number("port", 8888, "port to listen on");
pub(crate) static MIN_TLS_VERSION: Flag =
    Flag::text("min-tls-version", "", "lowest version of TLS that the server speaks: 1.2 or 1.3");
pub(crate) static CONFIG: Flag =
    Flag::text("config", "", "configuration file: profiles, keys of clients, remote servers");
pub(crate) static PROFILE: Flag = Flag::text("profile", "", "signing profile");
pub(crate) static INITCA: Flag = Flag::switch("initca", "make a new root authority");
pub(crate) static RENEWCA: Flag =
    Flag::switch("renewca", "make the certificate of an authority anew from its certificate and key");
pub(crate) static INT_DIR: Flag =
    Flag::text("int-dir", "", "directory for intermediate certificates that were fetched");
pub(crate) static FLAVOR: Flag =
    Flag::text("flavor", "ubiquitous", "flavour of the bundle: ubiquitous, optimal or force");
pub(crate) static METADATA: Flag =
    Flag::text("metadata", "", "JSON file of platforms: their root certificates, hashes and keys");
pub(crate) static DOMAIN: Flag = Flag::text("domain", "", "name of a remote server");
pub(crate) static IP: Flag = Flag::text("ip", "", "address of a remote server");
pub(crate) static REMOTE: Flag = Flag::text("remote", "", "remote CFSSL server; several are tried in order");
pub(crate) static LABEL: Flag = Flag::text("label", "", "label of the signer on the remote server");
pub(crate) static AUTHKEY: Flag =
    Flag::text("authkey", "", "accepted for compatibility; CFSSL never used it");
pub(crate) static RESPONDER: Flag = Flag::text("responder", "", "certificate of the OCSP responder");
pub(crate) static RESPONDER_KEY: Flag = Flag::text("responder-key", "", "private key of the OCSP responder");
pub(crate) static STATUS: Flag =
    Flag::text("status", "good", "status of the certificate: good, revoked or unknown");
pub(crate) static REASON: Flag =
    Flag::text("reason", "0", "reason of the revocation, a number or a name of RFC 5280");
pub(crate) static REVOKED_AT: Flag = Flag::text("revoked-at", "now", "date of the revocation (YYYY-MM-DD)");
pub(crate) static INTERVAL: Flag =
    Flag::duration("interval", "96h0m0s", "time for which an OCSP response holds");
pub(crate) static LIST: Flag = Flag::switch("list", "list the scanners");
pub(crate) static FAMILY: Flag =
    Flag::text("family", "", "regular expression of the families of scanners to run");
pub(crate) static SCANNER: Flag = Flag::text("scanner", "", "regular expression of the scanners to run");
pub(crate) static TIMEOUT: Flag = Flag::duration("timeout", "5m0s", "how long the scan of one host may take");
pub(crate) static CSV: Flag = Flag::text("csv", "", "CSV file of hosts: the last column");
pub(crate) static NUM_WORKERS: Flag =
    Flag::number("num-workers", 10, "hosts that are scanned at the same time");
pub(crate) static MAX_HOSTS: Flag = Flag::number("max-hosts", 100, "hosts that are scanned at most");
pub(crate) static RESPONSES: Flag = Flag::text("responses", "", "file of OCSP responses");
pub(crate) static PATH: Flag = Flag::text("path", "/", "path on which OCSP requests are answered");
pub(crate) static CRL: Flag = Flag::text("crl", "", "CRL URL of the certificate, in place of the profile's");
pub(crate) static PASSWORD: Flag = Flag::text("password", "0", "password of PKCS #12 data");
pub(crate) static USAGE: Flag = Flag::text("usage", "", "accepted for compatibility; CFSSL never used it");
pub(crate) static PGP_PRIVATE: Flag =
    Flag::text("pgp-private", "", "accepted for compatibility; CFSSL never used it");
pub(crate) static PGP_NAME: Flag =
    Flag::text("pgp-name", "", "accepted for compatibility; CFSSL never used it");
pub(crate) static SERIAL: Flag = Flag::text("serial", "", "serial number of the certificate, decimal");
pub(crate) static AKI: Flag =
    Flag::text("aki", "", "key identifier of the certificate's issuer, hexadecimal");
pub(crate) static CN: Flag =
    Flag::text("cn", "", "common name of the certificate, in place of that of the request");
pub(crate) static DB_CONFIG: Flag =
    Flag::text("db-config", "", "configuration file of the certificate database");
pub(crate) static EXPIRY: Flag =
    Flag::duration("expiry", "168h0m0s", "time from now after which the CRL ends");
pub(crate) static DISABLE: Flag = Flag::text("disable", "", "endpoints to switch off, separated by commas");
pub(crate) static LOGLEVEL: Flag =
    Flag::number("loglevel", 1, "least level that is logged (0 = DEBUG, 5 = FATAL)");

// What CFSSL does not have.
pub(crate) static STATE: Flag = Flag::text(
    "state",
    "",
    "directory of the record of what was signed; without it servers have one below .handfast-cfssl, commands none (Handfast)",
);
pub(crate) static ENABLE: Flag = Flag::text(
    "enable",
    "",
    "endpoints to switch on that are off because they ask for no token, separated by commas (Handfast)",
);
pub(crate) static LENIENT: Flag =
    Flag::switch("lenient", "take the default profile for one that is unknown, as CFSSL does (Handfast)");

/// Every flag, which every command takes.
pub(crate) static ALL: &[&Flag] = &[
    &HOSTNAME,
    &CERT,
    &CSR,
    &CA,
    &CA_KEY,
    &TLS_CERT,
    &TLS_KEY,
    &MUTUAL_TLS_CA,
    &MUTUAL_TLS_CN,
    &TLS_REMOTE_CA,
    &MUTUAL_TLS_CLIENT_CERT,
    &MUTUAL_TLS_CLIENT_KEY,
    &KEY,
    &INTERMEDIATES,
    &CA_BUNDLE,
    &INT_BUNDLE,
    &ADDRESS,
    &PORT,
    &MIN_TLS_VERSION,
    &CONFIG,
    &PROFILE,
    &INITCA,
    &RENEWCA,
    &INT_DIR,
    &FLAVOR,
    &METADATA,
    &DOMAIN,
    &IP,
    &REMOTE,
    &LABEL,
    &AUTHKEY,
    &RESPONDER,
    &RESPONDER_KEY,
    &STATUS,
    &REASON,
    &REVOKED_AT,
    &INTERVAL,
    &LIST,
    &FAMILY,
    &SCANNER,
    &TIMEOUT,
    &CSV,
    &NUM_WORKERS,
    &MAX_HOSTS,
    &RESPONSES,
    &PATH,
    &CRL,
    &PASSWORD,
    &USAGE,
    &PGP_PRIVATE,
    &PGP_NAME,
    &SERIAL,
    &AKI,
    &CN,
    &DB_CONFIG,
    &EXPIRY,
    &DISABLE,
    &LOGLEVEL,
    &STATE,
    &ENABLE,
    &LENIENT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let mut names: Vec<&str> = ALL.iter().map(|flag| flag.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
