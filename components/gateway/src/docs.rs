//! The page `/docs`: vendors, search, operations, and calls of them. It holds nothing of a vendor, so that it is read without a
//! token; all that it shows it asks for as any client does.

use crate::message::{Reply, Request};
use crate::problem::Problem;

const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.txt"));
const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/script.txt"));

/// The page, alone.
pub fn page(request: &Request) -> Result<Reply, Problem> {
    packed(request, include_bytes!(concat!(env!("OUT_DIR"), "/page.html.gz")), "")
}

/// The page for a host that has `docs/library.js`, which shows the reference of an operation.
#[cfg(not(target_arch = "wasm32"))]
pub fn page_with_library(request: &Request) -> Result<Reply, Problem> {
    packed(request, include_bytes!(concat!(env!("OUT_DIR"), "/page-with-library.html.gz")), " 'self'")
}

fn packed(request: &Request, page: &[u8], own: &str) -> Result<Reply, Problem> {
    let mut reply = gzipped(request, "text/html; charset=utf-8", page)?;
    let policy = format!(
        "default-src 'none'; script-src {SCRIPT}{own}; style-src {STYLE}{own}; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    reply.headers.push(("content-security-policy", policy));
    reply.headers.push(("referrer-policy", "no-referrer".to_owned()));
    Ok(reply)
}

/// What is kept packed.
///
/// # Errors
///
/// The client says that it does not read gzip. Who says nothing reads every coding (RFC 9110, 12.5.3).
pub fn gzipped(request: &Request, media: &str, packed: &[u8]) -> Result<Reply, Problem> {
    let accepts = |coding: &str| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let none =
            weight.trim().strip_prefix("q=").is_some_and(|weight| weight.bytes().all(|digit| b"0.".contains(&digit)));
        matches!(name.trim(), "gzip" | "x-gzip" | "*") && !none
    };
    if request.header("accept-encoding").is_some_and(|codings| !codings.split(',').any(accepts)) {
        return Err(Problem::wrong(406, "expected Accept-Encoding: gzip, which is all that there is"));
    }
    let mut reply = Reply::typed(200, media, packed.to_vec());
    reply.headers.push(("content-encoding", "gzip".to_owned()));
    reply.headers.push(("vary", "accept-encoding".to_owned()));
    Ok(reply)
}
