//! The page `/docs`, and the part of the description that it reads.

use super::*;
use flate2::read::GzDecoder;
use std::io::Read;

const GZIP: (&str, &str) = ("accept-encoding", "br, gzip;q=0.5");

fn unpacked(reply: &Reply) -> String {
    let mut page = String::new();
    GzDecoder::new(&reply.body[..]).read_to_string(&mut page).unwrap();
    page
}

#[test]
fn the_page_is_small_has_nothing_of_a_vendor_and_is_read_without_a_token() {
    let token = Access::Token("sesame".to_owned());
    let reply = ask_with(&token, "GET", "/docs", &[GZIP], "");
    assert_eq!((reply.status, header(&reply, "content-encoding")), (200, Some("gzip")));
    let page = unpacked(&reply);
    assert!(page.len() <= 15 << 10, "{} bytes", page.len());
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>"), "{page}");
    assert!(!page.contains("acme") && !page.contains("http://") && !page.contains("https://"));
    assert_eq!(ask_with(&token, "GET", "/docs/", &[], "").body, reply.body);
    assert_eq!(ask_with(&token, "POST", "/docs", &[JSON], "{}").status, 405);
    assert_eq!(ask_with(&token, "GET", "/docs/library.js", &[], "").status, 401);
}

/// CSP Level 3, 8.3: a digest is of what stands between the tags.
#[test]
fn the_policy_of_the_page_lets_in_its_own_style_and_script_alone() {
    let reply = ask_with(&Access::Open, "GET", "/docs", &[], "");
    let (page, policy) = (unpacked(&reply), header(&reply, "content-security-policy").unwrap());
    for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
        let text = page.split_once(&format!("<{tag}>")).unwrap().1.split_once(&format!("</{tag}>")).unwrap().0;
        let digest = outwit_core::base64(&<sha2::Sha256 as sha2::Digest>::digest(text.as_bytes()));
        assert!(policy.contains(&format!("{directive} 'sha256-{digest}';")), "{directive}: {policy}");
    }
    for expected in
        ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]
    {
        assert!(policy.contains(expected), "{expected}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    assert_eq!(header(&reply, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(&reply, "referrer-policy"), Some("no-referrer"));
}

#[test]
fn a_host_with_a_library_lets_in_its_own_files_too() {
    let request = Request::of("GET", "/docs", Vec::new());
    let reply = crate::docs::page_with_library(&request).ok().unwrap();
    assert!(unpacked(&reply).contains(r#"<meta name="library" content="docs/library.js">"#));
    let policy = header(&reply, "content-security-policy").unwrap();
    assert!(policy.contains("=' 'self'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
}

/// RFC 9110, 12.5.3.
#[test]
fn who_reads_no_gzip_is_told_so() {
    for (accepted, status) in
        [("gzip", 200), ("*", 200), ("x-gzip;q=0.1", 200), ("identity", 406), ("gzip;q=0, br", 406), ("", 406)]
    {
        assert_eq!(ask("GET", "/docs", &[("accept-encoding", accepted)], "").0, status, "{accepted}");
    }
}

#[test]
fn a_setting_leaves_the_page_out() {
    let set = |value: &str| {
        let pairs = [("OUTWIT_GATEWAY_OPEN", "1"), ("OUTWIT_GATEWAY_DOCS", value)];
        Doors::of(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    };
    assert_eq!(ask_at(&set("0"), "GET", "/docs", &[], "").status, 404);
    assert_eq!(ask_at(&set("1"), "GET", "/docs", &[], "").status, 200);
}

#[test]
fn the_part_of_the_description_about_an_operation_has_what_it_refers_to_and_no_more() {
    let (_, whole) = get("/openapi.json");
    let (status, part) = get("/openapi.json?operation=acme.create-widget");
    assert_eq!((status, &part["openapi"], &part["info"]), (200, &whole["openapi"], &whole["info"]));
    let path = "/operations/acme.create-widget";
    assert_eq!(part["paths"], json!({ path: whole["paths"][path] }));
    let schemas: Vec<_> = part["components"]["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(schemas, ["acme.widget"]);
    let body = &part["paths"][path]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(body["example"], json!({ "name": "…" }));
    assert_eq!(get("/openapi.json?operation=acme.create-widge").0, 404);
    assert_eq!(get("/openapi.json?operation=acme.get-token").0, 403);
}

/// Browsers give the origin of the page with what it sends, also to where it comes from.
#[test]
fn the_page_may_call_where_it_comes_from_with_the_token() {
    let call = |access: &Access, origin: &str| {
        let headers = [JSON, ("origin", origin), ("host", "gateway.example:8443"), ("authorization", "Bearer t")];
        ask_with(access, "POST", "/operations/acme.list-widgets", &headers, "{}").status
    };
    let token = Access::Token("t".to_owned());
    assert_eq!(call(&token, "https://gateway.example:8443"), 200);
    for other in [
        "https://gateway.example",
        "https://evil.example:8443",
        "https://evil-gateway.example:8443",
        "https://evil.gateway.example:8443",
        "null",
        "gateway.example:8443",
    ] {
        assert_eq!(call(&token, other), 403, "{other}");
    }
    // A name that somebody gave to the gateway is no reason to let in.
    assert_eq!(call(&Access::Open, "https://gateway.example:8443"), 403);
}
