//! Keys of authorities in the encryption of PEM that OpenSSL had before PKCS#8, the only one that CFSSL reads.

use std::path::Path;
use std::process::Output;

use super::programs::Programs;
use crate::program::{succeed, text};

const PASSWORD: &str = "CFSSL_CA_PK_PASSWORD";

/// A root of stock CFSSL whose key, of this kind, is encrypted with the password `secret` in each way.
fn place(key: &str, stock: &Programs) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("ca.json"), format!(r#"{{"CN":"Old Root","key":{key}}}"#)).unwrap();
    std::fs::write(at.join("csr.json"), r#"{"CN":"a.example","hosts":["a.example"]}"#).unwrap();
    stock.split(at, "gencert -initca ca.json", "ca");
    for cipher in CIPHERS {
        succeed("openssl", |command| {
            command.current_dir(at).args([
                "pkey",
                "-traditional",
                "-in",
                "ca-key.pem",
                "-passout",
                "pass:secret",
            ]);
            command.args([format!("-{cipher}"), "-out".to_owned(), format!("{cipher}.pem")]);
        });
    }
    folder
}

const CIPHERS: [&str; 4] = ["aes128", "aes192", "aes256", "des3"];

fn sign(programs: &Programs, at: &Path, key: &str, password: Option<&str>) -> Output {
    let mut command = programs.command("cfssl", at);
    command.args(["gencert", "-ca", "ca.pem", "-ca-key", key, "csr.json"]).env_remove(PASSWORD);
    if let Some(password) = password {
        command.env(PASSWORD, password);
    }
    command.output().unwrap()
}

#[test]
fn keys_that_stock_cfssl_opens_are_opened_with_the_same_password() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    for key in [r#"{"algo":"ecdsa","size":256}"#, r#"{"algo":"rsa","size":2048}"#] {
        let folder = place(key, &stock);
        let at = folder.path();
        for cipher in CIPHERS {
            let file = format!("{cipher}.pem");
            for programs in [&stock, &ours] {
                let signed = sign(programs, at, &file, Some("secret"));
                assert!(
                    signed.status.success() && !signed.stdout.is_empty(),
                    "{file}: {}",
                    text(&signed.stderr)
                );
                let refused = sign(programs, at, &file, Some("wrong"));
                assert!(
                    !refused.status.success() && refused.stdout.is_empty(),
                    "{file}: {}",
                    text(&refused.stdout)
                );
                let refused = sign(programs, at, &file, None);
                let said = text(&refused.stderr) + &text(&refused.stdout);
                assert!(!refused.status.success() && said.contains(r#""code":2100"#), "{file}: {said}");
            }
            let said = text(&sign(&ours, at, &file, None).stderr);
            assert!(said.contains(PASSWORD), "{said}");
        }
    }
}

#[test]
fn a_server_signs_with_such_a_key_and_says_how_to_convert_what_it_cannot_open() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    let folder = place(r#"{"algo":"ecdsa","size":256}"#, &stock);
    let at = folder.path();
    let address = crate::port::free();
    let mut command = ours.command("cfssl", at);
    let port = address.port().to_string();
    command.args(["serve", "-port", &port, "-ca", "ca.pem", "-ca-key", "des3.pem", "-enable", "sign"]);
    let mut server = crate::program::Running::start(command.env(PASSWORD, "secret"));
    server.until_listening(address);
    stock.split(at, &format!("gencert -remote localhost:{port} csr.json"), "leaf");
    succeed("openssl", |command| {
        command.current_dir(at).args(["verify", "-CAfile", "ca.pem", "leaf.pem"]);
    });

    let one_key = std::fs::read_to_string(at.join("des3.pem")).unwrap().replace("DES-EDE3-CBC", "DES-CBC");
    std::fs::write(at.join("des.pem"), one_key).unwrap();
    let said = text(&sign(&ours, at, "des.pem", Some("secret")).stderr);
    assert!(said.contains("openssl pkcs8 -topk8") && said.contains("DES-CBC"), "{said}");
}
