//! Where requests go: the servers of a document.

use crate::document::Node;
use crate::names;
use crate::report::Kind;
use outwit_link::vendor::Setting;

/// The host of a document that names none.
pub(crate) const NOWHERE: &str = "https://no-server.invalid";
/// Hosts that serve many vendors, and so name none.
const SHARED: &str = " amazonaws azurewebsites herokuapp cloudfunctions appspot swaggerhub apiary apiary-mock mocky vercel netlify github \
    gitlab googleapis cloudfront firebaseapp onrender web run stoplight postman rapidapi readme ";

/// What requests start with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Base {
    pub url: String,
    pub settings: Vec<Setting>,
    pub notes: Vec<(Kind, String)>,
}

/// The addresses that a document gives.
pub(crate) fn urls(root: &Node) -> Vec<(String, Option<&Node>)> {
    let mut urls = servers(root);
    if let (true, Some(host)) = (urls.is_empty(), root.text("host")) {
        let schemes: Vec<&str> = root.items("schemes").iter().filter_map(Node::as_str).collect();
        let scheme = if schemes.is_empty() || schemes.contains(&"https") { "https" } else { "http" };
        let host = host.split_once("://").map_or(host, |(_, host)| host).trim_end_matches('/');
        let path = root.text("basePath").unwrap_or_default();
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        urls.push((format!("{scheme}://{host}{slash}{path}"), None));
    } else if let (true, Some(path)) = (urls.is_empty(), root.text("basePath")) {
        urls.push((path.to_owned(), None));
    }
    urls
}

/// The `servers` of a document, a path or an operation.
pub(crate) fn servers(node: &Node) -> Vec<(String, Option<&Node>)> {
    let url = |server: &Node| server.text("url").map(|url| url.trim().to_owned());
    node.items("servers").iter().filter_map(|server| Some((url(server)?, server.get("variables")))).collect()
}

/// What requests start with; of several addresses the first that can be used.
pub(crate) fn base(urls: &[(String, Option<&Node>)], vendor: &str) -> Base {
    let all: Vec<Base> = urls.iter().filter_map(|(url, variables)| filled(url, *variables, vendor)).collect();
    // The better ones first, and of as good ones the document's first.
    let rank = |base: &&Base| {
        let host = host(&base.url);
        (is_placeholder(host), is_for_tests(host), !base.url.starts_with("https://"))
    };
    let chosen = all.iter().min_by_key(rank);
    let Some(mut base) = chosen.cloned() else {
        let path = urls.iter().map(|(url, _)| url.as_str()).find(|url| url.starts_with('/') && !url.starts_with("//"));
        let path = path.filter(|path| path.bytes().all(is_path)).unwrap_or_default().trim_end_matches('/');
        let found = urls.first().map(|(url, _)| format!("only {url:?}")).unwrap_or_else(|| "no server".to_owned());
        let text = format!("the document gives {found}; give the base, or the setting {}", setting(vendor));
        return Base { url: format!("{NOWHERE}{path}"), settings: Vec::new(), notes: vec![(Kind::Doubtful, text)] };
    };
    if is_placeholder(host(&base.url)) {
        let text =
            format!("the server {} is a placeholder; give the base, or the setting {}", base.url, setting(vendor));
        base.notes.push((Kind::Doubtful, text));
    } else if base.url.starts_with("http://") {
        base.notes.push((Kind::Doubtful, format!("the server {} is not encrypted", base.url)));
    }
    let others: Vec<&str> =
        urls.iter().map(|(url, _)| url.as_str()).filter(|url| host(url) != host(&base.url)).collect();
    if urls.len() > 1 && !others.is_empty() {
        let shown = others.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        base.notes.push((
            Kind::Decided,
            format!("requests go to {}; the document has other servers, too: {shown}", base.url),
        ));
    }
    base
}

/// A base that somebody gives.
pub(crate) fn given(url: &str) -> Base {
    Base { url: url.trim_end_matches('/').to_owned(), ..Base::default() }
}

fn setting(vendor: &str) -> String {
    names::setting(vendor, &["base".to_owned(), "url".to_owned()])
}

/// An address with its variables filled; none where it cannot be used.
fn filled(url: &str, variables: Option<&Node>, vendor: &str) -> Option<Base> {
    let mut base = Base::default();
    let mut made = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        made.push_str(before);
        let variable = variables.and_then(|variables| variables.get(name));
        let default = variable.and_then(|variable| variable.get("default").or_else(|| variable.items("enum").first()));
        let default = default.and_then(Node::scalar).map(|value| value.trim().to_owned());
        let closed = variable.is_some_and(|variable| variable.items("enum").len() > 1);
        // A label of the host's name, and not all of it.
        let in_host = made.split_once("://").is_none_or(|(_, rest)| !rest.contains('/'));
        let is_label = in_host && made.ends_with(['/', '.']) && after.starts_with('.') && made.contains("://");
        match default.filter(|value| !value.is_empty()) {
            Some(value) if closed || !is_label || !is_example(&value) => {
                let text = format!("the server's variable {name} is {value:?}, as the document says");
                base.notes.push((Kind::Decided, text));
                made.push_str(&value);
            }
            _ if is_label => {
                let setting = names::setting(vendor, &names::words(name));
                let says = variable.and_then(|variable| variable.text("description")).map(crate::comment::line);
                let default = format!("The `{}` of your account's address.", names::kebab(&names::words(name)));
                base.settings.push(Setting {
                    name: setting.clone(),
                    description: says.filter(|says| !says.is_empty()).unwrap_or(default),
                    required: true,
                    ..Setting::default()
                });
                made.push_str(&format!("{{{setting}}}"));
            }
            _ => return None,
        }
        rest = after;
    }
    made.push_str(rest);
    let made = if made.starts_with("//") { format!("https:{made}") } else { made };
    let (made, query) = made.split_once('?').map_or((made.as_str(), None), |(made, query)| (made, Some(query)));
    if let Some(query) = query {
        base.notes.push((Kind::Doubtful, format!("the server's address has a query, {query}, which is not sent")));
    }
    base.url = made.trim_end_matches('/').to_owned();
    let first = host(&base.url).split('.').next().unwrap_or_default().to_owned();
    if is_subdomain(&first, host(&base.url)) {
        let setting = names::setting(vendor, &["subdomain".to_owned()]);
        base.url = base.url.replacen(&first, &format!("{{{setting}}}"), 1);
        let text = format!("{first} in the server's address stands for a subdomain, which is the setting {setting}");
        base.notes.push((Kind::Decided, text));
        base.settings.push(Setting {
            name: setting,
            description: "The first part of your account's address.".to_owned(),
            required: true,
            ..Setting::default()
        });
    }
    is_url(&base.url).then_some(base)
}

/// Whether a component takes it as a base, its settings aside.
fn is_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:{}".contains(&byte);
    ["http", "https"].contains(&scheme)
        && !authority.is_empty()
        && authority.bytes().all(is_host)
        && path.bytes().all(is_path)
}

fn is_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)
}

pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    authority.split(':').next().unwrap_or_default()
}

/// Whether the first label of a host stands for one that each has for themselves, of a host that is somebody's.
fn is_subdomain(first: &str, host: &str) -> bool {
    let rest = host.strip_prefix(first).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    !first.contains('{') && is_example(first) && rest.contains('.') && !is_placeholder(rest)
}

/// Whether a host is there for trying things out.
fn is_for_tests(host: &str) -> bool {
    const WORDS: [&str; 9] = ["sandbox", "staging", "stage", "test", "dev", "demo", "qa", "uat", "mock"];
    host.split(['.', '-']).any(|word| WORDS.contains(&word))
}

/// Whether a host is nobody's.
fn is_placeholder(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    // What is in braces is a setting.
    let labels: Vec<&str> = host.split('.').filter(|label| !label.contains('{')).collect();
    labels.iter().any(|label| is_example(label) || *label == "localhost" || *label == "host" || *label == "hostname")
        || labels.iter().all(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
        || ["virtserver.swaggerhub", "mocky.", "no-server.invalid"].iter().any(|known| host.contains(known))
}

/// Whether a word stands for one that each has for themselves.
fn is_example(word: &str) -> bool {
    const WORDS: &str = " subdomain sub-domain domain tenant account company mycompany my-company customer instance site workspace org \
        organization yourdomain companyname domain-name ";
    let word = word.to_ascii_lowercase();
    word.starts_with("your")
        || word.starts_with("example")
        || word.starts_with(['<', '{'])
        || word.starts_with("my-")
        || WORDS.split_ascii_whitespace().any(|known| known == word)
}

/// What a vendor is called by its host: `api.hubapi.com` is `hubapi`.
pub(crate) fn vendor(urls: &[(String, Option<&Node>)]) -> Option<String> {
    const SECOND: [&str; 8] = ["co", "com", "org", "net", "gov", "ac", "edu", "gob"];
    urls.iter().find_map(|(url, _)| {
        if !url.contains("//") {
            return None;
        }
        let host = host(url.trim_start_matches('/')).to_ascii_lowercase();
        let mut labels: Vec<&str> = host.split('.').collect();
        labels.pop().filter(|last| !last.contains('}') && last.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
        if labels.len() > 1 {
            labels.pop_if(|label| SECOND.contains(label));
        }
        let label = labels.pop()?;
        let shared = SHARED.split_ascii_whitespace().any(|known| known == label);
        let first = host.split('.').next().unwrap_or_default();
        let theirs = is_subdomain(first, &host) || !is_placeholder(&host);
        (!shared && !label.contains(['{', '}']) && theirs).then(|| label.to_owned())
    })
}
