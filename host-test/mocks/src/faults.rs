//! Servers that misbehave, each in one way: what a client does about a network that fails.
//!
//! They speak HTTP/1.1 on a plain socket, because a proper HTTP server refuses to send what they send. A connection is
//! kept alive where the answer is whole.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::{Seen, lock};

/// Larger heads are refused by closing, so that a client that never ends its head cannot fill the memory.
const LARGEST_HEAD: usize = 64 * 1024;

/// A larger body is refused by closing.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// What the server does once a request has been read to its end.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answers 200 with `content-length: 1000`, sends a part of the body, then resets the connection.
    ResetMidBody,
    /// Keeps the connection open and sends nothing.
    NeverAnswers,
    /// Answers 200 with `content-length: 1000`, then sends one byte every second.
    Drip,
    /// Resets the connection without an answer: the client cannot know whether the request was acted on.
    CloseBeforeAnswer,
    /// Answers in order. A `content-length` is added unless the headers frame the body themselves.
    Reply {
        /// The status code; its usual phrase is sent with it.
        status: u16,
        /// Further headers, sent as they are.
        headers: Vec<(String, String)>,
        /// The body.
        body: Bytes,
    },
    /// Promises more than it sends: a `content-length` of 100 bytes more than the body, then a clean close.
    Truncated {
        /// The status code.
        status: u16,
        /// The part of the body that is sent.
        body: Bytes,
    },
    /// Sends these bytes as they are, each piece after a pause; then closes, or stays silent.
    Raw {
        /// What is sent, status line and headers included.
        pieces: Vec<Bytes>,
        /// How long it waits before each piece.
        pause: Duration,
        /// Whether it hangs up afterwards; if not, the connection stays open and nothing more comes.
        closes: bool,
    },
    /// One for each request in turn, over all connections; the last one repeats.
    Sequence(Vec<Fault>),
}

/// A running server that misbehaves. Dropping it closes everything.
#[derive(Debug)]
pub struct FaultyServer {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    faults: Vec<Fault>,
    hits: AtomicUsize,
    seen: Mutex<Vec<Seen>>,
}

/// Starts a server on a free port of 127.0.0.1.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] for a sequence that holds nothing; otherwise what binding gave.
pub async fn start(fault: Fault) -> io::Result<FaultyServer> {
    serve_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?, fault)
}

/// Starts a server at a loopback address that no other server of this process has or had, for tests that start thousands. A
/// port is in use for a minute after its last connection ended, and a machine has about 28,000 of them to give away; these
/// servers share one. Where the machine has one loopback address only (as macOS does), this is [`start`].
///
/// # Errors
///
/// Those of [`start`].
pub async fn start_at_own_address(fault: Fault) -> io::Result<FaultyServer> {
    static PORT: OnceLock<u16> = OnceLock::new();
    static LAST: AtomicU32 = AtomicU32::new(Ipv4Addr::LOCALHOST.to_bits());
    let Some(port) = PORT.get() else {
        let server = start(fault).await?;
        PORT.get_or_init(|| server.address.port());
        return Ok(server);
    };
    let address = Ipv4Addr::from_bits(LAST.fetch_add(1, Ordering::Relaxed) + 1);
    match TcpListener::bind((address, *port)).await {
        Ok(listener) => serve_on(listener, fault),
        Err(_) => start(fault).await,
    }
}

fn serve_on(listener: TcpListener, fault: Fault) -> io::Result<FaultyServer> {
    let mut faults = Vec::new();
    flatten(fault, &mut faults);
    if faults.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a sequence of faults needs at least one"));
    }
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared { faults, hits: AtomicUsize::new(0), seen: Mutex::default() });
    let task = tokio::spawn(accept(listener, shared.clone()));
    Ok(FaultyServer { address, url: format!("http://{address}"), shared, task })
}

impl FaultyServer {
    /// Where it listens: `http://127.0.0.1:PORT`, or another loopback address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many requests were read to their end: head, and body by its length or its chunks.
    pub fn hits(&self) -> usize {
        self.shared.hits.load(Ordering::SeqCst)
    }

    /// The requests that were read to their end, in order.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn flatten(fault: Fault, into: &mut Vec<Fault>) {
    match fault {
        Fault::Sequence(faults) => faults.into_iter().for_each(|fault| flatten(fault, into)),
        fault => into.push(fault),
    }
}

/// The set belongs to this task, so that aborting it ends the connections too.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let shared = shared.clone();
                connections.spawn(async move { drop(serve(stream, &shared).await) });
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            // Accepting fails when the process is out of file descriptors, which passes.
            else => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(seen) = read_request(&mut stream, &mut buffer).await? {
        let close = seen.headers.get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"));
        let head_only = seen.method == "HEAD";
        let turn = {
            let mut all = lock(&shared.seen);
            all.push(seen);
            shared.hits.fetch_add(1, Ordering::SeqCst)
        };
        match &shared.faults[turn.min(shared.faults.len() - 1)] {
            Fault::ResetMidBody => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"half\":").await?;
                // A reset makes the receiving side throw away what the client has not read yet, the head included.
                sleep(Duration::from_millis(50)).await;
                return stream.set_zero_linger();
            }
            // A client that hangs up is noticed, so that the task does not stay for ever.
            Fault::NeverAnswers => return drain(&mut stream).await,
            Fault::Drip => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await?;
                for _ in 0..1000 {
                    sleep(Duration::from_secs(1)).await;
                    stream.write_all(b" ").await?;
                }
            }
            Fault::CloseBeforeAnswer => return stream.set_zero_linger(),
            Fault::Reply { status, headers, body } => {
                let framed = headers.iter().any(|(name, _)| {
                    name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding")
                });
                let length = (!framed && *status != 204 && *status != 304).then_some(body.len());
                let mut answer = head(*status, headers, length);
                if !head_only {
                    answer.extend_from_slice(body);
                }
                stream.write_all(&answer).await?;
            }
            Fault::Truncated { status, body } => {
                let mut answer = head(*status, &[], Some(body.len() + 100));
                answer.extend_from_slice(body);
                stream.write_all(&answer).await?;
                return stream.shutdown().await;
            }
            Fault::Raw { pieces, pause, closes } => {
                for piece in pieces {
                    sleep(*pause).await;
                    stream.write_all(piece).await?;
                }
                return if *closes { stream.shutdown().await } else { drain(&mut stream).await };
            }
            // Sequences were laid out when the server started.
            Fault::Sequence(_) => return Ok(()),
        }
        if close {
            break;
        }
    }
    Ok(())
}

/// Waits until the client closes.
async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut scratch = [0; 1024];
    while stream.read(&mut scratch).await? > 0 {}
    Ok(())
}

fn head(status: u16, headers: &[(String, String)], length: Option<usize>) -> Vec<u8> {
    let phrase = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()).unwrap_or("Unknown");
    let mut text = format!("HTTP/1.1 {status} {phrase}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = length {
        text.push_str(&format!("content-length: {length}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// Reads one request; `None` when the client closed before another one began. What follows it stays in `buffer`.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Seen>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if buffer.len() > LARGEST_HEAD {
            return Err(invalid("the head is too large"));
        }
        if !fill(stream, buffer).await? {
            return Ok(None);
        }
    };
    let mut seen = parse_head(&String::from_utf8_lossy(&buffer[..end]))?;
    buffer.drain(..end + 4);
    let chunked = seen.headers.get(TRANSFER_ENCODING).and_then(|value| value.to_str().ok());
    if chunked.is_some_and(|value| value.to_ascii_lowercase().contains("chunked")) {
        seen.body = read_chunks(stream, buffer).await?;
    } else if let Some(length) = seen.headers.get(CONTENT_LENGTH) {
        let length = length.to_str().ok().and_then(|text| text.parse().ok());
        let length = length.ok_or_else(|| invalid("the content-length is not a number"))?;
        seen.body = take(stream, buffer, length).await?.into();
    }
    Ok(Some(seen))
}

fn parse_head(text: &str) -> io::Result<Seen> {
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(invalid("the request line has no target"));
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header has no colon"))?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("a header name is not a token"))?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| invalid("a header value is not text"))?;
        headers.append(name, value);
    }
    Ok(Seen { method: method.into(), path: path.into(), query: query.into(), headers, body: Bytes::new() })
}

/// The data of all chunks. Trailers are read and dropped.
async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Bytes> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream, buffer).await?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a chunk has no size"))?;
        if size == 0 {
            while !read_line(stream, buffer).await?.is_empty() {}
            return Ok(body.into());
        }
        body.extend_from_slice(&take(stream, buffer, size).await?);
        if body.len() > LARGEST_BODY {
            return Err(invalid("the body is too large"));
        }
        read_line(stream, buffer).await?;
    }
}

async fn read_line(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<String> {
    loop {
        if let Some(end) = buffer.windows(2).position(|two| two == b"\r\n") {
            let line = String::from_utf8_lossy(&buffer[..end]).into_owned();
            buffer.drain(..end + 2);
            return Ok(line);
        }
        if buffer.len() > LARGEST_HEAD || !fill(stream, buffer).await? {
            return Err(invalid("a line does not end"));
        }
    }
}

async fn take(stream: &mut TcpStream, buffer: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if length > LARGEST_BODY {
        return Err(invalid("the body is too large"));
    }
    while buffer.len() < length {
        if !fill(stream, buffer).await? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(buffer.drain(..length).collect())
}

/// False when the client closed.
async fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<bool> {
    Ok(stream.read_buf(buffer).await? > 0)
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
