//! What exists: facts from the store and from the files, without opinions.

mod authorities;
mod instances;
pub(crate) mod written;

use std::collections::BTreeMap;

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
fn externals(domain: &Domain) -> Result<BTreeMap<String, ObservedCertificate>, CommandError> {
    let mut observed = BTreeMap::new();
    for external in &domain.topology.externals {
        let certificate = external_certificate(domain, &external.name)?;
        let facts = authorities::certificate(&certificate, None, false).ok_or_else(|| {
            CommandError::refused(format!("the certificate in `{}` cannot be used", external.certificate))
                .hint("show it with `handfast inspect`")
        })?;
        observed.insert(external.name.clone(), facts);
    }
    Ok(observed)
}

/// The certificate by which an external party is verified: the first in its file.
pub(crate) fn external_certificate(domain: &Domain, name: &str) -> Result<Certificate, CommandError> {
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
    let first = Certificate::many_from_pem(&text).map_err(unusable)?.into_iter().next();
    first.ok_or_else(|| CommandError::refused(format!("`{}` holds no certificate", path.display())))
}
