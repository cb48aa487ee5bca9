//! Where the endpoints are.

/// Issue (`POST`), list (`GET`).
pub const CERTIFICATES: &str = "/v1/certificates";
/// Renew.
pub const RENEW: &str = "/v1/certificates/renew";
/// One certificate.
pub const CERTIFICATE: &str = "/v1/certificates/{authority}/{serial}";
/// Revoke it.
pub const REVOKE: &str = "/v1/certificates/{authority}/{serial}/revoke";
/// Every authority.
pub const AUTHORITIES: &str = "/v1/authorities";
/// One authority.
pub const AUTHORITY: &str = "/v1/authorities/{name}";
/// Its certificates, PEM.
pub const CHAIN: &str = "/v1/authorities/{name}/chain";
/// Its latest CRL (`GET`, DER), a new one (`POST`).
pub const CRL: &str = "/v1/authorities/{name}/crl";
/// Every profile.
pub const PROFILES: &str = "/v1/profiles";
/// The audit log.
pub const AUDIT: &str = "/v1/audit";
/// API keys: list (`GET`), make (`POST`).
pub const CREDENTIALS: &str = "/v1/credentials";
/// One API key: revoke (`DELETE`).
pub const CREDENTIAL: &str = "/v1/credentials/{id}";
/// The description of this API, `OpenAPI` 3.1.
pub const OPENAPI: &str = "/v1/openapi.json";
