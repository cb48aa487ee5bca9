//! What happens to an intent when whoever asked goes away while it is carried out.

use std::sync::Arc;

use hf_core::audit::AuditAction;
use hf_core::serial::Serial;
use hf_store::audit::Origin;

use crate::authority::Authority;

/// Held from before the intent is recorded until its outcome is known. Dropped before that, because the future was
/// dropped, it closes the intent as *possibly signed* in the background, instead of leaving that to the next start.
pub(super) struct OpenIntent<'a> {
    authority: &'a Authority,
    issuer: &'a str,
    serial: Option<Serial>,
    origin: &'a Origin,
}

impl<'a> OpenIntent<'a> {
    pub(super) fn new(
        authority: &'a Authority,
        issuer: &'a str,
        serial: &Serial,
        origin: &'a Origin,
    ) -> Self {
        Self { authority, issuer, serial: Some(serial.clone()), origin }
    }

    /// The outcome is known, and on record.
    pub(super) fn settled(mut self) {
        self.serial = None;
    }
}

impl Drop for OpenIntent<'_> {
    fn drop(&mut self) {
        let Some(serial) = self.serial.take() else { return };
        // Without a runtime the process is ending; the next start closes the intent.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let store = Arc::clone(&self.authority.store);
        let issuer = self.issuer.to_owned();
        let event = self
            .origin
            .event(AuditAction::IssuanceAbandoned { authority: issuer.clone(), serial: serial.clone() });
        runtime.spawn(async move {
            // An intent that was never recorded, or finished after all, is not there to be closed.
            let _ = store.close_intent(&issuer, &serial, event).await;
        });
    }
}
