//! What a vendor answers, or where nobody does: for the tables here and for the matrix.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use outwit_mocks::faults::Fault;
use tokio::net::TcpSocket;

/// A whole answer.
pub fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> Fault {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Fault::Reply { status, headers, body: body.into().into() }
}

/// An address that refuses connections for as long as the socket is kept: bound, so that nobody else gets the port, and
/// without a listener.
pub fn refusing() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

/// A moment in the future.
pub fn in_seconds(seconds: u64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(seconds)
}

/// As `X-RateLimit-Reset` has it.
pub fn unix(moment: SystemTime) -> String {
    moment.duration_since(UNIX_EPOCH).unwrap().as_secs().to_string()
}

/// An HTTP date, RFC 9110 section 5.6.7.
pub fn http_date(moment: SystemTime) -> String {
    httpdate::fmt_http_date(moment)
}
