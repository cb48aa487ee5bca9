//! Frames: length, number, payload.

use std::io::{self, Read, Write};

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The most octets of a frame behind its length: the largest CRL in base64, and room for what stands around it.
pub(super) const MAX_FRAME: usize = 704 * 1024 * 1024;
/// The number of a request.
const NUMBER: usize = 8;
/// Octets that are read at a time, so that memory is taken for what has come, not for what was announced.
const CHUNK: usize = 64 * 1024;

/// A frame read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) number: u64,
    pub(super) payload: Vec<u8>,
}

/// The octets of a frame; `None` when it would be too long.
pub(super) fn encode(number: u64, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let payload: usize = parts.iter().map(|part| part.len()).sum();
    let length = payload.checked_add(NUMBER).filter(|length| *length <= MAX_FRAME)?;
    let mut octets = Vec::with_capacity(length.saturating_add(4));
    octets.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
    octets.extend_from_slice(&number.to_be_bytes());
    for part in parts {
        octets.extend_from_slice(part);
    }
    Some(octets)
}

/// The octets that follow a length field.
fn body_length(field: [u8; 4]) -> io::Result<usize> {
    let length = usize::try_from(u32::from_be_bytes(field)).unwrap_or(usize::MAX);
    if (NUMBER..=MAX_FRAME).contains(&length) {
        return Ok(length);
    }
    let fault = format!("a frame of {length} octets: expected {NUMBER} to {MAX_FRAME}");
    Err(io::Error::new(io::ErrorKind::InvalidData, fault))
}

fn split(mut octets: Vec<u8>) -> Frame {
    let number = octets.first_chunk().map_or(0, |number| u64::from_be_bytes(*number));
    octets.drain(..NUMBER.min(octets.len()));
    Frame { number, payload: octets }
}

/// The next frame; `None` at the end of the stream.
pub(super) async fn read_async(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Frame>> {
    let mut field = [0; 4];
    if from.read(field.get_mut(..1).unwrap_or_default()).await? == 0 {
        return Ok(None);
    }
    from.read_exact(field.get_mut(1..).unwrap_or_default()).await?;
    let length = body_length(field)?;
    let mut octets = Vec::with_capacity(length.min(CHUNK));
    from.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut octets).await?;
    if octets.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(split(octets)))
}

/// As [`read_async`], for a thread.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut field = [0; 4];
    match from.read_exact(&mut field) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = body_length(field)?;
    let mut octets = Vec::with_capacity(length.min(CHUNK));
    from.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut octets)?;
    if octets.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(split(octets)))
}

/// Write a frame.
pub(super) fn write(to: &mut impl Write, octets: &[u8]) -> io::Result<()> {
    to.write_all(octets)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frame_is_read_as_it_was_written() {
        let octets = encode(7, &[b"\0", b"{}"]).unwrap();
        let expected = Frame { number: 7, payload: b"\0{}".to_vec() };
        assert_eq!(read(&mut &octets[..]).unwrap(), Some(Frame { number: 7, payload: b"\0{}".to_vec() }));
        assert_eq!(read_async(&mut &octets[..]).await.unwrap(), Some(expected));
        assert_eq!(read_async(&mut &octets[..0]).await.unwrap(), None);
        for cut in 1..octets.len() {
            assert!(read_async(&mut &octets[..cut]).await.is_err(), "{cut}");
        }
    }

    #[tokio::test]
    async fn a_length_without_end_is_refused_before_anything_is_read() {
        for field in [[0xff; 4], [0, 0, 0, 7]] {
            assert!(read_async(&mut &field[..]).await.is_err());
            assert!(read(&mut &field[..]).is_err());
        }
    }
}
