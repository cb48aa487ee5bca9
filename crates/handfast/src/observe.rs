//! What exists: facts from the store and from the files, without opinions.

mod authorities;
mod instances;
pub(crate) mod written;

use std::collections::{BTreeMap, BTreeSet};

use hf_store::Store;
use hf_topology::inventory::{Inventory, ObservedCertificate};
use hf_x509::certificate::Certificate;

use crate::authority::open_store;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;

/// What exists.
#[derive(Default)]
pub(crate) struct Seen {
    /// What is compared with the declaration.
    pub(crate) inventory: Inventory,
    /// The certificates of each authority, its own first.
    pub(crate) chains: BTreeMap<String, Vec<Certificate>>,
}

/// What exists; the store is opened for the moment when there is one.
pub(crate) fn everything(context: &Context, domain: &Domain) -> Result<Seen, CommandError> {
    if domain.state().exists() {
        let store = open_store(domain)?;
        return context.block_on(with_store(domain, store.as_ref()));
    }
    let instances = instances::without_record(domain);
    let inventory = Inventory { instances, externals: externals(domain)?, ..Inventory::default() };
    Ok(Seen { inventory, ..Seen::default() })
}

/// What exists, with a store that is open.
pub(crate) async fn with_store(domain: &Domain, store: &dyn Store) -> Result<Seen, CommandError> {
    let known = authorities::observe(domain, store).await?;
    let instances = instances::observe(domain, store, &known).await?;
    let mut seen = Seen {
        inventory: Inventory { instances, externals: externals(domain)?, ..Inventory::default() },
        ..Seen::default()
    };
    for authority in known {
        seen.chains.insert(authority.name.clone(), authority.chain);
        seen.inventory.authorities.insert(authority.name, authority.observed);
    }
    Ok(seen)
}

/// The certificates of external parties, from the files that they gave us.
fn externals(domain: &Domain) -> Result<BTreeMap<String, Vec<ObservedCertificate>>, CommandError> {
    let mut observed = BTreeMap::new();
    for external in &domain.topology.externals {
        let unusable = || {
            CommandError::refused(format!("a certificate in `{}` cannot be used", external.certificate))
                .hint("show it with `handfast inspect`")
        };
        let facts = |certificate| authorities::certificate(certificate, None, false).ok_or_else(unusable);
        let certificates = external_certificates(domain, &external.name)?;
        let facts = certificates.iter().map(facts).collect::<Result<_, _>>()?;
        observed.insert(external.name.clone(), facts);
    }
    Ok(observed)
}

/// The certificates by which an external party is verified, in the order of its file, at least one: its roots, if the first is
/// that of an authority; else those of its instances, behind which may stand what a server sends with them.
pub(crate) fn external_certificates(domain: &Domain, name: &str) -> Result<Vec<Certificate>, CommandError> {
    let external = domain
        .topology
        .external(name)
        .ok_or_else(|| CommandError::fault(format!("external party `{name}` is not declared")))?;
    let path = domain.base.join(&external.certificate);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        CommandError::io("read", &path, error).hint(format!(
            "put the certificate that `{name}` gave you there, or mend `certificate` in `[external.{name}]`"
        ))
    })?;
    let unusable = |error: hf_x509::error::X509Error| {
        CommandError::refused(format!("`{}` holds no certificate that can be used", path.display()))
            .because(error)
    };
    let mut all = Certificate::many_from_pem(&text).map_err(unusable)?;
    let Some(first) = all.first() else {
        return Err(CommandError::refused(format!("`{}` holds no certificate", path.display())));
    };
    if !first.is_ca() {
        all.retain(|certificate| !certificate.is_ca());
    } else if let Some(other) = all.iter().find(|certificate| !certificate.is_ca()) {
        let (path, other) = (path.display(), other.subject());
        let text = format!("`{path}` begins with an authority, and `{other}`, which is none, follows");
        return Err(CommandError::refused(text)
            .hint("put the roots of the party into the file, or the certificates of its instances first"));
    }
    let mut seen = BTreeSet::new();
    all.retain(|certificate| seen.insert(certificate.sha256()));
    Ok(all)
}
