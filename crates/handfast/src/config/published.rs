//! Where certificates say that CRLs, issuers' certificates and status are: the one place that knows these addresses.

use hf_topology::declared::Topology;

/// The addresses below the URL where a trust domain publishes (`[trust] url`, else the server's address for plain HTTP).
/// In each, `{authority}` stands for the name of the issuer.
pub(crate) struct Published {
    /// The complete CRL.
    pub(crate) crl: String,
    /// The CRL of a shard; `{shard}` stands for its number.
    pub(crate) crl_shard: String,
    /// The issuer's certificate.
    pub(crate) ca_issuers: String,
    /// The OCSP responder.
    pub(crate) ocsp: String,
}

impl Published {
    /// `None` when the domain publishes nowhere.
    pub(crate) fn of(topology: &Topology) -> Option<Self> {
        let url = topology.trust.url.as_ref()?.to_string();
        let base = url.trim_end_matches('/');
        Some(Self {
            crl: format!("{base}/crl/{{authority}}.crl"),
            crl_shard: format!("{base}/crl/{{authority}}/{{shard}}.crl"),
            ca_issuers: format!("{base}/ca/{{authority}}.crt"),
            ocsp: format!("{base}/ocsp/{{authority}}"),
        })
    }
}
