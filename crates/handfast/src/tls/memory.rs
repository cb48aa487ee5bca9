//! A handshake between two endpoints in memory: no socket, no clock.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};

use super::refusal::Side;
use super::{EndpointError, Refusal};

/// More turns than any TLS handshake takes; running out of them is a failure of its own.
const MAX_TURNS: usize = 32;

/// Let `client` call `server` by `name`.
///
/// The outer error means that the call could not be tried; the inner one that one side refused the other.
pub(crate) fn handshake(
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    name: &str,
) -> Result<Result<(), Refusal>, EndpointError> {
    let server_name =
        ServerName::try_from(name.to_owned()).map_err(|_| EndpointError::Name { name: name.to_owned() })?;
    let client = match ClientConnection::new(client, server_name) {
        Ok(connection) => connection,
        Err(error) => return Ok(Err(Refusal::new(Side::Client, &error))),
    };
    let server = match ServerConnection::new(server) {
        Ok(connection) => connection,
        Err(error) => return Ok(Err(Refusal::new(Side::Server, &error))),
    };
    Ok(drive(client.into(), server.into()))
}

/// Carry octets to and fro until both sides are content or one gives up.
fn drive(mut client: Connection, mut server: Connection) -> Result<(), Refusal> {
    for _ in 0..MAX_TURNS {
        carry(&mut client, &mut server, Side::Server)?;
        carry(&mut server, &mut client, Side::Client)?;
        let quiet = !client.wants_write() && !server.wants_write();
        if quiet && !client.is_handshaking() && !server.is_handshaking() {
            return Ok(());
        }
    }
    Err(Refusal::other("the handshake did not end"))
}

/// Carry what `from` has to say to `to`, which is the side `receiver`.
fn carry(from: &mut Connection, to: &mut Connection, receiver: Side) -> Result<(), Refusal> {
    let mut wire = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut wire).map_err(|error| Refusal::other(error.to_string()))?;
    }
    let mut rest = wire.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).map_err(|error| Refusal::other(error.to_string()))?;
        to.process_new_packets().map_err(|error| Refusal::new(receiver, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::Endpoint;
    use hf_core::secret::Secret;
    use hf_core::time::Timestamp;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    fn root(name: &str) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn endpoint(
        name: &str,
        issuer: &CertifiedIssuer<'static, KeyPair>,
        trusts: &[&CertifiedIssuer<'static, KeyPair>],
    ) -> Endpoint {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2028, 1, 1);
        let certificate = params.signed_by(&key, issuer).unwrap();
        Endpoint {
            chain: vec![certificate.der().to_vec()],
            key: Secret::new(key.serialize_der()),
            roots: trusts.iter().map(|root| root.der().to_vec()).collect(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn call(client: &Endpoint, server: &Endpoint, name: &str, now: Timestamp) -> Result<(), Refusal> {
        handshake(client.client(now).unwrap(), server.server(now).unwrap(), name).unwrap()
    }

    #[test]
    fn both_sides_must_trust_each_other() {
        let (one, two) = (root("one"), root("two"));
        let now = at("2027-01-01T00:00:00Z");
        let api = endpoint("api.test", &one, &[&two]);
        let db = endpoint("db.test", &two, &[&one]);
        assert!(call(&api, &db, "db.test", now).is_ok());
        let refused = call(&api, &endpoint("api2.test", &one, &[&two]), "api2.test", now).unwrap_err();
        assert!(refused.untrusted && refused.reason.starts_with("the client refused"), "{}", refused.reason);
        let refused = call(&endpoint("x.test", &two, &[&two]), &db, "db.test", now).unwrap_err();
        assert!(refused.untrusted && refused.reason.starts_with("the server refused"), "{}", refused.reason);
    }

    #[test]
    fn a_wrong_name_and_a_wrong_time_are_refused() {
        let one = root("one");
        let (a, b) = (endpoint("a.test", &one, &[&one]), endpoint("b.test", &one, &[&one]));
        let now = at("2027-01-01T00:00:00Z");
        let refused = call(&a, &b, "c.test", now).unwrap_err();
        assert_eq!(
            refused.reason,
            "the client refused the server's certificate: it does not carry the name that was called"
        );
        let refused = call(&a, &b, "b.test", at("2029-01-01T00:00:00Z")).unwrap_err();
        assert!(!refused.untrusted && refused.reason.ends_with("it has expired"), "{}", refused.reason);
    }

    #[test]
    fn a_foreign_key_is_noticed_before_any_handshake() {
        let one = root("one");
        let mut mixed = endpoint("a.test", &one, &[&one]);
        mixed.key = endpoint("b.test", &one, &[&one]).key;
        assert!(matches!(mixed.server(at("2027-01-01T00:00:00Z")), Err(EndpointError::Identity(_))));
        mixed.roots.clear();
        assert!(matches!(mixed.client(at("2027-01-01T00:00:00Z")), Err(EndpointError::NoRoots)));
    }
}
