//! Clients that ask again and again: the least HTTP/1.1 (RFC 9112) that is needed, so that they take little of the machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bench::stopwatch::Stopwatch;

/// What to ask whom.
#[derive(Clone)]
pub(super) struct Asker {
    address: SocketAddr,
    request: Arc<[u8]>,
    /// Where eight octets are another number each time.
    number_at: Option<usize>,
}

impl Asker {
    pub(super) fn new(address: SocketAddr, request: Vec<u8>) -> Self {
        Self { address, request: request.into(), number_at: None }
    }

    pub(super) fn changing(self, number_at: usize) -> Self {
        Self { number_at: Some(number_at), ..self }
    }
}

/// Answers and the time that they took, of one or more turns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    answers: u64,
    seconds: f64,
}

impl Load {
    pub(super) fn add(&mut self, other: Self) {
        self.answers += other.answers;
        self.seconds += other.seconds;
    }

    /// Answers per second.
    pub(super) fn per_s(self) -> Result<f64> {
        Ok(f64::from(u32::try_from(self.answers)?) / self.seconds)
    }
}

/// The body of one answer.
pub(super) async fn once(address: SocketAddr, request: &[u8]) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let mut answer = Vec::new();
    let head = exchange(&mut stream, request, &mut answer).await?;
    Ok(answer.split_off(head))
}

/// As many answers as come in this time, over so many connections.
pub(super) async fn run(asker: &Asker, clients: usize, time: Duration) -> Result<Load> {
    let mut streams = Vec::with_capacity(clients);
    for _ in 0..clients {
        let stream = TcpStream::connect(asker.address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let began = Stopwatch::start();
    let clients: Vec<_> = streams
        .into_iter()
        .map(|stream| tokio::spawn(client(stream, asker.clone(), Arc::clone(&stop), Arc::clone(&next))))
        .collect();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut answers = 0;
    for client in clients {
        answers += client.await.context("a client fell")??;
    }
    Ok(Load { answers, seconds: began.elapsed().as_secs_f64() })
}

async fn client(
    mut stream: TcpStream,
    asker: Asker,
    stop: Arc<AtomicBool>,
    next: Arc<AtomicU64>,
) -> Result<u64> {
    let mut request = asker.request.to_vec();
    let mut answer = Vec::with_capacity(4 * 1024);
    let mut answers = 0;
    while !stop.load(Ordering::Relaxed) {
        if let Some(place) = asker.number_at {
            let number = next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            request.get_mut(place..place + 8).context("no place for a number")?.copy_from_slice(&number);
        }
        exchange(&mut stream, &request, &mut answer).await?;
        answers += 1;
    }
    Ok(answers)
}

/// Send a request and read its answer whole, which must be good; where its body begins.
async fn exchange(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) -> Result<usize> {
    stream.write_all(request).await?;
    answer.clear();
    let head = loop {
        more(stream, answer).await?;
        if let Some(at) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let text = std::str::from_utf8(answer.get(..head).unwrap_or_default())?;
    if !text.starts_with("HTTP/1.1 200") {
        bail!("the server answers {text}");
    }
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + length.context("an answer without a length")?;
    while answer.len() < end {
        more(stream, answer).await?;
    }
    Ok(head)
}

async fn more(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<()> {
    if stream.read_buf(answer).await? == 0 {
        bail!("the server closed the connection");
    }
    Ok(())
}
