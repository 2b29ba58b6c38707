//! Proxies: how connections are opened where the network lets nothing out directly.
//!
//! The environment names them, as for other programs: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or
//! in small letters. A proxy is asked for a tunnel (`CONNECT`, or SOCKS 5), so that it sees whom a request is for and nothing
//! of what is said over TLS. It changes nothing about what may leave: the gate has decided that before. This machine itself
//! is always reached directly; so a key that may go there over plain HTTP goes nowhere else.
//!
//! A name is looked up by the proxy. Where it may lead to public addresses only, this machine looks it up as well, as far as
//! it can: in many of these networks names of the outside are unknown.

use crate::Error;
use crate::client_error::innermost;
use crate::contact::{Outlook, Reason};
use crate::public_addr::{Names, Prohibited, is_loopback, is_public};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, StatusCode, Uri, header};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::SocksV5;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

/// How long this machine looks for a name that the proxy looks up.
const LOOK: Duration = Duration::from_secs(2);

/// Which proxy requests go by. See the variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    /// Those that the environment of this process names.
    ///
    /// # Errors
    ///
    /// `misconfigured`, for a variable that holds no address of a proxy.
    pub fn of_environment() -> Result<Proxies, Error> {
        Proxies::of(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Those that variables name which are looked up by this function.
    ///
    /// # Errors
    ///
    /// As [`Proxies::of_environment`].
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Proxies, Error> {
        let given = |name: &str| variable(name).map(|value| (name.to_owned(), value.trim().to_owned()));
        let either = |name: &str| given(name).or_else(|| given(&name.to_ascii_lowercase()));
        // A server gives its clients' headers to what it starts as HTTP_…, and so the header `Proxy` as this variable (httpoxy).
        let served = variable("REQUEST_METHOD").is_some();
        let http = if served { given("http_proxy") } else { either("HTTP_PROXY") };
        let mut proxy = Matcher::builder();
        let mut some = false;
        for (value, kind) in
            [(either("ALL_PROXY"), Kind::All), (http, Kind::Http), (either("HTTPS_PROXY"), Kind::Https)]
        {
            let Some((name, address)) = value.filter(|(_, address)| !address.is_empty()) else { continue };
            check(&name, &address)?;
            some = true;
            proxy = match kind {
                Kind::All => proxy.all(address),
                Kind::Http => proxy.http(address),
                Kind::Https => proxy.https(address),
            };
        }
        let direct = either("NO_PROXY").map_or_else(String::new, |(_, hosts)| hosts);
        Ok(Proxies(some.then(|| Arc::new(proxy.no(direct).build()))))
    }

    /// The proxy of an address; none where it is reached directly.
    fn of_address(&self, to: &Uri) -> Option<Intercept> {
        if to.host().is_none_or(is_loopback) {
            return None;
        }
        self.0.as_ref()?.intercept(to)
    }

    /// Whether requests to an address go by a proxy.
    pub(crate) fn serves(&self, to: &Uri) -> bool {
        self.of_address(to).is_some()
    }

    /// Whether one of them is spoken to over TLS.
    pub(crate) fn secure(&self) -> bool {
        let some = |to| self.0.as_ref()?.intercept(&Uri::from_static(to));
        ["http://a.invalid/", "https://a.invalid/"]
            .into_iter()
            .filter_map(some)
            .any(|one| one.uri().scheme() == Some(&Scheme::HTTPS))
    }
}

enum Kind {
    All,
    Http,
    Https,
}

/// A slip in the address of a proxy would let nothing out, or what was to go by the proxy out directly.
fn check(name: &str, address: &str) -> Result<(), Error> {
    let proxy = Matcher::builder().all(address).build().intercept(&Uri::from_static("http://a.invalid/"));
    match proxy.as_ref().and_then(|proxy| proxy.uri().scheme_str()) {
        Some("http" | "https" | "socks5" | "socks5h") => Ok(()),
        _ => {
            // Without the value, which may hold a password.
            let message = format!(
                "{name}: expected the address of a proxy, such as http://proxy.example.com:3128 or socks5h://127.0.0.1:1080"
            );
            Err(Error::misconfigured(message).about(name))
        }
    }
}

type Plain = HttpConnector<Names>;
/// A connection to a vendor, or to a proxy, maybe over TLS.
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Problem = Box<dyn StdError + Send + Sync>;
type Opening = Pin<Box<dyn Future<Output = Result<Stream, Problem>> + Send>>;

/// Opens connections, directly or by a proxy.
#[derive(Clone)]
pub(crate) struct Dial {
    direct: Plain,
    to_proxy: ToProxy,
    proxies: Proxies,
    names: Names,
}

impl Dial {
    /// `names` is for what is reached directly. `tls` is for proxies that are spoken to over TLS.
    pub fn new(names: &Names, proxies: &Proxies, tls: Option<Arc<rustls::ClientConfig>>) -> Dial {
        // A person chose the proxy, so that it may be anywhere.
        let anywhere = Names { public_only: false, ..names.clone() };
        let to_proxy = ToProxy { plain: plain(&anywhere), tls };
        Dial { direct: plain(names), to_proxy, proxies: proxies.clone(), names: names.clone() }
    }
}

fn plain(names: &Names) -> Plain {
    let mut connector = HttpConnector::new_with_resolver(names.clone());
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector
}

impl Service<Uri> for Dial {
    type Response = Stream;
    type Error = Problem;
    type Future = Opening;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Problem>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Opening {
        let Some(proxy) = self.proxies.of_address(&to) else {
            let opening = self.direct.call(to);
            return Box::pin(async { Ok(MaybeHttpsStream::Http(opening.await?)) });
        };
        let (to_proxy, names) = (self.to_proxy.clone(), self.names.clone());
        Box::pin(async move {
            let authority = with_port(&to).ok_or("no host")?;
            if names.public_only {
                public(&names, authority.host()).await?;
            }
            by_proxy(to_proxy, &proxy, authority).await
        })
    }
}

/// Refuses a name that leads to none but this machine or the network around it, as far as this machine can tell.
async fn public(names: &Names, host: &str) -> Result<(), Prohibited> {
    let found = timeout(LOOK, names.resolver.resolve(host)).await.ok().and_then(Result::ok).unwrap_or_default();
    match found.first() {
        Some(first) if !found.iter().any(|address| is_public(*address)) => Err(Prohibited(*first)),
        _ => Ok(()),
    }
}

fn with_port(to: &Uri) -> Option<Authority> {
    let port = to.port_u16().unwrap_or(if to.scheme() == Some(&Scheme::HTTP) { 80 } else { 443 });
    format!("{}:{port}", to.host()?).parse().ok()
}

async fn by_proxy(mut to_proxy: ToProxy, proxy: &Intercept, to: Authority) -> Result<Stream, Problem> {
    let failed = |why| Failed { proxy: address(proxy), to: to.to_string(), why };
    let unreachable = |problem: Problem| failed(Why::Unreachable(problem));
    if proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks")) {
        let mut socks = SocksV5::new(proxy.uri().clone(), to_proxy);
        if let Some((user, password)) = proxy.raw_auth() {
            socks = socks.with_auth(user.to_owned(), password.to_owned());
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(to.clone());
        parts.path_and_query = Some(PathAndQuery::from_static("/"));
        return Ok(socks.call(Uri::from_parts(parts)?).await.map_err(|problem| unreachable(problem.into()))?);
    }
    let stream = to_proxy.call(proxy.uri().clone()).await.map_err(unreachable)?;
    let opened = hyper::client::conn::http1::handshake(stream).await;
    let (mut sender, connection) = opened.map_err(|problem| unreachable(problem.into()))?;
    tokio::spawn(connection.with_upgrades());
    let mut request = Request::connect(to.as_str()).header(header::HOST, to.as_str()).body(String::new())?;
    if let Some(credential) = proxy.basic_auth() {
        request.headers_mut().insert(header::PROXY_AUTHORIZATION, credential.clone());
    }
    let answer = sender.send_request(request).await.map_err(|problem| unreachable(problem.into()))?;
    if !answer.status().is_success() {
        return Err(failed(Why::Refused(answer.status())).into());
    }
    let tunnel = hyper::upgrade::on(answer).await.map_err(|problem| unreachable(problem.into()))?;
    match tunnel.downcast::<Stream>() {
        // The vendor speaks second: what came with the proxy's answer is no vendor's.
        Ok(parts) if parts.read_buf.is_empty() => Ok(parts.io),
        _ => Err(unreachable("it said more than it was asked".into()).into()),
    }
}

/// Where a proxy is, without its password.
fn address(proxy: &Intercept) -> String {
    proxy.uri().authority().map_or_else(String::new, |authority| authority.to_string())
}

/// Opens connections to proxies.
#[derive(Clone)]
struct ToProxy {
    plain: Plain,
    tls: Option<Arc<rustls::ClientConfig>>,
}

impl Service<Uri> for ToProxy {
    type Response = Stream;
    type Error = Problem;
    type Future = Opening;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Problem>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Opening {
        if to.scheme() != Some(&Scheme::HTTPS) {
            let opening = self.plain.call(to);
            return Box::pin(async { Ok(MaybeHttpsStream::Http(opening.await?)) });
        }
        match &self.tls {
            Some(tls) => HttpsConnector::from((self.plain.clone(), tls.clone())).call(to),
            None => Box::pin(async { Err("no certificates to trust".into()) }),
        }
    }
}

/// Why a proxy opened no connection.
#[derive(Debug)]
pub(crate) struct Failed {
    proxy: String,
    to: String,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Unreachable(Problem),
    Refused(StatusCode),
}

impl Failed {
    /// In words, and what another try would bring.
    pub fn reason(&self) -> Reason {
        let Failed { proxy, to, why } = self;
        match why {
            Why::Refused(StatusCode::PROXY_AUTHENTICATION_REQUIRED) => Reason::new(
                Outlook::Lasting,
                format!(
                    "the proxy {proxy} wants another user name and password (407): \
                     export HTTPS_PROXY=http://USER:PASSWORD@{proxy}"
                ),
            ),
            // It is asked for a tunnel and cannot open one now: RFC 9110, 15.6.
            Why::Refused(status) if status.is_server_error() => {
                Reason::new(Outlook::Passing, format!("the proxy {proxy} cannot reach {to} ({status})"))
            }
            Why::Refused(status) => Reason::new(
                Outlook::Lasting,
                format!(
                    "the proxy {proxy} lets nothing through to {to} ({status}); NO_PROXY names what is reached without it"
                ),
            ),
            Why::Unreachable(problem) => {
                let problem = innermost(&**problem);
                Reason::new(Outlook::Passing, format!("the proxy {proxy} opens no connection to {to}: {problem}"))
            }
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason().message)
    }
}

impl StdError for Failed {}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, Error> {
        let find =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Proxies::of(find)
    }

    fn of(variables: &[(&str, &str)], to: &str) -> Option<String> {
        let proxy = proxies(variables).unwrap().of_address(&to.parse().unwrap())?;
        Some(proxy.uri().to_string())
    }

    const VENDOR: &str = "https://api.example.com/x";

    #[test]
    fn the_variables_count_in_both_cases() {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            assert_eq!(of(&[(name, "http://proxy:3128")], VENDOR).as_deref(), Some("http://proxy:3128/"), "{name}");
        }
        for name in ["HTTP_PROXY", "http_proxy"] {
            assert_eq!(of(&[(name, "proxy:3128")], "http://api.example.com/").as_deref(), Some("http://proxy:3128/"));
            assert_eq!(of(&[(name, "proxy:3128")], VENDOR), None);
        }
        let both = [("HTTPS_PROXY", "http://one:1"), ("ALL_PROXY", "socks5h://two:2")];
        assert_eq!(of(&both, VENDOR).as_deref(), Some("http://one:1/"));
        assert_eq!(of(&[("HTTPS_PROXY", ""), ("https_proxy", "")], VENDOR), None);
    }

    #[test]
    fn no_proxy_names_what_is_reached_directly() {
        for name in ["NO_PROXY", "no_proxy"] {
            let direct = |hosts| of(&[("HTTPS_PROXY", "http://proxy:3128"), (name, hosts)], VENDOR).is_none();
            assert!(direct("example.com") && direct(".example.com") && direct("x, api.example.com") && direct("*"));
            assert!(!direct("ample.com") && !direct("other.example.com") && !direct(""));
        }
        let variables = [("ALL_PROXY", "http://proxy:3128"), ("NO_PROXY", "10.0.0.0/8")];
        assert_eq!(of(&variables, "https://10.1.2.3/"), None);
        assert!(of(&variables, "https://11.1.2.3/").is_some());
    }

    /// As Go's `ProxyFromEnvironment` has it.
    #[test]
    fn this_machine_is_reached_directly() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST"] {
            let to = format!("http://{host}:8080/");
            assert_eq!(of(&[("ALL_PROXY", "http://proxy:3128")], &to), None, "{host}");
        }
    }

    #[test]
    fn a_header_of_a_web_request_names_no_proxy() {
        let variables = [("HTTP_PROXY", "http://evil:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(of(&variables, "http://api.example.com/"), None);
    }

    #[test]
    fn what_is_no_address_of_a_proxy_is_refused_without_its_password() {
        for address in ["ftp://proxy:21", "http://", "socks4://proxy:1", "http://u:hush@", "http:// x"] {
            let error = proxies(&[("https_proxy", address)]).unwrap_err();
            assert!(error.message.starts_with("https_proxy: expected"), "{error}");
            assert!(!error.message.contains("hush"), "{error}");
        }
    }
}
