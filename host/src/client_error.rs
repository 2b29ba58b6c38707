//! The client's errors in the words of `wasi:http`, from which a component tells what reached the vendor.

use std::error::Error as StdError;
use std::io;
use wasmtime_wasi_http::Error;

use crate::reach::Prohibited;

/// Why there is no answer.
pub(crate) fn request_error(problem: &hyper_util::client::legacy::Error) -> Error {
    let causes = causes(problem);
    if let Some(Prohibited(address)) = causes.iter().find_map(|cause| cause.downcast_ref()) {
        tracing::warn!(target: "outwit", %address, "no public address");
        return Error::DestinationIpProhibited;
    }
    let told = causes.iter().find_map(|cause| tls_error(*cause)).or_else(|| {
        // Until there is a connection nothing is sent; what happens after that has unknown consequences.
        let connecting = problem.is_connect();
        connecting
            .then(|| causes.iter().find_map(|cause| connect_error(*cause)).unwrap_or(Error::DestinationUnavailable))
    });
    told.or_else(|| causes.iter().find_map(|cause| cause.downcast_ref::<hyper::Error>()).map(body_error))
        .unwrap_or(Error::ConnectionTerminated)
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
        causes(problem).iter().find_map(|cause| tls_error(*cause)).unwrap_or(Error::ConnectionTerminated)
    }
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

fn tls_error(cause: &(dyn StdError + 'static)) -> Option<Error> {
    Some(match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => {
            Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: Some(format!("{alert:?}")) }
        }
        _ => Error::TlsProtocolError,
    })
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
