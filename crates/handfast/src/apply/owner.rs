//! To whom the files of an instance belong.

use std::io;
use std::path::Path;

/// User and group by number; what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    user: Option<u32>,
    group: Option<u32>,
}

/// No such user or group on this machine.
#[derive(Debug, thiserror::Error)]
#[error("there is no {kind} `{name}` on this machine")]
pub(crate) struct NoSuchOwner {
    kind: &'static str,
    name: String,
}

impl Owner {
    /// Look the names up in `/etc/passwd` and `/etc/group`; numbers are taken as they are.
    pub(crate) fn named(user: Option<&str>, group: Option<&str>) -> Result<Self, NoSuchOwner> {
        let find = |kind, name: Option<&str>, file| match name {
            None => Ok(None),
            Some(name) => {
                number(name, file).map(Some).ok_or_else(|| NoSuchOwner { kind, name: name.to_owned() })
            }
        };
        Ok(Self { user: find("user", user, "/etc/passwd")?, group: find("group", group, "/etc/group")? })
    }

    /// Whether a file of this user and group is this owner's.
    pub(crate) fn owns(self, user: u32, group: u32) -> bool {
        self.user.is_none_or(|wanted| wanted == user) && self.group.is_none_or(|wanted| wanted == group)
    }

    /// Give the file at `path` to this owner.
    pub(super) fn give(self, path: &Path) -> io::Result<()> {
        if self == Self::default() {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, self.user, self.group)
    }
}

/// The number of a user or group: itself, or what the third field of its line says.
fn number(name: &str, file: &str) -> Option<u32> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    lookup(&std::fs::read_to_string(file).ok()?, name)
}

/// `passwd(5)` and `group(5)` both have the name first and the number third.
fn lookup(text: &str, name: &str) -> Option<u32> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_found() {
        assert_eq!(lookup("root:x:0:\npostgres:x:70:\n", "postgres"), Some(70));
        assert_eq!(lookup("root:x:0:\n", "nobody"), None);
        assert_eq!(number("1000", "/nonexistent"), Some(1000));
    }
}
