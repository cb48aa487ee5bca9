//! Names to addresses, to TXT and to CAA records: the hosts of the settings, a file of hosts, then DNS.
//!
//! A resolver is made for each attempt. It keeps nothing, so that a second attempt sees what is there then, and nothing that
//! one name server says lasts longer than the attempt.

use std::fs::File;
use std::net::{IpAddr, SocketAddr};

use hf_core::name::DnsName;
use hf_proto::acme::caa::CaaRecord;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ProtocolConfig, ResolveHosts, ResolverConfig,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Hosts, Resolver, TokioResolver};

use crate::answers;
use crate::caa;
use crate::error::{ChallengeError, LookupFailure};
use crate::proof::txt;
use crate::settings::{ChallengeSettings, NameServers};

/// The addresses of a host, at least one.
pub(crate) async fn addresses(
    settings: &ChallengeSettings,
    host: &DnsName,
) -> Result<Vec<IpAddr>, ChallengeError> {
    if let Some(addresses) = settings.hosts.get(host).filter(|addresses| !addresses.is_empty()) {
        return Ok(addresses.clone());
    }
    let name = whole_name(host.as_str())?;
    let listed = from_file(settings, &name)?;
    if !listed.is_empty() {
        return Ok(listed);
    }
    let resolver = resolver(settings)?;
    let (six, four) = tokio::join!(
        query(&resolver, &name, RecordType::AAAA, "AAAA"),
        query(&resolver, &name, RecordType::A, "A"),
    );
    match (six, four) {
        (Ok(six), Ok(four)) => Ok([six, four].concat()),
        (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
        // No address of one kind says less than a name server that fails.
        (Err(first), Err(ChallengeError::Lookup { source: LookupFailure::NoRecords, .. })) => Err(first),
        (Err(_), Err(second)) => Err(second),
    }
}

async fn query(
    resolver: &TokioResolver,
    name: &Name,
    record_type: RecordType,
    kind: &'static str,
) -> Result<Vec<IpAddr>, ChallengeError> {
    let failed = |source| ChallengeError::Lookup { kind, name: name.to_string(), source };
    let found = resolver.lookup(name.clone(), record_type).await.map_err(|error| failed(error.into()))?;
    let addresses: Vec<IpAddr> =
        answers::of_owner(name, found.answers()).filter_map(|record| record.data.ip_addr()).collect();
    if addresses.is_empty() { Err(failed(LookupFailure::NoRecords)) } else { Ok(addresses) }
}

/// The values of the TXT records of an owner name, at least one.
pub(crate) async fn texts(settings: &ChallengeSettings, owner: &str) -> Result<Vec<Vec<u8>>, ChallengeError> {
    let name = whole_name(owner)?;
    let failed = |source| ChallengeError::Lookup { kind: "TXT", name: owner.to_owned(), source };
    let found = resolver(settings)?.txt_lookup(name.clone()).await.map_err(|error| failed(error.into()))?;
    let values: Vec<Vec<u8>> = answers::of_owner(&name, found.answers()).filter_map(txt::value).collect();
    if values.is_empty() { Err(failed(LookupFailure::NoRecords)) } else { Ok(values) }
}

/// The CAA records of an owner name; none, when the name has none or does not exist.
pub(crate) async fn authorizations(
    resolver: &TokioResolver,
    owner: &str,
) -> Result<Vec<CaaRecord>, ChallengeError> {
    let name = whole_name(owner)?;
    let failed = |source| ChallengeError::Lookup { kind: "CAA", name: owner.to_owned(), source };
    let found = match resolver.lookup(name.clone(), RecordType::CAA).await.map_err(LookupFailure::from) {
        Ok(found) => found,
        Err(LookupFailure::NoName | LookupFailure::NoRecords) => return Ok(Vec::new()),
        Err(failure) => return Err(failed(failure)),
    };
    let mut records = answers::of_owner(&name, found.answers()).peekable();
    // That there are none was said above; an alias to a name without such records is an answer, records of others are not.
    if records.peek().is_none() {
        return Err(failed(LookupFailure::NoRecords));
    }
    Ok(records.filter_map(caa::read).collect())
}

/// With the root at its end, so that no search list is applied.
fn whole_name(text: &str) -> Result<Name, ChallengeError> {
    let mut name = Name::from_ascii(text).map_err(|error| ChallengeError::Lookup {
        kind: "any",
        name: text.to_owned(),
        source: LookupFailure::Exchange(Box::new(error.into())),
    })?;
    name.set_fqdn(true);
    Ok(name)
}

fn from_file(settings: &ChallengeSettings, name: &Name) -> Result<Vec<IpAddr>, ChallengeError> {
    let Some(path) = &settings.hosts_file else { return Ok(Vec::new()) };
    let mut hosts = Hosts::default();
    File::open(path)
        .and_then(|file| hosts.read_hosts_conf(file))
        .map_err(|source| ChallengeError::HostsFile { path: path.clone(), source })?;
    let of_type = |record_type| hosts.lookup_static_host(&Query::query(name.clone(), record_type));
    let found = [of_type(RecordType::AAAA), of_type(RecordType::A)];
    let records = found.iter().flatten().flat_map(Lookup::answers);
    Ok(records.filter_map(|record| record.data.ip_addr()).collect())
}

pub(crate) fn resolver(settings: &ChallengeSettings) -> Result<TokioResolver, ChallengeError> {
    let servers = match &settings.resolver {
        NameServers::System => {
            read_system_conf().map_err(|error| ChallengeError::Resolver(Box::new(error)))?.0.into_parts().2
        }
        NameServers::These(addresses) => addresses.iter().map(|address| name_server(*address)).collect(),
    };
    let config = ResolverConfig::from_name_servers(servers);
    let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = settings.limits.query;
    options.attempts = ATTEMPTS;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.try_tcp_on_error = true;
    // A forged answer has to guess the case of every letter, beside the port and the identifier.
    options.case_randomization = true;
    builder.build().map_err(|error| ChallengeError::Resolver(Box::new(error)))
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let connections = [ProtocolConfig::Udp, ProtocolConfig::Tcp].map(|protocol| {
        let mut connection = ConnectionConfig::new(protocol);
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

/// How often a question is asked again; one lost datagram is nothing.
const ATTEMPTS: usize = 2;
