//! E-mail addresses, RFC 5280 sections 4.2.1.6 and 4.2.1.10 (`rfc822Name`).

use hf_core::name::{DnsName, EmailAddress};

/// The address, when it is a `Mailbox` in ASCII.
pub(crate) fn presented(text: &str) -> Option<EmailAddress> {
    text.parse().ok()
}

/// Whether a subtree is well-formed: a mailbox, a host, or a domain with a leading dot.
pub(crate) fn is_subtree(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    if text.contains('@') {
        return presented(text).is_some();
    }
    let host: Option<DnsName> = super::dns::presented(text.strip_prefix('.').unwrap_or(text));
    host.is_some_and(|host| !host.is_wildcard())
}

/// Whether the address lies in the subtree: the very mailbox, all mailboxes of the host, or all of hosts below the domain.
pub(crate) fn is_within(address: &EmailAddress, subtree: &str) -> bool {
    if subtree.is_empty() {
        return true;
    }
    if subtree.contains('@') {
        return presented(subtree).is_some_and(|mailbox| mailbox == *address);
    }
    let host = address.domain();
    let subtree = subtree.to_ascii_lowercase();
    match subtree.strip_prefix('.') {
        Some(_) => host.len() > subtree.len() && host.ends_with(&subtree),
        None => host == subtree,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailbox_host_and_domain() {
        let address = presented("Ops@mail.Example.com").unwrap();
        for inside in ["Ops@mail.example.com", "mail.example.com", ".example.com", ""] {
            assert!(is_within(&address, inside), "{inside}");
        }
        for outside in ["ops@mail.example.com", "example.com", ".mail.example.com", "*@mail.example.com"] {
            assert!(!is_within(&address, outside), "{outside}");
        }
    }

    #[test]
    fn malformed_subtrees_are_seen() {
        assert!(!is_subtree("invalid@invalid@example.com"));
        assert!(!is_subtree("*.example.com"));
        assert!(is_subtree("*@example.com"));
    }
}
