//! Catalogues as texts: they are large, and reading them as JSON only to write them again would take longer than a call.

/// A list of the catalogues of both sides, of which each is one catalogue or such a list.
pub fn joined(first: &str, second: &str) -> String {
    format!("[{},{}]", inner(first), inner(second))
}

fn inner(catalogues: &str) -> &str {
    let text = catalogues.trim();
    text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text)
}

/// Whether one of the catalogues is of the vendor that an operation's id begins with.
///
/// Vendors write their catalogues without spaces, and inside of a JSON string quotation marks are escaped, so that this
/// text can only be the member.
pub fn offers(catalogues: &str, operation: &str) -> bool {
    let vendor = operation.split_once('.').map_or(operation, |(vendor, _)| vendor);
    let named = vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    named && catalogues.contains(&format!("\"vendor\":\"{vendor}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: &str = r#"{"vendor":"acme","summary":"Not \"vendor\":\"initech\" at all."}"#;

    #[test]
    fn catalogues_and_lists_of_them_are_joined_to_one_list() {
        let two = joined(ACME, r#"{"vendor":"initech"}"#);
        assert_eq!(two, format!(r#"[{ACME},{{"vendor":"initech"}}]"#));
        assert_eq!(joined(r#"{"vendor":"hooli"}"#, &two), format!(r#"[{{"vendor":"hooli"}},{}]"#, inner(&two)));
    }

    #[test]
    fn a_side_offers_what_begins_with_one_of_its_vendors() {
        assert!(offers(ACME, "acme.list-things"));
        for other in ["initech.list-things", "acm.list-things", "", ".", "acme\",\"x\":\"y.z"] {
            assert!(!offers(ACME, other), "{other}");
        }
    }
}
