//! The name by which a request calls the server (`Host`).

use crate::reply::failed;
use gateway::message::Reply;
use gateway::origins::names_this_machine;
use gateway::problem::Problem;
use http::header::{HOST, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Request, Version};
use outwit::{Advice, Error, ErrorKind};

/// Refuses a request without one `Host`, which only HTTP/1.0 may leave out (RFC 9112, 3.2). `open`: without a token, it has to
/// name this machine. Else a page of a browser could reach the server by a name of its own (DNS rebinding); browsers always send
/// the header.
///
/// # Errors
///
/// The answer to such a request.
pub(crate) fn check(parts: &Parts, open: bool) -> Result<(), Reply> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) if parts.version == Version::HTTP_10 => return Ok(()),
        (Some(host), None) => host,
        _ => return Err(Problem::wrong(400, "expected one Host header").reply()),
    };
    if open && !host.to_str().is_ok_and(names_this_machine) {
        let message = "without a token, only this machine is served, by its own name: localhost, 127.0.0.1 or [::1]";
        return Err(failed(&Error::new(ErrorKind::Denied, Advice::AskPerson, message)));
    }
    Ok(())
}

/// Makes a request in absolute form one in origin form: the host is the one that its target names (RFC 9112, 3.2.2 and 3.3). What is wrong
/// with its `Host` stays so.
pub(crate) fn in_origin_form<B>(request: &mut Request<B>) {
    let Some(authority) = request.uri().authority().filter(|_| request.uri().scheme().is_some()) else { return };
    let host = HeaderValue::from_str(authority.as_str());
    let hosts = request.headers().get_all(HOST).iter().count();
    if let Ok(host) = host
        && (hosts == 1 || hosts == 0 && request.version() == Version::HTTP_10)
    {
        request.headers_mut().insert(HOST, host);
    }
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = target.unwrap_or(PathAndQuery::from_static("/")).into();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(version: Version, hosts: &[&str], open: bool) -> u16 {
        let mut request = Request::builder().version(version);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts, open).map_or_else(|refused| refused.status, |()| 200)
    }

    #[test]
    fn this_machine_is_named_with_or_without_a_port_and_nothing_else_is_like_it() {
        for (host, own) in [
            ("localhost", true),
            ("Localhost:8080", true),
            ("127.0.0.1:65535", true),
            ("[::1]", true),
            ("[::1]:8080", true),
            ("", false),
            ("localhost:65536", false),
            ("localhost:evil", false),
            ("localhost.evil.example", false),
            ("evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
        ] {
            assert_eq!(status(Version::HTTP_11, &[host], true), if own { 200 } else { 403 }, "{host}");
            assert_eq!(status(Version::HTTP_11, &[host], false), 200, "{host}");
        }
    }

    /// RFC 9112, 3.2: 400 for any HTTP/1.1 request without the header, and for any request with more than one.
    #[test]
    fn one_host_is_expected_but_in_the_version_that_has_none() {
        for open in [true, false] {
            assert_eq!(status(Version::HTTP_11, &[], open), 400);
            assert_eq!(status(Version::HTTP_10, &[], open), 200);
            assert_eq!(status(Version::HTTP_11, &["localhost", "localhost"], open), 400);
            assert_eq!(status(Version::HTTP_10, &["localhost", "localhost"], open), 400);
        }
        assert_eq!(status(Version::HTTP_10, &["evil.example"], true), 403);
    }
}
