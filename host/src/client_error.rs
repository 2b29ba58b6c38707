//! The client's errors in the words of `wasi:http`, from which a component tells what reached the vendor.

use std::error::Error as StdError;
use std::io;
use wasmtime_wasi_http::Error;

use crate::contact::{Outlook, Reason};
use crate::proxy::Failed;
use crate::public_addr::Prohibited;

type Cause<'e> = &'e (dyn StdError + 'static);

/// Why there is no answer, and the same in words about the host that was asked, where they say more.
pub(crate) fn request_error(problem: &hyper_util::client::legacy::Error, host: &str) -> (Error, Option<Reason>) {
    let causes = causes(problem);
    if let Some(Prohibited(address)) = causes.iter().find_map(|cause| cause.downcast_ref()) {
        tracing::warn!(target: "outwit", %address, "no public address");
        return (Error::DestinationIpProhibited, None);
    }
    if let Some(failed) = causes.iter().find_map(|cause| cause.downcast_ref::<Failed>()) {
        return (Error::DestinationUnavailable, Some(failed.reason()));
    }
    if let Some((error, reason)) = causes.iter().find_map(|cause| tls_error(*cause, host)) {
        return (error, Some(reason));
    }
    if let Some(frame) = causes.iter().find_map(|cause| unprocessed(*cause)) {
        // To the component, what was never looked at was never sent.
        let message = format!("{host} refused the request before it looked at it (HTTP/2 {frame})");
        return (Error::DestinationUnavailable, Some(Reason::new(Outlook::Passing, message)));
    }
    if problem.is_connect() {
        // Until there is a connection nothing is sent; what happens after that has unknown consequences.
        let known = causes.iter().find_map(|cause| connect_error(*cause));
        let error = known.unwrap_or(Error::DestinationUnavailable);
        let reason = connect_reason(&error, &innermost(problem), host);
        return (error, Some(reason));
    }
    if let Some(problem) = causes.iter().find_map(|cause| cause.downcast_ref::<h2::Error>()).filter(|e| e.is_library())
    {
        let message = format!("{host} answered something that is not HTTP/2, or not such as can be read: {problem}");
        return (Error::HttpProtocolError, Some(Reason::new(Outlook::Unreadable, message)));
    }
    match causes.iter().find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(problem) => (body_error(problem), head_reason(problem, host)),
        None => (Error::ConnectionTerminated, None),
    }
}

/// The frame by which an HTTP/2 server says that it did not process a request: RFC 9113, 6.8 and 8.7. Of a GOAWAY only those
/// requests learn that are above its last one.
fn unprocessed(cause: Cause<'_>) -> Option<&'static str> {
    let problem = cause.downcast_ref::<h2::Error>().filter(|problem| problem.is_remote())?;
    match problem.is_go_away() {
        true => Some("GOAWAY"),
        false => (problem.reason() == Some(h2::Reason::REFUSED_STREAM)).then_some("REFUSED_STREAM"),
    }
}

fn connect_reason(error: &Error, problem: &str, host: &str) -> Reason {
    match error {
        Error::DnsError { .. } => {
            // The resolver's own words tell a name that is not there from one that cannot be looked up now.
            let passing = problem.contains("emporary") || problem.contains("try again");
            let outlook = if passing { Outlook::Passing } else { Outlook::Lasting };
            Reason::new(outlook, format!("{host}: {problem}"))
        }
        _ => Reason::new(Outlook::Passing, format!("{host}: {problem}")),
    }
}

/// An answer came, and its head is not understood.
fn head_reason(problem: &hyper::Error, host: &str) -> Option<Reason> {
    let what = if problem.is_parse_too_large() {
        format!("the head of what {host} answered is too large")
    } else if problem.is_parse() || problem.is_parse_version_h2() {
        format!("{host} answered something that is not HTTP, or not such as can be read: {problem}")
    } else {
        return None;
    };
    Some(Reason::new(Outlook::Unreadable, what))
}

/// Why an answer ends before it is whole.
pub(crate) fn body_error(problem: &hyper::Error) -> Error {
    if problem.is_parse_too_large() {
        Error::HttpResponseHeaderSectionSize(None)
    } else if problem.is_parse() {
        Error::HttpProtocolError
    } else if problem.is_timeout() {
        Error::HttpResponseTimeout
    } else {
        let tls = causes(problem).into_iter().find_map(|cause| tls_error(cause, ""));
        tls.map_or(Error::ConnectionTerminated, |(error, _)| error)
    }
}

/// What an error comes down to.
pub(crate) fn innermost(problem: Cause<'_>) -> String {
    causes(problem).last().map(|cause| cause.to_string()).unwrap_or_default()
}

/// An error and everything that led to it. An `io::Error` hides one level: its `source` is that of what it wraps.
fn causes<'e>(problem: &'e (dyn StdError + 'static)) -> Vec<&'e (dyn StdError + 'static)> {
    let mut all = vec![problem];
    let mut next = problem.source();
    while let Some(cause) = next {
        all.push(cause);
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| cause.source());
    }
    all
}

fn tls_error(cause: Cause<'_>, host: &str) -> Option<(Error, Reason)> {
    use rustls::Error as Tls;
    let problem = cause.downcast_ref::<Tls>()?;
    Some(match problem {
        Tls::InvalidCertificate(why) => (Error::TlsCertificateError, certificate_reason(why, host)),
        Tls::NoCertificatesPresented => {
            (Error::TlsCertificateError, Reason::new(Outlook::Lasting, format!("{host} shows no certificate")))
        }
        Tls::AlertReceived(alert) => {
            let message = Some(format!("{alert:?}"));
            let reason = format!("{host} ends the secure connection: {alert:?}");
            let error = Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: message };
            (error, Reason::new(Outlook::Passing, reason))
        }
        Tls::InvalidMessage(_) => {
            let reason = format!("{host} answered something that is not TLS: {problem}");
            (Error::TlsProtocolError, Reason::new(Outlook::Passing, reason))
        }
        other => (Error::TlsProtocolError, Reason::new(Outlook::Passing, format!("{host}: {other}"))),
    })
}

fn certificate_reason(why: &rustls::CertificateError, host: &str) -> Reason {
    use rustls::CertificateError as Why;
    let what = match why {
        Why::UnknownIssuer => {
            "is signed by nobody that is trusted here; --roots FILE.pem trusts the certificates of a file".to_owned()
        }
        Why::Expired | Why::ExpiredContext { .. } => "has expired".to_owned(),
        Why::NotValidYet | Why::NotValidYetContext { .. } => "is not valid yet, by this machine's clock".to_owned(),
        Why::NotValidForName | Why::NotValidForNameContext { .. } => "is for other names".to_owned(),
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "is an authority's, and cannot be a server's own: it needs one with CA:FALSE".to_owned()
        }
        other => format!("cannot be trusted: {other}"),
    };
    Reason::new(Outlook::Lasting, format!("the certificate of {host} {what}"))
}

fn connect_error(cause: &(dyn StdError + 'static)) -> Option<Error> {
    // hyper-util's connector has a type for it that it keeps to itself.
    if cause.to_string() == "dns error" {
        return Some(Error::DnsError { rcode: None, info_code: None });
    }
    Some(match cause.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Error::ConnectionRefused,
        io::ErrorKind::TimedOut => Error::ConnectionTimeout,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Error::DestinationIpUnroutable,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof => {
            Error::DestinationUnavailable
        }
        _ => return None,
    })
}
