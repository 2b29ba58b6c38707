//! Requests that stand for another method than their own, at vendors that have a parameter for it (`_method=delete`).
//!
//! What counts is what the vendor will do. In the query, the parameter is read and the request judged by it. In a body it
//! has no business: components put it into the query, so a body that holds it is somebody's trick.

use crate::client::Body;
use http_body_util::{BodyExt, Full, Limited};
use std::borrow::Cow;
use wasmtime_wasi_http::Error as HttpError;

/// The largest body that is looked through, which is all of it: no component sends more to such a vendor.
pub(crate) const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// The method by which a vendor treats a request, in upper case. None where that is not certain: the parameter stands
/// there twice, or on a method other than POST.
pub(crate) fn effective<'r>(method: &'r http::Method, query: &str, parameter: &str) -> Option<Cow<'r, str>> {
    let mut given = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| names(name, parameter));
    match (given.next(), given.next()) {
        (None, _) => Some(Cow::Borrowed(method.as_str())),
        (Some((name, value)), None) if name == parameter && *method == http::Method::POST => {
            Some(Cow::Owned(value.to_ascii_uppercase()))
        }
        _ => None,
    }
}

/// The same body, whole, if it does not hold the parameter.
pub(crate) async fn checked(body: Body, parameter: &str) -> Result<Body, HttpError> {
    let bytes = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(problem) => {
            let problem = problem.downcast::<HttpError>().map_or(HttpError::HttpRequestBodySize(None), |error| *error);
            return Err(problem);
        }
    };
    if holds(&bytes, parameter) {
        return Err(HttpError::HttpRequestDenied);
    }
    Ok(Full::new(bytes).map_err(|never| match never {}).boxed_unsync())
}

/// Whether a body, read as a form or as JSON, has a member of that name. What is neither must not contain the word.
pub(crate) fn holds(body: &[u8], parameter: &str) -> bool {
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) {
        return json.as_object().is_some_and(|members| members.keys().any(|name| names(name, parameter)));
    }
    let multipart = body.starts_with(b"--") && body.windows(parameter.len()).any(|part| part == parameter.as_bytes());
    multipart || form_urlencoded::parse(body).any(|(name, _)| names(&name, parameter))
}

/// Servers differ in case, white space and brackets (`_method[]`).
fn names(name: &str, parameter: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    name.strip_prefix(&parameter.to_ascii_lowercase()).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    #[test]
    fn a_post_counts_as_what_its_query_says() {
        let effective = |method: &Method, query| effective(method, query, "_method").map(Cow::into_owned);
        assert_eq!(effective(&Method::POST, "_method=get&_limit=3").as_deref(), Some("GET"));
        assert_eq!(effective(&Method::POST, "%5Fmethod=dele%74e").as_deref(), Some("DELETE"));
        assert_eq!(effective(&Method::POST, "x_method=get").as_deref(), Some("POST"));
        assert_eq!(effective(&Method::DELETE, "").as_deref(), Some("DELETE"));
    }

    #[test]
    fn an_ambiguous_override_gives_no_method() {
        for query in ["_method=get&_method=delete", "_METHOD=delete", "_method[]=delete", "_method=get&_Method=delete"]
        {
            assert_eq!(effective(&Method::POST, query, "_method"), None, "{query}");
        }
        assert_eq!(effective(&Method::GET, "_method=delete", "_method"), None);
    }

    #[test]
    fn a_body_cannot_change_the_method() {
        let holds = |body: &str| holds(body.as_bytes(), "_method");
        for body in [
            "_method=delete",
            "a=1&%5fmethod=delete",
            r#"{"a":1,"_method":"DELETE"}"#,
            r#"{"\u005fmethod":"delete"}"#,
            "--x\r\ncontent-disposition: form-data; name=\"_method\"\r\n\r\ndelete\r\n--x--",
        ] {
            assert!(holds(body), "{body}");
        }
        for body in ["", "subject=the+_method+parameter", r#"{"subject":"_method"}"#, "methods=1"] {
            assert!(!holds(body), "{body}");
        }
    }
}
