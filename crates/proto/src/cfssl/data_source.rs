//! What the data source of a PostgreSQL database says of TLS: `sslmode`, `sslrootcert`, `sslcert` and `sslkey`, in the
//! words of libpq and of CFSSL's driver. The driver here knows less of them, so they are read, and taken out, before.

use std::fmt::Write as _;

/// How the connection to a database is secured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseTls {
    /// What is checked.
    pub mode: SslMode,
    /// File of the roots that the server's certificate must lead to.
    pub root_cert: Option<String>,
    /// File of the certificate to show.
    pub cert: Option<String>,
    /// File of its key.
    pub key: Option<String>,
}

/// `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS where the server speaks it. Nothing of it is checked.
    Prefer,
    /// TLS. With `sslrootcert` as [`Self::VerifyCa`], else nothing of the server is checked.
    Require,
    /// TLS, and the certificate leads to a root, whatever its name.
    VerifyCa,
    /// TLS, and the certificate leads to a root and has the name that was connected to.
    VerifyFull,
}

/// Why a data source cannot be read. It is not shown: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataSourceError {
    /// Neither a URL nor `key=value` words.
    #[error("it is neither a URL nor words of the form `key=value`")]
    Form,
    /// There is no such `sslmode`.
    #[error(
        "there is no `sslmode` of that name: expected `disable`, `prefer`, `require`, `verify-ca` or `verify-full`"
    )]
    Mode,
    /// One without the other.
    #[error("`sslcert` and `sslkey` are needed together")]
    HalfCredential,
}

/// The words of TLS, which are taken out.
const WORDS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

/// The data source without its words of TLS but with a `sslmode` that the driver knows, and what those words say. Without
/// `sslmode`, TLS is demanded over TCP and left out over a UNIX socket, as CFSSL's driver does.
///
/// # Errors
/// When it cannot be read.
pub fn split(source: &str) -> Result<(String, DatabaseTls), DataSourceError> {
    let is_url = source.starts_with("postgres://") || source.starts_with("postgresql://");
    let (base, mut pairs) = if is_url { of_url(source)? } else { (String::new(), of_words(source)?) };
    let mut taken = WORDS.map(|_| None);
    pairs.retain(|(key, value)| match WORDS.iter().position(|word| word == key) {
        Some(index) => {
            if let Some(place) = taken.get_mut(index) {
                *place = Some(value.clone()).filter(|value| !value.is_empty());
            }
            false
        }
        None => true,
    });
    let [mode, root_cert, cert, key] = taken;
    if cert.is_some() != key.is_some() {
        return Err(DataSourceError::HalfCredential);
    }
    let local = is_local(&base, &pairs);
    let mode = match mode.as_deref() {
        _ if local => SslMode::Disable,
        None | Some("require") if root_cert.is_some() => SslMode::VerifyCa,
        None | Some("require") => SslMode::Require,
        Some("disable") => SslMode::Disable,
        Some("prefer") => SslMode::Prefer,
        Some("verify-ca") => SslMode::VerifyCa,
        Some("verify-full") => SslMode::VerifyFull,
        Some(_) => return Err(DataSourceError::Mode),
    };
    let known = match mode {
        SslMode::Disable => "disable",
        SslMode::Prefer => "prefer",
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => "require",
    };
    pairs.push(("sslmode".to_owned(), known.to_owned()));
    let source = if is_url { as_url(&base, &pairs) } else { as_words(&pairs) };
    Ok((source, DatabaseTls { mode, root_cert, cert, key }))
}

/// Whether it is a UNIX socket: a host that is a directory. Over that the server speaks no TLS.
fn is_local(base: &str, pairs: &[(String, String)]) -> bool {
    let host = pairs.iter().rev().find(|(key, _)| key == "host").map(|(_, value)| value.as_str());
    let authority = base.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(rest));
    let in_url = authority.rsplit('@').next().unwrap_or(authority).to_ascii_lowercase();
    host.map_or(in_url.starts_with("%2f"), |host| host.starts_with('/'))
}

/// What stands before the `?`, and the pairs behind it.
fn of_url(source: &str) -> Result<(String, Vec<(String, String)>), DataSourceError> {
    let Some((base, query)) = source.split_once('?') else { return Ok((source.to_owned(), Vec::new())) };
    let pair = |text: &str| {
        let (key, value) = text.split_once('=').ok_or(DataSourceError::Form)?;
        Ok((unescape(key)?, unescape(value)?))
    };
    let pairs = query.split('&').filter(|text| !text.is_empty()).map(pair).collect::<Result<_, _>>()?;
    Ok((base.to_owned(), pairs))
}

fn as_url(base: &str, pairs: &[(String, String)]) -> String {
    let pair = |(key, value): &(String, String)| format!("{}={}", escape(key), escape(value));
    format!("{base}?{}", pairs.iter().map(pair).collect::<Vec<_>>().join("&"))
}

/// Percent-encoded octets, RFC 3986 section 2.1.
fn unescape(text: &str) -> Result<String, DataSourceError> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let mut digit = || {
            let digit = rest.next().and_then(|octet| char::from(octet).to_digit(16));
            digit.and_then(|digit| u8::try_from(digit).ok()).ok_or(DataSourceError::Form)
        };
        octets.push(digit()? << 4 | digit()?);
    }
    String::from_utf8(octets).map_err(|_| DataSourceError::Form)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(octet));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(escaped, "%{octet:02X}");
        }
    }
    escaped
}

/// `key = value` words; a value may stand in single quotes, and a backslash takes the next character as it is.
fn of_words(source: &str) -> Result<Vec<(String, String)>, DataSourceError> {
    let mut pairs = Vec::new();
    let mut rest = source.trim_start();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=').ok_or(DataSourceError::Form)?;
        let key = key.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(DataSourceError::Form);
        }
        let (value, behind) = value(behind.trim_start())?;
        pairs.push((key.to_owned(), value));
        rest = behind.trim_start();
    }
    Ok(pairs)
}

fn value(text: &str) -> Result<(String, &str), DataSourceError> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next().ok_or(DataSourceError::Form)?.1),
            '\'' if quoted => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            character if !quoted && character.is_whitespace() => {
                return Ok((value, text.get(at..).unwrap_or_default()));
            }
            character => value.push(character),
        }
    }
    if quoted { Err(DataSourceError::Form) } else { Ok((value, "")) }
}

fn as_words(pairs: &[(String, String)]) -> String {
    let pair = |(key, value): &(String, String)| {
        let value = value.replace('\\', "\\\\").replace('\'', "\\'");
        format!("{key}='{value}'")
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_tls_are_read_and_taken_out() {
        let (source, tls) = split(
            "host=db.internal password='it\\'s \\\\ secret' sslmode=verify-full sslrootcert='/etc/my roots.pem'",
        )
        .unwrap();
        assert_eq!(source, r"host='db.internal' password='it\'s \\ secret' sslmode='require'");
        assert_eq!(tls.mode, SslMode::VerifyFull);
        assert_eq!(tls.root_cert.as_deref(), Some("/etc/my roots.pem"));
        let (source, tls) =
            split("postgres://u:p@db/certs?sslcert=%2Fc.pem&connect_timeout=5&sslkey=k&sslmode=verify-ca")
                .unwrap();
        assert_eq!(source, "postgres://u:p@db/certs?connect_timeout=5&sslmode=require");
        assert_eq!((tls.mode, tls.cert.as_deref()), (SslMode::VerifyCa, Some("/c.pem")));
    }

    #[test]
    fn without_a_mode_tls_is_demanded_and_a_socket_has_none() {
        for (source, mode) in [
            ("host=db", SslMode::Require),
            ("postgres://db/certs", SslMode::Require),
            ("host=db sslmode=require sslrootcert=r.pem", SslMode::VerifyCa),
            ("host=db sslmode=prefer", SslMode::Prefer),
            ("host=db sslmode=disable", SslMode::Disable),
            ("host=/run/postgresql sslmode=require", SslMode::Disable),
            ("postgres://%2Frun%2Fpostgresql/certs", SslMode::Disable),
            ("postgres:///certs?host=/run/postgresql", SslMode::Disable),
        ] {
            assert_eq!(split(source).unwrap().1.mode, mode, "{source}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for (source, error) in [
            ("host=db sslmode=loud", DataSourceError::Mode),
            ("host=db sslcert=c.pem", DataSourceError::HalfCredential),
            ("nonsense", DataSourceError::Form),
            ("password='open", DataSourceError::Form),
            ("a b=c", DataSourceError::Form),
            ("postgres://db/certs?sslmode", DataSourceError::Form),
            ("postgres://db/certs?a=%2", DataSourceError::Form),
        ] {
            assert_eq!(split(source), Err(error), "{source}");
        }
    }
}
