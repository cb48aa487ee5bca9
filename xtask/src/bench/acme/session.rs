//! A client with an account: requests on one connection that is kept alive, each with the nonce of the last answer.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::jws::AccountKey;
use super::program::Server;
use crate::bench::serve::connection::{Connection, Target};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The account, its connection and where things are.
pub(super) struct Session {
    target: Target,
    connection: Connection,
    key: AccountKey,
    account: Option<String>,
    nonce: String,
    pub(super) new_order: String,
}

/// What the server answered.
pub(super) struct Answer {
    status: u16,
    pub(super) location: Option<String>,
    body: String,
}

impl Answer {
    /// As JSON; with the words of the server when it refused.
    pub(super) fn json(&self) -> Result<Value> {
        if self.status >= 300 {
            bail!("the server answers {}: {}", self.status, self.body);
        }
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {}", self.body))
    }

    /// As it is.
    pub(super) fn text(self) -> Result<String> {
        if self.status >= 300 {
            bail!("the server answers {}: {}", self.status, self.body);
        }
        Ok(self.body)
    }
}

/// A member of an answer.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> Result<&'a str> {
    value.get(member).and_then(Value::as_str).with_context(|| format!("no `{member}` in {value}"))
}

impl Session {
    /// Connect and make an account.
    pub(super) async fn open(server: &Server, key: AccountKey) -> Result<Self> {
        let mut connection = Connection::open(&server.target, None).await?;
        let directory = get(&mut connection, "GET", &server.directory).await?.json()?;
        let nonce_url = text(&directory, "newNonce")?;
        get(&mut connection, "GET", nonce_url).await?;
        let nonce = connection.header("replay-nonce").context("no nonce")?.to_owned();
        let new_order = text(&directory, "newOrder")?.to_owned();
        let target = server.target.clone();
        let mut session = Self { target, connection, key, account: None, nonce, new_order };
        let payload = r#"{"termsOfServiceAgreed":true}"#;
        let answer = session.post(text(&directory, "newAccount")?, payload).await?;
        answer.json()?;
        session.account = Some(answer.location.context("an account without a URL")?);
        Ok(session)
    }

    /// A signed request; an empty payload fetches.
    pub(super) async fn post(&mut self, url: &str, payload: &str) -> Result<Answer> {
        let body = self.key.sign(self.account.as_deref(), &self.nonce, url, payload)?;
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: handfast-bench\r\nContent-Type: application/jose+json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            path(url)?,
            host(url)?,
            body.len()
        );
        let exchange = self.connection.exchange(request.as_bytes());
        let late = || format!("no answer to {url} within {PATIENCE:?}");
        let status = tokio::time::timeout(PATIENCE, exchange).await.with_context(late)??;
        if let Some(nonce) = self.connection.header("replay-nonce") {
            nonce.clone_into(&mut self.nonce);
        }
        answer(&self.connection, status)
    }

    /// After a failure: a connection that nothing is left on.
    pub(super) async fn reconnect(&mut self) -> Result<()> {
        self.connection = Connection::open(&self.target, None).await?;
        Ok(())
    }
}

fn answer(connection: &Connection, status: u16) -> Result<Answer> {
    let location = connection.header("location").map(str::to_owned);
    Ok(Answer { status, location, body: String::from_utf8(connection.body()?)? })
}

async fn get(connection: &mut Connection, method: &str, url: &str) -> Result<Answer> {
    let request = format!(
        "{method} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: handfast-bench\r\n\r\n",
        path(url)?,
        host(url)?
    );
    let status = connection.exchange(request.as_bytes()).await?;
    answer(connection, status)
}

fn split(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("https://").with_context(|| format!("`{url}` is not HTTPS"))?;
    Ok(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

fn host(url: &str) -> Result<&str> {
    split(url).map(|(host, _)| host)
}

fn path(url: &str) -> Result<&str> {
    split(url).map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_host_and_a_path() {
        assert_eq!(split("https://localhost:14000/dir").unwrap(), ("localhost:14000", "/dir"));
        assert!(split("http://localhost/dir").is_err());
    }
}
