//! A trust domain through its life: made, left alone, renewed, changed, interrupted. Time is turned by hand.

use std::path::Path;
use std::sync::Arc;

use hf_core::time::Lifetime;
use hf_testkit::ManualClock;
use hf_topology::report::Outcome;
use tempfile::TempDir;

use super::*;
use crate::prove::{self, Proof, Reach};

struct World {
    directory: TempDir,
    clock: Arc<ManualClock>,
    context: Context,
}

const TWO_SERVICES: &str = r#"
[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]
calls     = ["api"]
profile   = "client"

[service.api]
instances = ["api1.shop.internal", "api2.shop.internal"]
keystore  = ["pem", "p12", "jks"]
"#;

impl World {
    fn new(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let context = Context::for_test(Arc::clone(&clock) as Arc<dyn hf_core::time::Clock>);
        let world = Self { directory, clock, context };
        world.declare(text);
        world
    }

    fn declare(&self, text: &str) {
        std::fs::write(self.path("handfast.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn domain(&self) -> Domain {
        Domain::read(&self.path("handfast.toml")).unwrap()
    }

    fn apply(&self) -> Applied {
        run(&self.context, &self.domain(), &PassphraseOptions { passphrase_file: None }).unwrap()
    }

    fn check(&self) -> Proof {
        prove::domain(&self.context, &self.domain(), Reach::Memory).unwrap()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> =
            self.check().findings.iter().map(|finding| finding.code.as_str()).collect();
        codes.dedup();
        codes
    }
}

fn words(steps: &[Step]) -> Vec<String> {
    steps.iter().map(ToString::to_string).collect()
}

#[test]
fn the_second_run_changes_nothing() {
    let world = World::new(TWO_SERVICES);
    let first = world.apply();
    assert_eq!(first.steps.len(), 2 + 3 + 3, "{:?}", words(&first.steps));
    let key = world.read("trust/api1.shop.internal/key.pem");
    let second = world.apply();
    assert!(second.steps.is_empty(), "{:?}", words(&second.steps));
    assert_eq!(second.next_due, first.next_due);
    assert_eq!(world.read("trust/api1.shop.internal/key.pem"), key);
    let proof = world.check();
    assert!(proof.is_good());
    assert_eq!((proof.report.links.declared, proof.report.links.proven), (2, 2));
    assert!(proof.report.refusals.expected > 0 && proof.report.refusals.leaked == 0);
}

#[test]
fn what_is_due_is_renewed_with_a_new_key_and_the_rest_left_alone() {
    let world = World::new(
        &TWO_SERVICES.replace("calls     = [\"api\"]", "calls     = [\"api\"]\nlifetime  = \"10d\""),
    );
    world.apply();
    let (web, api) =
        (world.read("trust/web.shop.internal/key.pem"), world.read("trust/api1.shop.internal/key.pem"));
    world.clock.advance(Lifetime::from_days(6));
    assert!(world.apply().steps.is_empty());
    world.clock.advance(Lifetime::from_days(1));
    let renewed = world.apply();
    assert_eq!(
        words(&renewed.steps),
        [
            "renew the certificate of `web.shop.internal` from `services`: renewal is due",
            "write `trust/web.shop.internal/`: new certificate"
        ]
    );
    assert_ne!(world.read("trust/web.shop.internal/key.pem"), web);
    assert_eq!(world.read("trust/api1.shop.internal/key.pem"), api);
    assert!(world.check().is_good());
}

#[test]
fn an_expired_certificate_is_noticed_and_mended() {
    let world = World::new(TWO_SERVICES);
    world.apply();
    world.clock.advance(Lifetime::from_days(120));
    assert_eq!(world.codes(), ["HF-CHECK-EXPIRED"]);
    let proof = world.check();
    assert_eq!((proof.report.links.proven, proof.report.links.failed), (0, 2));
    assert_eq!(proof.report.refusals.refused, 0, "that a certificate has expired proves no lasting refusal");
    world.apply();
    assert!(world.check().is_good());
}

#[test]
fn authorities_are_renewed_and_everything_stays_connected() {
    let world = World::new(TWO_SERVICES);
    world.apply();
    let old = world.read("trust/web.shop.internal/roots.pem");
    // Two thirds of five years for the intermediate, then of ten years for the root.
    for (days, authority) in [(3 * 365 + 200, "`services`"), (3 * 365 + 200, "`root`")] {
        world.clock.advance(Lifetime::from_days(days));
        let steps = words(&world.apply().steps);
        assert!(
            steps.iter().any(|step| step.starts_with("renew authority") && step.contains(authority)),
            "{steps:?}"
        );
        assert!(world.check().is_good());
        assert!(world.apply().steps.is_empty());
    }
    assert_ne!(world.read("trust/web.shop.internal/roots.pem"), old);
}

#[test]
fn a_change_of_the_file_changes_only_what_it_touches() {
    let world = World::new(TWO_SERVICES);
    world.apply();
    world.declare(
        &TWO_SERVICES.replace("\"api2.shop.internal\"", "\"api2.shop.internal\", \"api3.shop.internal\""),
    );
    let steps = words(&world.apply().steps);
    let issued: Vec<&String> = steps.iter().filter(|step| !step.starts_with("write")).collect();
    assert_eq!(issued, ["issue a certificate for `api3.shop.internal` from `services`"]);
    // The caller's snippets name the new server; nobody else's files change.
    let written: Vec<&String> = steps.iter().filter(|step| step.starts_with("write")).collect();
    assert_eq!(written.len(), 2, "{steps:?}");
    world.declare(&TWO_SERVICES.replace("keystore  = [\"pem\", \"p12\", \"jks\"]", ""));
    world.apply();
    assert!(!world.path("trust/api1.shop.internal/keystore.p12").exists());
    assert!(!world.path("trust/api1.shop.internal/keystore.password").exists());
    assert!(world.check().is_good() && world.apply().steps.is_empty());
}

#[test]
fn the_password_of_key_stores_survives_a_renewal() {
    let world = World::new(TWO_SERVICES);
    world.apply();
    let password = world.read("trust/api1.shop.internal/keystore.password");
    world.clock.advance(Lifetime::from_days(70));
    assert!(!world.apply().steps.is_empty());
    assert_eq!(world.read("trust/api1.shop.internal/keystore.password"), password);
}

/// Something done to a file of an instance.
type Damage = fn(&Path);

#[test]
fn damage_to_the_files_is_noticed_and_mended() {
    use std::os::unix::fs::PermissionsExt;
    let damages: [(&str, Damage, &[&str]); 5] = [
        ("key.pem", |path| std::fs::remove_file(path).unwrap(), &["HF-CHECK-FILE-UNREADABLE"]),
        ("fullchain.pem", |path| std::fs::write(path, "nothing").unwrap(), &["HF-CHECK-FILE-UNREADABLE"]),
        (
            "key.pem",
            |path| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap(),
            &["HF-CHECK-MODE"],
        ),
        (
            "key.pem",
            |path| {
                let other = path.parent().unwrap().with_file_name("api2.shop.internal").join("key.pem");
                std::fs::write(path, std::fs::read(other).unwrap()).unwrap();
            },
            &["HF-CHECK-KEY-MISMATCH", "HF-CHECK-KEY-STORE"],
        ),
        ("truststore.p12", |path| std::fs::write(path, "nothing").unwrap(), &["HF-CHECK-KEY-STORE"]),
    ];
    for (file, damage, codes) in damages {
        let world = World::new(TWO_SERVICES);
        world.apply();
        damage(&std::fs::canonicalize(world.path("trust/api1.shop.internal")).unwrap().join(file));
        assert_eq!(world.codes(), codes, "{file}");
        assert!(!world.apply().steps.is_empty(), "{file}");
        assert!(world.codes().is_empty() && world.check().is_good(), "{file}");
        assert!(world.apply().steps.is_empty(), "{file}");
    }
}

#[test]
fn a_key_shared_by_two_instances_is_reported() {
    let world = World::new(TWO_SERVICES);
    world.apply();
    for file in ["key.pem", "fullchain.pem", "cert.pem"] {
        let from = world.path("trust/api1.shop.internal").join(file);
        std::fs::copy(from, world.path("trust/api2.shop.internal").join(file)).unwrap();
    }
    assert_eq!(world.codes(), ["HF-CHECK-KEY-STORE", "HF-CHECK-SHARED-KEY"]);
    assert!(!world.check().is_good());
    world.apply();
    assert!(world.codes().is_empty());
}

#[test]
fn a_run_that_ends_after_any_step_is_completed_by_the_next() {
    let steps = World::new(TWO_SERVICES).apply().steps.len();
    for done in 0..=steps {
        let world = World::new(TWO_SERVICES);
        interrupted_after(&world, done);
        world.apply();
        assert!(world.check().is_good(), "after {done} steps");
        assert!(world.apply().steps.is_empty(), "after {done} steps");
    }
}

/// Carry out the first steps, then forget everything, as a process that is killed does.
fn interrupted_after(world: &World, done: usize) {
    let domain = world.domain();
    let opened =
        authority::open_for_topology(&world.context, &domain, &PassphraseOptions { passphrase_file: None })
            .unwrap();
    let plan = plan(&world.context, &domain, &opened).unwrap();
    let mut executor = Executor {
        context: &world.context,
        domain: &domain,
        opened: &opened,
        issued: BTreeMap::new(),
        lent: Vec::new(),
    };
    for step in plan.changes.iter().take(done) {
        executor.step(step).unwrap();
    }
}

#[test]
fn an_interrupted_renewal_leaves_old_sets_or_new_ones() {
    let world = World::new(TWO_SERVICES);
    world.apply();
    world.clock.advance(Lifetime::from_days(70));
    for done in 0..6 {
        interrupted_after(&world, done);
        let proof = world.check();
        assert!(proof.is_good(), "after {done} steps: old certificates are still good");
        assert!(proof.report.details.iter().all(|detail| detail.outcome != Outcome::Failed));
    }
    world.apply();
    assert!(world.check().is_good() && world.apply().steps.is_empty());
}

#[test]
fn a_second_process_is_refused_in_words() {
    let world = World::new(TWO_SERVICES);
    let domain = world.domain();
    let options = PassphraseOptions { passphrase_file: None };
    let held = authority::open_for_topology(&world.context, &domain, &options).unwrap();
    let error = run(&world.context, &domain, &options).err().unwrap();
    assert_eq!(error.exit().code(), 1);
    assert!(
        error.causes().iter().any(|cause| cause.contains("is in use by process")),
        "{:?}",
        error.causes()
    );
    drop(held);
    assert_eq!(world.apply().steps.len(), 8);
}

#[test]
fn an_owner_that_does_not_exist_is_refused_before_anything_is_issued() {
    let world = World::new(&TWO_SERVICES.replace("calls ", "owner = \"no-such-user\"\ncalls "));
    let error =
        run(&world.context, &world.domain(), &PassphraseOptions { passphrase_file: None }).err().unwrap();
    assert_eq!(
        error.found().iter().map(|found| found.code.as_str()).collect::<Vec<_>>(),
        ["HF-PLAN-OWNER-UNKNOWN"]
    );
    assert!(!world.path("trust").exists());
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let world = World::new(TWO_SERVICES);
    std::fs::write(world.path("trust"), "in the way").unwrap();
    let error =
        run(&world.context, &world.domain(), &PassphraseOptions { passphrase_file: None }).err().unwrap();
    assert!(
        error.message().starts_with("cannot ") && error.message().contains("/trust"),
        "{}",
        error.message()
    );
    assert_eq!(error.exit().code(), 1);
    std::fs::remove_file(world.path("trust")).unwrap();
    world.apply();
    assert!(world.check().is_good());
}

#[test]
fn each_model_of_trust_converges() {
    let per_service = TWO_SERVICES.replace("[service.web]", "model = \"per-service\"\n[service.web]");
    let constrained = format!(
        "{TWO_SERVICES}\n[authority.top]\nkey = \"ecdsa-p384\"\nsubject = \"CN=Top,O=Shop\"\n[authority.mid]\nparent = \"top\"\npermitted = [\"shop.internal\", \"10.0.0.0/8\"]\nexcluded = [\"bad.shop.internal\", \"10.9.0.0/16\"]\n[authority.low]\nparent = \"mid\"\npermitted = [\"shop.internal\"]\n"
    )
    .replace("domain = \"shop.internal\"", "domain = \"shop.internal\"\nauthority = \"low\"");
    for text in [per_service, constrained] {
        let world = World::new(&text);
        world.apply();
        let second = world.apply();
        assert!(second.steps.is_empty(), "{text}\n{:?}", words(&second.steps));
        assert!(world.check().is_good(), "{text}");
    }
}

#[test]
fn a_constraint_that_cannot_be_put_into_a_certificate_is_refused() {
    let world = World::new(&format!(
        "{TWO_SERVICES}\n[authority.root]\n[authority.services]\nparent = \"root\"\npermitted = [\"shop.internal\", \"email:.shop.internal\"]\n"
    ));
    let error =
        run(&world.context, &world.domain(), &PassphraseOptions { passphrase_file: None }).err().unwrap();
    let found = &error.found()[0];
    assert_eq!(found.code.as_str(), "HF-PLAN-AUTHORITY-FORM");
    assert!(found.summary.contains("cannot be constrained to `email:.shop.internal`"), "{found:?}");
}
