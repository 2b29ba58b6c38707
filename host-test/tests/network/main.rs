//! The host's client in networks as they are: TLS, HTTP/2, proxies, servers that refuse, and answers that are none.

mod answers;
mod proxy;
mod refused;
mod server;
mod tls;
