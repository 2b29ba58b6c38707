//! The page `/docs` of a server that is a program: the gateway's page, with a library that shows the reference of an operation.

use crate::reply::{of_gateway, to_gateway};
use axum::response::Response;
use gateway::docs::{gzipped, page_with_library};
use gateway::message::Reply;
use gateway::problem::Problem;
use http::request::Parts;

macro_rules! packed {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz"))
    };
}

/// The answer to a request for the page or one of its files; none where something else is asked for. They have nothing of a
/// vendor, so that everybody may read them.
pub(crate) fn answer(parts: &Parts) -> Option<Response> {
    let name = parts.uri.path().strip_prefix("/docs")?;
    let request = to_gateway(parts);
    let script = "text/javascript; charset=utf-8";
    let own = |media: &str, text: &str| Ok(Reply::typed(200, media, text.into()));
    let reply = match name {
        "" | "/" => page_with_library(&request),
        "/library.js" => own(script, include_str!("../page/library.js")),
        "/library.css" => own("text/css; charset=utf-8", include_str!("../page/library.css")),
        "/swagger-ui.js" => gzipped(&request, script, packed!("swagger-ui.js")),
        "/swagger-ui.css" => gzipped(&request, "text/css; charset=utf-8", packed!("swagger-ui.css")),
        "/swagger-ui.LICENSE" => gzipped(&request, "text/plain; charset=utf-8", packed!("LICENSE")),
        "/swagger-ui.NOTICE" => gzipped(&request, "text/plain; charset=utf-8", packed!("NOTICE")),
        _ => return None,
    };
    let reply = match &*request.method {
        "GET" | "HEAD" => reply,
        _ => Err(Problem::wrong(405, "expected the method GET, HEAD").with("allow", "GET, HEAD".to_owned())),
    };
    let mut reply = reply.unwrap_or_else(Problem::reply);
    reply.headers.push(("cache-control", "no-cache".to_owned()));
    Some(of_gateway(reply))
}
