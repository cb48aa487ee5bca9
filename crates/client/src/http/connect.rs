//! Connections of every kind.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::{HttpError, Target};

/// A connection, whatever carries it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection, whatever carries it.
pub(super) type BoxedStream = Box<dyn Stream>;

/// Connect. Of several addresses of a name, each is tried in turn.
pub(super) async fn connect(target: &Target) -> Result<BoxedStream, HttpError> {
    match target {
        Target::Tcp { host, port } => Ok(Box::new(tcp(host, *port).await?)),
        Target::Tls { host, port, tls } => {
            let stream = tcp(host, *port).await?;
            let shaken = tls.connect(host, stream).await;
            let stream = shaken.map_err(|source| HttpError::Tls { to: target.authority(), source })?;
            Ok(Box::new(stream))
        }
        Target::Unix(path) => {
            let stream = UnixStream::connect(path).await;
            let to = || path.display().to_string();
            Ok(Box::new(stream.map_err(|source| HttpError::Connect { to: to(), source })?))
        }
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, HttpError> {
    let stream = TcpStream::connect((host, port)).await;
    let to = || if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let stream = stream.map_err(|source| HttpError::Connect { to: to(), source })?;
    // One small request, one answer: nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}
