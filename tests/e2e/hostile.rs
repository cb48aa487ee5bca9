//! Files that were made to hurt: each is refused in words within a bounded time, by every command that reads it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};

use crate::domain::{Domain, handfast};
use crate::program::{finish, text};

/// What is given to each command.
const SANS: usize = 100_000;
/// Depth of the nesting.
const DEPTH: usize = 10_000;

#[test]
fn every_command_refuses_every_hostile_file() {
    let domain = Domain::example("shop");
    let files = hostile_files(domain.path());
    let topology = domain.path().join("handfast.toml");
    let trust = domain.trust("c1.shop.internal");
    let (leaf, roots) = (trust.join("cert.pem"), trust.join("roots.pem"));
    let (topology, leaf, roots) =
        (topology.to_str().unwrap(), leaf.to_str().unwrap(), roots.to_str().unwrap());
    for file in &files {
        let commands: [&[&str]; 9] = [
            &["inspect", file],
            &["verify", file, "--roots", roots],
            &["verify", leaf, "--roots", file],
            &["verify", leaf, "--roots", roots, "--crl", file],
            &["chain", file],
            &["sign", file, "-f", topology],
            &["renew", file, "-f", topology],
            &["ca", "import", "other", "--certificate", file, "-f", topology],
            &["plan", "-f", file],
        ];
        for words in commands {
            refuses(domain.path(), words, file);
        }
    }
}

/// 1 for what the user gave, 2 for what the machine could not do; the time limit of `finish` gives 124.
fn refuses(folder: &Path, words: &[&str], file: &str) {
    let output = finish(handfast(), |command| {
        command.args(words).current_dir(folder);
    });
    let said = text(&output.stderr);
    let begin: String = said.chars().take(500).collect();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{words:?}: {}: {begin}", output.status);
    assert!(!said.contains("panicked"), "{words:?}: {begin}");
    assert!(said.contains(file), "{words:?} does not name it: {begin}");
    assert!(said.len() < 64 * 1024, "{words:?} says {} octets: {begin}", said.len());
}

/// The names of the files, made in `folder`.
fn hostile_files(folder: &Path) -> Vec<String> {
    let trust = folder.join("trust/c1.shop.internal");
    let mut files = cut_files(&trust, folder);
    for (name, octets) in made() {
        fs::write(folder.join(name), octets).unwrap();
        files.push(name.to_owned());
    }
    let certificate = fs::read_to_string(trust.join("cert.pem")).unwrap();
    fs::write(folder.join("bomb.pem"), certificate.repeat(20_000)).unwrap();
    fs::write(folder.join("sparse.pem"), &certificate).unwrap();
    for name in ["sparse", "sparse.pem"] {
        let file = fs::OpenOptions::new().create(true).append(true).open(folder.join(name)).unwrap();
        file.set_len(1 << 30).unwrap();
    }
    many_names(folder);
    fs::create_dir(folder.join("directory")).unwrap();
    symlink("loop-2", folder.join("loop-1")).unwrap();
    symlink("loop-1", folder.join("loop-2")).unwrap();
    let others =
        ["bomb.pem", "sparse", "sparse.pem", "many.csr", "many.pem", "directory", "loop-1", "missing"];
    files.extend(others.map(str::to_owned));
    files.extend(["/dev/zero", "/dev/null", "/proc/self/mem"].map(str::to_owned));
    files
}

/// Two thirds of every file of an instance.
fn cut_files(trust: &Path, folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let kinds = ["cert.pem", "key.pem", "fullchain.pem", "roots.pem", "keystore.p12", "keystore.jks"];
    for kind in kinds {
        let whole = fs::read(trust.join(kind)).unwrap();
        let name = format!("cut-{kind}");
        fs::write(folder.join(&name), &whole[..whole.len() * 2 / 3]).unwrap();
        files.push(name);
    }
    files
}

/// A file with 100 000 names, as a request and as a certificate.
fn many_names(folder: &Path) {
    let names: Vec<String> = (0..SANS).map(|number| format!("a{number}.shop.internal")).collect();
    let parameters = CertificateParams::new(names).unwrap();
    let key = KeyPair::generate().unwrap();
    let write = |name: &str, pem: String| fs::write(PathBuf::from(folder).join(name), pem).unwrap();
    write("many.csr", parameters.serialize_request(&key).unwrap().pem().unwrap());
    write("many.pem", parameters.self_signed(&key).unwrap().pem());
}

/// Names and octets of what needs nothing else.
fn made() -> Vec<(&'static str, Vec<u8>)> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    })
    .take(5000)
    .collect();
    let begin = b"-----BEGIN CERTIFICATE-----\n";
    let long_line = [begin, "A".repeat(20_000_000).as_bytes(), b"\n-----END CERTIFICATE-----\n"].concat();
    vec![
        ("random", random),
        ("empty", Vec::new()),
        ("zeros", vec![0; 4096]),
        ("nested.der", nested()),
        ("indefinite.der", [0x30, 0x80].repeat(DEPTH)),
        ("length.der", [&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0; 100].as_slice()].concat()),
        ("begins.pem", begin.repeat(100_000)),
        ("line.pem", long_line),
        ("label.pem", [b"-----BEGIN ".as_slice(), &[b'A'; 5_000_000]].concat()),
        ("nested.toml", [b"a = ".as_slice(), &[b'['; 100_000]].concat()),
        ("dotted.toml", [b"[".as_slice(), &b"a.".repeat(100_000), b"a]\n"].concat()),
        ("comments.toml", b"# x\n".repeat(2_000_000)),
        ("binary.toml", b"[trust]\ndomain = \"a\0b\"\n".to_vec()),
    ]
}

/// SEQUENCE in SEQUENCE, with lengths that are right.
fn nested() -> Vec<u8> {
    // From the inside, back to front.
    let mut backwards = vec![0x00, 0x05];
    for _ in 0..DEPTH {
        let length = backwards.len();
        if length < 128 {
            backwards.push(length.to_le_bytes()[0]);
        } else {
            let octets = length.to_le_bytes();
            let used = octets.iter().rposition(|octet| *octet != 0).unwrap() + 1;
            backwards.extend(&octets[..used]);
            backwards.push(0x80 | used.to_le_bytes()[0]);
        }
        backwards.push(0x30);
    }
    backwards.reverse();
    backwards
}
