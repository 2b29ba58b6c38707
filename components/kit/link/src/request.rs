//! What a request can be made of: addresses, routes and headers.

/// Why a route cannot be sent; none if it can. It is a path of plain segments, with at most two placeholders in each. What is
/// percent-encoded in it is no dot, separator or `%`: servers and proxies would read other segments.
pub fn route_problem(route: &str) -> Option<String> {
    if !route.starts_with('/') {
        return Some("expected a path that starts with /".to_owned());
    }
    for segment in route.split('/') {
        let problem = match segment {
            "." | ".." => "is no segment of a path",
            _ if segment.contains("}{") => "has two placeholders with nothing between them",
            _ if segment.matches('{').count() > 2 => "has more than two placeholders",
            _ if !segment.bytes().all(|b| b.is_ascii_graphic() && !b"?#\\;\"<>^`".contains(&b)) => {
                "has characters that no path has"
            }
            _ if !segment.split('%').skip(1).all(is_encoded) => "has a % that does not encode a plain character",
            _ => continue,
        };
        return Some(format!("{segment:?} {problem}"));
    }
    None
}

/// Whether what follows a `%` is two digits for a character that is no dot, separator, `%` or zero.
fn is_encoded(after: &str) -> bool {
    let digits = after.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let Some(code) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else { return false };
    !b"./\\%;\0".contains(&code)
}

/// Whether a name can be a header's or a cookie's (RFC 9110, 5.6.2), and is in lower case.
pub fn is_token(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(token)
}

/// Whether a header, in lower case, is none for an input or a setting to give: the transport or the kit sets it, it proves who sends
/// a request, it says where a request comes from, or it makes a request stand for another one. The host's gate lets none of them
/// pass that a component sets, those aside that the kit sets.
pub fn is_reserved_header(name: &str) -> bool {
    const RESERVED: [&str; 24] = [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-url",
        "x-real-ip",
        "x-rewrite-url",
    ];
    RESERVED.contains(&name) || name.starts_with("proxy-") || name.starts_with("x-forwarded-")
}

/// Why an address cannot be what requests start with; none if it can. A setting's name in braces stands for a DNS label.
pub fn url_problem(url: &str) -> Option<&'static str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let authority = rest.and_then(|rest| rest.split('/').next()).filter(|authority| !authority.is_empty());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/[]{}%".contains(&b);
    match authority {
        None => Some("expected an address that starts with https:// or http://"),
        Some(_) if !url.bytes().all(plain) => Some("expected scheme, host and maybe a path, without a query"),
        Some(_) => None,
    }
}
