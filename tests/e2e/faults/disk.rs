//! No room on the disk, and files that may not grow.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::{goes_on, recorded, run, wrapped};
use crate::domain::{Domain, examples, handfast};
use crate::program::{finish, text};

/// Writes beyond the limit fail instead of ending the program.
const LIMITED: &str = r#"trap '' XFSZ; limit=$1; shift; exec prlimit --fsize="$limit" "$@""#;

#[test]
fn files_that_may_not_grow_fail_in_words_and_later_work() {
    for kib in [0, 1, 4, 32, 96, 112, 200] {
        let domain = Domain::not_applied("shop");
        let limit = (kib * 1024).to_string();
        wrapped(&domain, &["sh", "-c", LIMITED, "sh", &limit], "apply").must(2, "handfast.db");
        goes_on(&domain, &limit);
    }
}

#[test]
fn a_certificate_that_cannot_be_recorded_is_not_issued() {
    let domain = Domain::example("shop");
    let before = recorded(&domain);
    wrapped(&domain, &["sh", "-c", LIMITED, "sh", "0"], "issue a.shop.internal").must(2, "error:");
    assert!(!domain.path().join("a.shop.internal").exists());
    assert_eq!(recorded(&domain), before);
    run(&domain, "issue a.shop.internal").must(0, "certified");
    goes_on(&domain, "a limit of nothing");
}

/// A small disk of its own, seen by these commands only. Words: handfast, examples/shop, size, folder for answers.
const SMALL_DISK: &str = r#"
set -u
disk=$4/disk; mkdir "$disk"; mount -t tmpfs -o "size=$3" disk "$disk"; cp "$2"/* "$disk"; cd "$disk"
try() { name=$1; shift; "$@" > "$answers/$name.out" 2> "$answers/$name.err"; echo "$name $?"; }
answers=$4
try small "$1" apply
mount -o remount,size=20m "$disk"
try again "$1" apply
try check "$1" check
head -c 30m /dev/zero > fill 2> /dev/null
try full "$1" issue q.shop.internal
try left ls q.shop.internal
rm fill
try room "$1" issue q.shop.internal
try audit "$1" audit verify
try listed "$1" list --name q.shop.internal
"#;

#[test]
fn a_full_disk_is_said_and_everything_works_with_room() {
    let may = |words: &[&str]| Command::new("unshare").args(words).arg("true").status().unwrap().success();
    // Root makes a mount namespace; others need one of users around it.
    let namespace = if may(&["-m"]) { "-m" } else { "-rm" };
    for size in ["100k", "200k", "300k", "400k", "600k"] {
        let answers = TempDir::new().unwrap();
        let output = finish("unshare", |command| {
            command.args([namespace, "sh", "-c", SMALL_DISK, "sh"]).arg(handfast());
            command.arg(examples().join("shop")).arg(size).arg(answers.path());
        });
        let expected = "small 2\nagain 0\ncheck 0\nfull 2\nleft 2\nroom 0\naudit 0\nlisted 0\n";
        assert_eq!(text(&output.stdout), expected, "{size}: {}", text(&output.stderr));
        for name in ["small", "full"] {
            let said = fs::read_to_string(answers.path().join(format!("{name}.err"))).unwrap();
            assert!(said.to_lowercase().contains("no space left"), "{size}: {said}");
            assert!(said.contains("/disk/") && !said.contains("panicked"), "{size}: {said}");
        }
    }
}
