//! Reading the file again: all of it takes effect or nothing does, and what needs a restart is named.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hf_ca::profile::Profile;
use hf_http::access::rules::Rules;
use hf_http::state::Doors;
use hf_topology::declared::Topology;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::acme_door::AcmeDoor;
use super::cfssl_door::CfsslDoor;
use super::origin;
use super::running::Cfssl;
use crate::config::{access, profiles};
use crate::domain::Domain;
use crate::error::CommandError;

/// How long the file must have been quiet: editors write in several steps.
const QUIET: Duration = Duration::from_millis(200);

/// A file that was read and has no faults.
pub(super) struct Reload {
    domain: Domain,
    profiles: Vec<Profile>,
    rules: Rules,
    cfssl: Option<CfsslDoor>,
}

impl Reload {
    /// Read it; nothing is changed yet.
    pub(super) fn read(file: &Path) -> Result<Self, CommandError> {
        let domain = Domain::read(file)?;
        let profiles = profiles::compile(&domain.topology)
            .map_err(|faults| CommandError::refused("the profiles cannot be used").findings(faults))?;
        let rules = access::rules(&domain.topology)?;
        let cfssl = CfsslDoor::read(&domain)?;
        Ok(Self { domain, profiles, rules, cfssl })
    }

    /// Make it so; `cfssl` are the endpoints that are served. The answer is what is in force from now on.
    pub(super) async fn apply(
        self,
        before: &Domain,
        doors: &Doors,
        acme: &AcmeDoor,
        cfssl: Option<&mut Cfssl>,
    ) -> Result<Domain, CommandError> {
        let setups = acme.read(&self.domain)?;
        let origin = origin(doors.clock.as_ref());
        let mut profiles = self.profiles;
        // Made before anything changes, because its remotes may be none.
        let door = match (&cfssl, &self.cfssl) {
            (Some(served), Some(declared)) => Some(declared.open(doors, &served.lasting)?),
            _ => None,
        };
        let further = self.cfssl.as_ref().filter(|_| door.is_some());
        profiles
            .extend(further.or(cfssl.as_ref().map(|it| &it.declared)).iter().flat_map(|it| it.profiles()));
        doors.authority.set_profiles(profiles, &origin).await?;
        doors.authority.refresh_issuers().await?;
        acme.replace(setups, &self.domain);
        if let (Some(served), Some(declared), Some(door)) = (cfssl, self.cfssl, door) {
            served.handle.replace(door);
            served.declared = declared;
        }
        doors.access.replace(self.rules);
        let waiting = needs_restart(&before.topology, &self.domain.topology);
        if waiting.is_empty() {
            tracing::info!(file = %self.domain.file.display(), "the file was read again");
        } else {
            tracing::warn!(
                file = %self.domain.file.display(),
                keys = waiting.join(", "),
                "the file was read again; these keys take effect at the next start"
            );
        }
        crate::authority::set_shard_size(&doors.authority, &self.domain);
        // What waits for a restart must be named again at the next reading, so the old values are kept.
        let mut domain = self.domain;
        keep_waiting(&before.topology, &mut domain.topology);
        Ok(domain)
    }
}

/// The keys that changed and are read at the start only.
fn needs_restart(before: &Topology, after: &Topology) -> Vec<&'static str> {
    let (old, new) = (&before.server, &after.server);
    let constraints = |topology: &Topology| -> Vec<_> {
        topology.authorities.iter().map(|it| (it.name.clone(), it.permitted.clone())).collect()
    };
    let cfssl = old.cfssl.as_ref().zip(new.cfssl.as_ref());
    let rows = [
        ("server.listen", old.listen != new.listen),
        ("server.plain", old.plain != new.plain),
        ("server.admin", old.admin != new.admin),
        ("server.cfssl", old.cfssl.is_some() != new.cfssl.is_some()),
        ("server.cfssl.listen", cfssl.is_some_and(|(old, new)| old.listen != new.listen)),
        ("server.cfssl.https", cfssl.is_some_and(|(old, new)| old.https != new.https)),
        ("server.log", old.log != new.log),
        ("server.otlp", old.otlp != new.otlp),
        ("server.limits", old.limits != new.limits),
        ("authority.*.permitted", constraints(before) != constraints(after)),
    ];
    rows.into_iter().filter(|(_, changed)| *changed).map(|(key, _)| key).collect()
}

fn keep_waiting(before: &Topology, after: &mut Topology) {
    let (old, new) = (&before.server, &mut after.server);
    new.listen.clone_from(&old.listen);
    new.plain.clone_from(&old.plain);
    new.admin.clone_from(&old.admin);
    match (&old.cfssl, &mut new.cfssl) {
        (Some(old), Some(new)) => {
            new.listen.clone_from(&old.listen);
            new.https.clone_from(&old.https);
        }
        (old, new) => new.clone_from(old),
    }
    new.log = old.log;
    new.otlp.clone_from(&old.otlp);
    new.limits.clone_from(&old.limits);
}

/// Tells when the content of a file has changed.
pub(super) struct FileWatch {
    /// The files, with what was seen in each.
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
    directories: BTreeSet<PathBuf>,
    /// An event came that was not looked into yet: whoever waits may be called away.
    pending: bool,
    events: mpsc::Receiver<()>,
    watcher: Option<RecommendedWatcher>,
}

impl FileWatch {
    /// Watch the directories of the files, because editors and mounted secrets replace the files themselves. Without a
    /// watch, which is logged, SIGHUP remains.
    pub(super) fn start(files: Vec<PathBuf>) -> Self {
        let (sender, events) = mpsc::channel(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let reading = event.as_ref().is_ok_and(|event| event.kind.is_access());
            if !reading {
                // One that waits says as much as ten.
                let _ = sender.try_send(());
            }
        });
        if let Err(error) = &watcher {
            tracing::warn!(%error, "changes of files are not noticed; send SIGHUP");
        }
        let watcher = watcher.ok();
        let mut watch =
            Self { files: Vec::new(), directories: BTreeSet::new(), pending: false, events, watcher };
        watch.follow(files);
        watch
    }

    /// Watch these files from now on. What those hold that were watched before was seen.
    pub(super) fn follow(&mut self, files: Vec<PathBuf>) {
        for file in files {
            if self.files.iter().any(|(known, _)| *known == file) {
                continue;
            }
            let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
            let directory = directory.unwrap_or(Path::new(".")).to_owned();
            if let Some(watcher) = &mut self.watcher
                && self.directories.insert(directory.clone())
                && let Err(error) = watcher.watch(&directory, RecursiveMode::NonRecursive)
            {
                tracing::warn!(%error, file = %file.display(), "changes of the file are not noticed; send SIGHUP");
            }
            let seen = std::fs::read(&file).ok();
            self.files.push((file, seen));
        }
    }

    /// The files are about to be read for another reason: what they hold now is no change any more.
    pub(super) fn note(&mut self) {
        for (file, seen) in &mut self.files {
            *seen = std::fs::read(file).ok();
        }
    }

    /// Wait until the content of one is another than before. Nothing is lost when the wait is given up.
    pub(super) async fn changed(&mut self) {
        loop {
            if !self.pending && self.events.recv().await.is_none() {
                // Nobody watches.
                std::future::pending::<()>().await;
            }
            self.pending = true;
            while let Ok(Some(())) = tokio::time::timeout(QUIET, self.events.recv()).await {}
            self.pending = false;
            let mut changed = false;
            for (file, seen) in &mut self.files {
                let content = std::fs::read(file).ok();
                if content.is_some() && content != *seen {
                    *seen = content;
                    changed = true;
                }
            }
            if changed {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology(text: &str) -> Topology {
        let text = format!("[trust]\ndomain = \"x.internal\"\n{text}");
        hf_topology::declare::parse(&text, "f").unwrap()
    }

    #[test]
    fn what_needs_a_restart_is_named_until_it_has_come() {
        let before = topology("");
        let mut after =
            topology("[server]\nlisten = [\"127.0.0.1:1\"]\ncrl_every = \"2d\"\nlog = \"json\"\n");
        assert_eq!(needs_restart(&before, &before), [] as [&str; 0]);
        assert_eq!(needs_restart(&before, &after), ["server.listen", "server.log"]);
        keep_waiting(&before, &mut after);
        assert_eq!(after.server.crl_every.to_string(), "2d");
        let again = topology("[server]\nlisten = [\"127.0.0.1:1\"]\n");
        assert_eq!(needs_restart(&after, &again), ["server.listen"]);
    }
}
