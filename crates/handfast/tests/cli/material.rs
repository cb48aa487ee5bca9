//! A trust domain with a root and one issuing authority, and conversations without what differs from run to run.

use std::path::Path;
use std::process::Command;

use crate::support::Place;

/// The trust domain.
pub(crate) struct Domain {
    pub(crate) place: Place,
}

impl Domain {
    /// With `root.pem` beside the file.
    pub(crate) fn new() -> Self {
        let place = Place::with("[trust]\ndomain = \"shop.internal\"\n");
        place.good("ca create root");
        place.good("ca create services --parent root --permitted shop.internal");
        let domain = Self { place };
        domain.pem("root");
        domain
    }

    /// Writes the certificate of an authority into a file that is named after it.
    pub(crate) fn pem(&self, authority: &str) {
        let pem = self.place.good(&format!("ca show {authority} --pem"));
        self.place.write(&format!("{authority}.pem"), &pem);
    }

    /// A conversation.
    pub(crate) fn talk(&self, words: &str) -> String {
        let text = self.place.talk(words);
        let lines: Vec<String> = text.lines().map(without_chance).collect();
        lines.join("\n")
    }
}

/// Times, serial numbers, digests and numbers of lists replaced by a word in brackets.
fn without_chance(line: &str) -> String {
    let mut plain = String::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-:".contains(c);
    for part in line.split_inclusive(|c: char| !is_word(c)) {
        let word = part.trim_end_matches(|c: char| !is_word(c) || c == ':');
        plain.push_str(&part.replacen(word, replaced(word), usize::from(!word.is_empty())));
    }
    ago(&plain)
}

fn replaced(word: &str) -> &str {
    let hex = |word: &str| word.chars().all(|c| c.is_ascii_hexdigit());
    if word.len() == 20 && word.ends_with('Z') {
        "[time]"
    } else if word.len() == 40 && hex(word) {
        "[20 octets]"
    } else if word.len() == 16 && hex(word) {
        "[8 octets]"
    } else if word.len() == 10 && word.parse::<u64>().is_ok() {
        "[number]"
    } else if let Some((name, digest)) = word.rsplit_once('-')
        && digest.len() == 16
        && hex(digest)
    {
        // The name of a key file ends with the digest of the key.
        if name == "services" || name.ends_with(":services") { "services-[8 octets]" } else { "[key]" }
    } else {
        word
    }
}

/// `([time] (5 minutes ago)` without the minutes.
fn ago(line: &str) -> String {
    match line.split_once("[time] (") {
        Some((before, after)) => {
            format!("{before}[time] ([span]){}", after.split_once(')').map_or("", |(_, rest)| rest))
        }
        None => line.to_owned(),
    }
}

/// What openssl says, both outputs.
pub(crate) fn openssl(folder: &Path, words: &str) -> String {
    let output = Command::new("openssl").args(words.split_whitespace()).current_dir(folder).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
