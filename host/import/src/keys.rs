//! The settings of credentials: what one holds is sent in one place.

use crate::convert::Made;
use crate::report::{Kind, Report};
use crate::security::{KeyId, Security};
use outwit_link::vendor::{Auth, Setting};

/// Gives each credential that is used settings of its own, which are the result. Of two that would be called alike, such as the
/// key in the header `X-API-Key` and that in the query's `api_key`, the vendor's or else the first has the plain name.
pub(crate) fn settings(
    auth: &mut Auth,
    made: &mut [Made],
    security: &Security<'_>,
    others: &[Setting],
    report: &mut Report,
) -> Vec<Setting> {
    let is_required = !matches!(auth, Auth::Optional { .. }) && made.iter().any(|made| made.auth.is_none());
    let all = [auth].into_iter().chain(made.iter_mut().filter_map(|made| made.auth.as_mut()));
    let mut used: Vec<(KeyId, Setting)> = Vec::new();
    for (place, auth) in all.enumerate() {
        for Slot { id, suffix, name } in slots(auth) {
            if let Some((_, known)) = used.iter().find(|(known, _)| *known == id) {
                name.clone_from(&known.name);
                continue;
            }
            let is_taken =
                |name: &str| used.iter().map(|(_, known)| known).chain(others).any(|known| known.name == name);
            if is_taken(name) {
                // An application's settings name each other.
                if suffix.is_empty() {
                    continue;
                }
                let numbered = (2..).map(|number| format!("{name}_{suffix}_{number}"));
                let free = [format!("{name}_{suffix}")].into_iter().chain(numbered).find(|name| !is_taken(name));
                let free = free.unwrap_or_default();
                let text = format!("a credential is the setting {free}: {name} holds another value");
                report.say(Kind::Setting, "/security".to_owned(), None, text);
                *name = free;
            }
            let known = security.settings.get(&id).cloned();
            let known = known.unwrap_or_else(|| Setting {
                description: "A credential.".to_owned(),
                required: true,
                secret: true,
                ..Setting::default()
            });
            // What only some operations need, or none, is not required.
            let required = known.required && place == 0 && is_required;
            let setting = Setting { name: name.clone(), required, ..known };
            used.push((id, setting));
        }
    }
    used.into_iter().map(|(_, setting)| setting).collect()
}

/// A setting of a credential.
struct Slot<'a> {
    id: KeyId,
    /// What is put behind its name where that is another's; empty where it has to have its name.
    suffix: &'static str,
    name: &'a mut String,
}

fn slots(auth: &mut Auth) -> Vec<Slot<'_>> {
    fn plain<'a>(suffix: &'static str, name: &'a mut String) -> Slot<'a> {
        Slot { id: ("", name.clone()), suffix, name }
    }
    fn key<'a>(place: &'static str, suffix: &'static str, theirs: &str, name: &'a mut String) -> Slot<'a> {
        Slot { id: (place, theirs.to_owned()), suffix, name }
    }
    match auth {
        Auth::None => Vec::new(),
        Auth::Bearer { token } => vec![plain("BEARER", token)],
        Auth::OAuth(oauth) => {
            vec![plain("", &mut oauth.token), plain("", &mut oauth.client_id), plain("", &mut oauth.client_secret)]
        }
        Auth::Basic { user, password } | Auth::Client { user, password, .. } => {
            vec![plain("BASIC", user), plain("BASIC", password)]
        }
        Auth::Header { header, key: name } => vec![key("header", "HEADER", header, name)],
        Auth::Query { parameter, key: name } => vec![key("query", "QUERY", parameter, name)],
        Auth::Cookie { cookie, key: name } => vec![key("cookie", "COOKIE", cookie, name)],
        Auth::All { all } => all.iter_mut().flat_map(slots).collect(),
        Auth::Optional { auth } => slots(auth),
    }
}
