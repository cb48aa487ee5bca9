//! `handfast init`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hf_core::name::{DnsName, NameError, TrustDomain};

use super::options::PassphraseOptions;
use crate::apply;
use crate::context::{Context, FILE_NAME};
use crate::domain::{Domain, STATE};
use crate::error::{CommandError, Exit};
use crate::passphrase;

/// Make a new trust domain: a commented handfast.toml, a root, one issuing authority.
///
/// Nothing that exists is overwritten, and when something fails nothing is left behind.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The directory; it is made when it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Name of the trust domain; without it the name of the directory, with `.internal` when it has no dot
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,
    /// Write the key of the root to this file, to be taken away, and keep no copy
    #[arg(long, value_name = "FILE")]
    offline_root: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast init shop
  handfast init shop --domain shop.example.com
  handfast init shop --offline-root /media/usb/shop-root.key
  HANDFAST_PASSPHRASE=... handfast init shop     the keys of the authorities are encrypted";

/// How the name of the directory begins in which everything is made first.
const WORKSHOP: &str = ".handfast-init-";

/// Make everything in a directory of its own, then move it into its place.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let target = std::path::absolute(&args.directory)
        .map_err(|error| CommandError::io("find", &args.directory, error))?;
    refuse_existing(&target)?;
    let domain = domain_name(args.domain.as_deref(), &target)?;
    ask_passphrase(args, context)?;
    let offline = args.offline_root.as_deref().map(absolute).transpose()?;
    let made = !target.exists();
    fs::create_dir_all(&target).map_err(|error| CommandError::io("make the directory", &target, error))?;
    let result = build(args, context, &target, &template(&domain, offline.as_deref()));
    if let Err(error) = result {
        if made {
            // Only an empty directory is removed: what somebody else put there meanwhile stays.
            let _ = fs::remove_dir(&target);
        }
        return Err(error);
    }
    tell(context, &args.directory, &domain, offline.as_deref());
    Ok(Exit::Done)
}

/// On a terminal: with what the keys shall be encrypted, where neither a file nor the environment says it.
fn ask_passphrase(args: &Args, context: &mut Context) -> Result<(), CommandError> {
    let given = args.passphrase.passphrase_file.is_some() || passphrase::from_env(&context.env)?.is_some();
    if !given {
        context.env.passphrase = passphrase::prompt_optional("for the keys of the authorities")?;
    }
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf, CommandError> {
    std::path::absolute(path).map_err(|error| CommandError::io("find", path, error))
}

fn refuse_existing(target: &Path) -> Result<(), CommandError> {
    for name in [FILE_NAME, STATE] {
        let path = target.join(name);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(CommandError::refused(format!(
                "`{}` exists already: nothing is overwritten",
                path.display()
            ))
            .hint("run `handfast plan` to see what it declares, or choose another directory"));
        }
    }
    Ok(())
}

/// The name that was given, or the directory's.
fn domain_name(given: Option<&str>, target: &Path) -> Result<TrustDomain, CommandError> {
    let name = match given {
        Some(name) => name.to_owned(),
        None => from_directory(target),
    };
    let refused = |error: NameError| {
        CommandError::refused(format!("`{name}` cannot be the name of a trust domain"))
            .because(error)
            .hint("name it with `--domain`, for example `--domain shop.internal`")
    };
    // It names the hosts below it as well, so it has to be a DNS name.
    let dns: DnsName = name.parse().map_err(refused)?;
    dns.as_str().parse().map_err(refused)
}

fn from_directory(target: &Path) -> String {
    let name = target.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let plain = plain.trim_matches(|c| c == '-' || c == '.');
    match plain {
        "" => String::from("example.internal"),
        dotted if dotted.contains('.') => dotted.to_owned(),
        bare => format!("{bare}.internal"),
    }
}

/// Make file and authorities in a workshop inside `target`, then move both into their places, the file last: without it
/// there is no trust domain.
fn build(args: &Args, context: &Context, target: &Path, text: &str) -> Result<(), CommandError> {
    sweep(target);
    let workshop = tempfile::Builder::new()
        .prefix(WORKSHOP)
        .tempdir_in(target)
        .map_err(|error| CommandError::io("make a directory in", target, error))?;
    let held =
        fs::File::open(workshop.path()).map_err(|error| CommandError::io("open", workshop.path(), error))?;
    held.lock().map_err(|error| CommandError::io("lock", workshop.path(), error))?;
    let file = workshop.path().join(FILE_NAME);
    fs::write(&file, text).map_err(|error| CommandError::io("write", &file, error))?;
    apply::run(context, &Domain::read(&file)?, &args.passphrase)?;
    refuse_existing(target)?;
    let state = target.join(STATE);
    fs::rename(workshop.path().join(STATE), &state)
        .map_err(|error| CommandError::io("move into place", &state, error))?;
    let place = target.join(FILE_NAME);
    // A link, unlike a rename, fails when the name was taken meanwhile.
    if let Err(error) = fs::hard_link(&file, &place) {
        let _ = fs::remove_dir_all(&state);
        return Err(CommandError::io("write", &place, error));
    }
    fs::File::open(target)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| CommandError::io("sync", target, error))
}

/// Take away what an `init` that was killed left behind; whoever is still at work holds a lock. What cannot be removed is in
/// nobody's way.
fn sweep(target: &Path) {
    for entry in fs::read_dir(target).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(WORKSHOP))
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        let free = || fs::File::open(entry.path()).is_ok_and(|directory| directory.try_lock().is_ok());
        if ours && free() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn tell(context: &Context, directory: &Path, domain: &TrustDomain, offline: Option<&Path>) {
    let file = directory.join(FILE_NAME);
    let output = &context.output;
    output.message(&format!("trust domain `{domain}` made: root, issuing authority `services`"));
    let named = if directory == Path::new(".") { String::new() } else { format!(" -f {}", file.display()) };
    output.message(&format!(
        "declare your services in `{}`, then run `handfast up --once{named}`",
        file.display()
    ));
    if let Some(key) = offline {
        output.message(&format!(
            "the key of the root is in `{}`: take it away, and bring it back only to make or renew authorities",
            key.display()
        ));
    }
}

/// The file of a new trust domain.
fn template(domain: &TrustDomain, offline_root: Option<&Path>) -> String {
    let root = match offline_root {
        None => String::from(
            "# offline  = true              # keep the key elsewhere; see `handfast init --offline-root`\n",
        ),
        Some(path) => format!(
            "offline  = true                # the key is brought only to sign authorities\nkey_file = {}\n",
            toml_string(&path.display().to_string())
        ),
    };
    TEMPLATE.replace("DOMAIN", &domain.to_string()).replace("ROOT_KEY\n", &root)
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

const TEMPLATE: &str = r#"# The trust domain DOMAIN.
#
#   handfast plan       what each machine imports, and what `apply` would change
#   handfast up --once  make it so, and prove that every declared link works

[trust]
domain = "DOMAIN"
model  = "root"                # all trust one root; "per-service": a self-signed authority for each service
# key      = "ecdsa-p256"      # or ecdsa-p384, ed25519, rsa-2048, rsa-3072, rsa-4096
# lifetime = "90d"             # of the certificates of services
# renew_at = "2/3"             # the part of a lifetime after which a certificate is renewed
# url      = "http://pki.DOMAIN"   # where CRLs and issuers' certificates are published

# The root signs authorities and nothing else.
[authority.root]
ROOT_KEY
# This one signs the certificates of services.
[authority.services]
parent    = "root"
permitted = ["DOMAIN"]   # it cannot vouch for any other name

# Who is there, and who calls whom? Remove the marks and write your own names.
#
# [service.web]
# instances = ["web1.DOMAIN", "web2.DOMAIN"]
# calls     = ["api"]
#
# [service.api]
# instances = [{ name = "api.DOMAIN", address = "127.0.0.1:8443" }]   # the address is for `check --live`
# calls     = ["database"]
# peers     = true             # its instances talk to each other
# keystore  = ["pem", "p12"]   # what it can read; Java reads "p12" and "jks"
# owner     = "api"            # whose its files are
#
# Somebody else's machine, with a certificate that is not ours.
#
# [external.database]
# instances   = ["db.vendor.example"]
# certificate = "db-vendor.pem"   # the certificate that they gave you
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use hf_topology::declare;

    fn domain() -> TrustDomain {
        "shop.internal".parse().unwrap()
    }

    #[test]
    fn the_file_is_a_topology() {
        let topology = declare::parse(&template(&domain(), None), "handfast.toml").unwrap();
        assert_eq!(topology.authorities.len(), 2);
        let offline = template(&domain(), Some(Path::new("/media/\"usb\"/root.key")));
        let topology = declare::parse(&offline, "handfast.toml").unwrap();
        let root = topology.authority("root").unwrap();
        assert_eq!((root.offline, root.key_file.as_deref()), (true, Some("/media/\"usb\"/root.key")));
    }

    #[test]
    fn the_examples_in_the_file_are_a_topology_too() {
        let text = template(&domain(), None);
        let mark = |line: &str| {
            line.strip_prefix("# ")
                .filter(|rest| rest.starts_with('[') || rest.contains(" = "))
                .map(str::to_owned)
        };
        let lines: Vec<String> =
            text.lines().map(|line| mark(line).unwrap_or_else(|| line.to_owned())).collect();
        let topology = declare::parse(&lines.join("\n"), "handfast.toml").unwrap();
        assert_eq!((topology.services.len(), topology.externals.len()), (2, 1));
    }

    #[test]
    fn what_a_killed_init_left_is_swept_away_and_nothing_else() {
        let target = tempfile::tempdir().unwrap();
        for name in [".handfast-init-old", ".handfast-init-busy", "other"] {
            fs::create_dir(target.path().join(name)).unwrap();
        }
        fs::write(target.path().join(".handfast-init-old/key"), "k").unwrap();
        let busy = fs::File::open(target.path().join(".handfast-init-busy")).unwrap();
        busy.lock().unwrap();
        sweep(target.path());
        let there = |name: &str| target.path().join(name).exists();
        assert!(!there(".handfast-init-old"));
        assert!(there(".handfast-init-busy") && there("other"));
    }

    #[test]
    fn the_directory_gives_the_name() {
        for (directory, name) in [
            ("/srv/shop", "shop.internal"),
            ("/srv/My Shop", "my-shop.internal"),
            ("/srv/shop.example.com", "shop.example.com"),
            ("/", "example.internal"),
        ] {
            assert_eq!(from_directory(Path::new(directory)), name);
        }
    }
}
