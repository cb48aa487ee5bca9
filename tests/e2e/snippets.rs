//! The files that `handfast apply` writes to be pasted into programs: each is read by its own language as it is.

use std::fs;

use crate::domain::Domain;
use crate::program::succeed;

/// An instance that has key stores.
const INSTANCE: &str = "c1.shop.internal";

#[test]
fn python_runs_the_file() {
    let shop = Domain::example("shop");
    succeed("python3", |command| {
        command.arg(shop.trust(INSTANCE).join("python.txt"));
    });
}

#[test]
fn node_runs_the_file() {
    let shop = Domain::example("shop");
    let script = shop.path().join("snippet.cjs");
    fs::copy(shop.trust(INSTANCE).join("node.txt"), &script).unwrap();
    succeed("node", |command| {
        command.arg(script);
    });
}

#[test]
fn go_builds_the_file() {
    let shop = Domain::example("shop");
    let module = shop.path().join("go");
    fs::create_dir(&module).unwrap();
    fs::write(module.join("go.mod"), "module handfast\n\ngo 1.19\n").unwrap();
    fs::copy(shop.trust(INSTANCE).join("go.txt"), module.join("handfast.go")).unwrap();
    succeed("go", |command| {
        command
            .arg("vet")
            .arg("./...")
            .current_dir(&module)
            .env("GOFLAGS", "-mod=mod")
            .env("GOTOOLCHAIN", "local");
    });
}

#[test]
fn java_compiles_the_file() {
    let shop = Domain::example("shop");
    let source = shop.path().join("Handfast.java");
    fs::copy(shop.trust(INSTANCE).join("java.txt"), &source).unwrap();
    succeed("javac", |command| {
        command.arg("-Xlint:all").arg("-d").arg(shop.path().join("classes")).arg(source);
    });
}
