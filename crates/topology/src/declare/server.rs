//! `[server]` and `[server.limits]`.

use std::net::IpAddr;

use hf_core::name::{Identifier, SanSet, UriName};
use hf_core::time::Lifetime;

use super::cfssl;
use super::faults::{Fault, Faults, VALUE};
use super::references::{Kind, References};
use super::section::{Section, parsed};
use super::suggest::nearest;
use crate::declared::{ListenAddress, LogFormat, Ocsp, OcspResponder, Server, ServerLimits};

/// The section before the authority is known that signs for it.
pub(super) struct ServerSection {
    pub(super) server: Server,
    /// The authority of its own certificate, if it is named.
    pub(super) authority: Option<String>,
    /// The authority behind the endpoints of CFSSL, if it is named.
    pub(super) label: Option<String>,
}

/// How long requests may take to finish.
const DRAIN: Lifetime = Lifetime::from_seconds(10);

/// How long certificates stay on record after their end: a year, for whoever looks back.
const KEEP_EXPIRED: Lifetime = Lifetime::from_days(365);

/// How often a CRL is signed, and for how long it is good: a day, and a long weekend more.
const CRL_EVERY: Lifetime = Lifetime::from_days(1);
const CRL_LIFETIME: Lifetime = Lifetime::from_days(7);

/// For how long an OCSP answer is good.
const OCSP_LIFETIME: Lifetime = Lifetime::from_days(1);

pub(super) fn read(
    top: &mut Section<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> ServerSection {
    let Some(mut section) = top.table("server", faults) else {
        return ServerSection { server: defaults(), authority: None, label: None };
    };
    let base = defaults();
    let listen = addresses(&mut section, "listen", faults);
    let (cfssl, label) = cfssl::read(&mut section, faults, references);
    let authority = section.text("authority", faults);
    let server = Server {
        names: names(&mut section, faults),
        url: url(&mut section, faults),
        authority: String::new(),
        listen: listen.unwrap_or(base.listen),
        plain: addresses(&mut section, "plain", faults).unwrap_or_default(),
        admin: addresses(&mut section, "admin", faults).unwrap_or_default(),
        cfssl,
        log: log(&mut section, faults),
        otlp: otlp(&mut section, faults),
        drain: section.parsed("drain", faults).unwrap_or(base.drain),
        crl_every: section.parsed("crl_every", faults).unwrap_or(base.crl_every),
        crl_lifetime: section.parsed("crl_lifetime", faults).unwrap_or(base.crl_lifetime),
        crl_shard: section.count("crl_shard", faults),
        keep_expired: keep_expired(&mut section, faults),
        ocsp: ocsp(&mut section, faults),
        limits: limits(&mut section, faults),
    };
    if server.crl_every >= server.crl_lifetime {
        let summary = "a CRL would end before the next is signed";
        faults.add(
            Fault::new(VALUE, section.at, "server.crl_every", summary)
                .expected_found(format!("less than {}", server.crl_lifetime), server.crl_every.to_string())
                .write("write a shorter `crl_every` or a longer `crl_lifetime`"),
        );
    }
    if server.ocsp.lifetime > server.crl_lifetime {
        let summary = "an OCSP answer would be good for longer than a CRL";
        faults.add(
            Fault::new(VALUE, section.at, "server.ocsp.lifetime", summary)
                .expected_found(format!("at most {}", server.crl_lifetime), server.ocsp.lifetime.to_string())
                .write("write a shorter `lifetime`, or a longer `crl_lifetime`"),
        );
    }
    let authority =
        authority.map(|text| references.add(Kind::Authority, "server.authority".to_owned(), &text));
    section.finish(faults);
    ServerSection { server, authority, label }
}

fn defaults() -> Server {
    Server {
        names: SanSet::default(),
        url: None,
        authority: String::new(),
        listen: vec![ListenAddress::Tcp(([127, 0, 0, 1], 8443).into())],
        plain: Vec::new(),
        admin: Vec::new(),
        cfssl: None,
        log: LogFormat::default(),
        otlp: None,
        drain: DRAIN,
        crl_every: CRL_EVERY,
        crl_lifetime: CRL_LIFETIME,
        crl_shard: None,
        keep_expired: Some(KEEP_EXPIRED),
        ocsp: Ocsp { responder: OcspResponder::default(), lifetime: OCSP_LIFETIME, cache: None },
        limits: ServerLimits::default(),
    }
}

fn keep_expired(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<Lifetime> {
    let Some(text) = section.text("keep_expired", faults) else { return Some(KEEP_EXPIRED) };
    if text.value == "forever" {
        return None;
    }
    parsed(&text, "server.keep_expired", faults)
}

fn names(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> SanSet {
    let key = section.key("names");
    section
        .texts("names", faults)
        .iter()
        .filter_map(|text| parsed::<Identifier>(text, &key, faults))
        .collect()
}

/// Where clients reach `listen`: `https://HOST[:PORT]`, nothing after it.
fn url(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<String> {
    let text = section.text("url", faults)?;
    let url: UriName = parsed(&text, "server.url", faults)?;
    let bare = text.value.strip_suffix('/').unwrap_or(text.value);
    let host = bare.strip_prefix("https://").unwrap_or_default();
    if url.host().is_some() && !host.is_empty() && !host.contains(['/', '?', '#', '@']) {
        return Some(bare.to_ascii_lowercase());
    }
    faults.add(
        Fault::new(VALUE, text.span.start, "server.url", "this is not where the server is reached by TLS")
            .expected_found("`https://HOST` or `https://HOST:PORT`", text.value)
            .write("write for example `url = \"https://ca.shop.internal:8443\"`"),
    );
    None
}

pub(super) fn addresses(
    section: &mut Section<'_, '_>,
    key: &'static str,
    faults: &mut Faults<'_>,
) -> Option<Vec<ListenAddress>> {
    section.get(key)?;
    let path = section.key(key);
    let texts = section.texts(key, faults);
    Some(texts.iter().filter_map(|text| parsed(text, &path, faults)).collect())
}

fn log(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> LogFormat {
    let Some(text) = section.text("log", faults) else { return LogFormat::default() };
    match text.value {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        _ => {
            let meant = nearest(text.value, ["text", "json"]).unwrap_or("text");
            faults.add(
                Fault::new(VALUE, text.span.start, "server.log", "there is no such form of log")
                    .expected_found("`text` or `json`", text.value)
                    .write(format!("write `log = \"{meant}\"`")),
            );
            LogFormat::default()
        }
    }
}

fn otlp(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<UriName> {
    let text = section.text("otlp", faults)?;
    let url: UriName = parsed(&text, "server.otlp", faults)?;
    if url.scheme() == "http" && url.host().is_some() {
        return Some(url);
    }
    faults.add(
        Fault::new(VALUE, text.span.start, "server.otlp", "this is no collector that traces can be sent to")
            .expected_found("a URL such as `http://127.0.0.1:4317`", text.value)
            .write("name a collector on this machine; it can pass traces on over TLS"),
    );
    None
}

fn ocsp(parent: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Ocsp {
    let base = defaults().ocsp;
    let Some(mut section) = parent.table("ocsp", faults) else { return base };
    let ocsp = Ocsp {
        responder: responder(&mut section, faults),
        lifetime: section.parsed("lifetime", faults).unwrap_or(base.lifetime),
        cache: section.count("cache", faults),
    };
    section.finish(faults);
    ocsp
}

fn responder(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> OcspResponder {
    let Some(text) = section.text("responder", faults) else { return OcspResponder::default() };
    match text.value {
        "self" => OcspResponder::Itself,
        "delegate" => OcspResponder::Delegate,
        _ => {
            let meant = nearest(text.value, ["self", "delegate"]).unwrap_or("self");
            faults.add(
                Fault::new(VALUE, text.span.start, "server.ocsp.responder", "nobody of this kind answers")
                    .expected_found("`self` or `delegate`", text.value)
                    .write(format!("write `responder = \"{meant}\"`")),
            );
            OcspResponder::default()
        }
    }
}

fn limits(parent: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> ServerLimits {
    let Some(mut section) = parent.table("limits", faults) else { return ServerLimits::default() };
    let limits = ServerLimits {
        connections: section.count("connections", faults),
        connections_per_address: section.count("connections_per_address", faults),
        per_address: section.parsed("per_address", faults),
        per_credential: section.parsed("per_credential", faults),
        exempt: networks(&mut section, "exempt", faults),
        body: section.count("body", faults),
        header_time: section.parsed("header_time", faults),
        body_time: section.parsed("body_time", faults),
        answer_time: section.parsed("answer_time", faults),
        idle_time: section.parsed("idle_time", faults),
        writers: section.count("writers", faults),
        signer_queue: section.count("signer_queue", faults),
    };
    section.finish(faults);
    limits
}

/// Networks as `10.0.0.0/8` or `2001:db8::/32`, and addresses, each a network of its own; `None` without the key.
pub(super) fn networks(
    section: &mut Section<'_, '_>,
    key: &'static str,
    faults: &mut Faults<'_>,
) -> Option<Vec<String>> {
    section.get(key)?;
    let path = section.key(key);
    let mut networks = Vec::new();
    for text in section.texts(key, faults) {
        match network(text.value) {
            Some(network) => networks.push(network),
            None => faults
                .add(Fault::new(VALUE, text.span.start, &path, "this is no network").expected_found(
                "a network, as in `10.0.0.0/8` or `fd00::/8`, or an address, as in `10.0.0.7` or `fd00::7`",
                text.value,
            )),
        }
    }
    Some(networks)
}

/// Address and prefix length; an address alone is the network that holds nothing else.
fn network(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/').map_or((text, None), |(it, length)| (it, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let longest: u8 = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Some(longest), |length| length.parse().ok().filter(|it| *it <= longest))?;
    Some(format!("{address}/{length}"))
}

#[cfg(test)]
mod tests {
    use crate::declare::parse;

    fn faults(lines: &str) -> Vec<String> {
        let text = format!("[trust]\ndomain = \"x.internal\"\n[server]\n{lines}");
        match parse(&text, "f") {
            Ok(_) => Vec::new(),
            Err(findings) => {
                findings.iter().map(|finding| finding.about.clone() + ": " + &finding.summary).collect()
            }
        }
    }

    #[test]
    fn a_network_is_one_or_an_address_that_stands_for_itself() {
        let limits = |entry: &str| {
            let text = format!("[trust]\ndomain = \"x.internal\"\n[server.limits]\nexempt = [\"{entry}\"]\n");
            parse(&text, "f").map(|topology| topology.server.limits.exempt.unwrap().join(" "))
        };
        for (entry, network) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.0.0.7", "10.0.0.7/32"),
            ("fd00::/8", "fd00::/8"),
            ("fd00::7", "fd00::7/128"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(limits(entry).unwrap(), network, "{entry}");
        }
        for bad in
            ["10.0.0.0/33", "fd00::/129", "10.0.0.0/", "/8", "10.0.0", "host.internal", "10.0.0.1/255.0.0.0"]
        {
            let said = format!("{:?}", limits(bad).unwrap_err());
            assert!(
                said.contains("as in `10.0.0.0/8`") && said.contains("as in `10.0.0.7`"),
                "{bad}: {said}"
            );
        }
    }

    #[test]
    fn an_ocsp_answer_is_good_for_at_most_as_long_as_a_crl() {
        assert_eq!(faults("crl_lifetime = \"2d\"\n[server.ocsp]\nlifetime = \"2d\"\n"), [""; 0]);
        let found = faults("crl_lifetime = \"2d\"\n[server.ocsp]\nlifetime = \"49h\"\n");
        assert!(matches!(found.as_slice(), [one] if one.contains("longer than a CRL")), "{found:?}");
    }

    #[test]
    fn what_expired_is_kept_for_a_time_or_forever() {
        for kept in ["30d", "forever"] {
            assert_eq!(faults(&format!("keep_expired = \"{kept}\"\n")), [""; 0]);
        }
        let found = faults("keep_expired = \"for ever\"\n");
        assert!(matches!(found.as_slice(), [one] if one.contains("span of time")), "{found:?}");
    }

    #[test]
    fn who_answers_is_one_of_two() {
        for responder in ["self", "delegate"] {
            assert_eq!(faults(&format!("[server.ocsp]\nresponder = \"{responder}\"\n")), [""; 0]);
        }
        let found = faults("[server.ocsp]\nresponder = \"delegat\"\ncolour = 1\n");
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
