//! Steps that issue the certificate of an instance.

use hf_ca::create::request_for;
use hf_ca::request::IssueRequest;
use hf_keys::private_key::PrivateKey;
use hf_topology::plan::CertificateSpec;
use hf_x509::distinguished_name::DistinguishedName;

use super::Executor;
use crate::error::CommandError;

impl Executor<'_> {
    /// A new key and a certificate for it. Both are kept until the files are written: a run that ends before leaves a
    /// certificate on record whose key nobody has, and the next run issues another one.
    pub(super) fn issue_certificate(&mut self, spec: &CertificateSpec) -> Result<(), CommandError> {
        let key = PrivateKey::generate(spec.key)?;
        let csr = request_for(&DistinguishedName::empty(), &spec.names, &key)?;
        let request = IssueRequest {
            wanted_names: Some(spec.names.clone()),
            wanted_lifetime: Some(spec.lifetime),
            ..IssueRequest::new(
                self.opened.origin.principal.clone(),
                self.opened.origin.channel,
                spec.authority.clone(),
                spec.profile.clone(),
                csr,
            )
        };
        let issued = self.context.block_on(self.opened.authority.issue(request))?;
        self.issued.insert(spec.instance.clone(), (key, issued.certificate));
        Ok(())
    }
}
