//! `/oauth2/v0` and the description of a token.

use axum::response::Response;
use form_urlencoded::Serializer;
use http::header::{HeaderValue, LOCATION};
use serde_json::{Map, Value, json};

use super::World;
use super::grants::{ACTING_STAFF, DEPLOYMENT, Scope, Token, application, authenticate, gone, lifetime, registered};
use super::reply::{Failure, Outcome, envelope, failure, invalid, oauth_error, send};
use super::request::Call;
use super::store::text;

pub fn answer(world: &mut World, call: &Call) -> Response {
    if let Some(broken) = &call.broken {
        return oauth_error(broken);
    }
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let answered = match (call.method.as_str(), path.as_slice()) {
        ("GET" | "POST", ["oauth2", "v0", "authorize"]) => authorize(call),
        ("GET", ["oauth2", "v0", "authorize", "consent"]) => consent(world, call),
        ("POST", ["oauth2", "v0", "token"]) => token(world, call),
        ("POST", ["oauth2", "v0", "revoke"]) => revoke(world, call),
        _ => return envelope(call, Err(invalid("There is no such resource."))),
    };
    answered.unwrap_or_else(|failure| oauth_error(&failure))
}

/// What authorize and its consent page both check.
struct Wish {
    client: &'static str,
    scope: Scope,
    redirect_uri: Option<String>,
    expires_in: Option<u64>,
}

fn wish(call: &Call) -> Result<Wish, Failure> {
    let id = call.required("client_id")?;
    let client = application(&id).ok_or_else(|| failure(401, "invalid_client", "There is no such client."))?;
    if call.required("response_type")? != "code" {
        return Err(failure(400, "unsupported_response_type", "response_type must be code."));
    }
    let scope = Scope::parse(&call.text("scope").unwrap_or_default())?;
    let redirect_uri = call.text("redirect_uri").filter(|uri| !uri.is_empty());
    if redirect_uri.as_ref().is_some_and(|uri| !registered(uri)) {
        return Err(invalid("redirect_uri is not registered."));
    }
    Ok(Wish { client, scope, redirect_uri, expires_in: expires_in(call)? })
}

fn authorize(call: &Call) -> Result<Response, Failure> {
    wish(call)?;
    let mut query = Serializer::new(String::new());
    for name in ["client_id", "response_type", "scope", "redirect_uri", "state", "expires_in"] {
        if let Some(value) = call.text(name) {
            query.append_pair(name, &value);
        }
    }
    let origin = call.host.as_ref().map(|host| format!("http://{host}")).unwrap_or_default();
    Ok(redirect(&format!("{origin}/oauth2/v0/authorize/consent?{}", query.finish())))
}

/// Stands for the page on which a person decides: `decision=approve` or `decision=deny` is the click.
fn consent(world: &mut World, call: &Call) -> Result<Response, Failure> {
    let Wish { client, scope, redirect_uri, expires_in } = wish(call)?;
    let state = call.text("state");
    let back = |uri: &str, pairs: &[(&str, &str)]| {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(pairs);
        if let Some(state) = &state {
            query.append_pair("state", state);
        }
        let joint = if uri.contains('?') { '&' } else { '?' };
        redirect(&format!("{uri}{joint}{}", query.finish()))
    };
    let now = world.now();
    match (call.one_of("decision", &["approve", "deny"])?.as_deref(), redirect_uri) {
        (Some("approve"), Some(uri)) => {
            let code = world.grants.issue_code(client, scope, Some(uri.clone()), expires_in, now);
            Ok(back(&uri, &[("code", &code)]))
        }
        (Some("approve"), None) => {
            let pin = world.grants.issue_code(client, scope, None, expires_in, now);
            Ok(send(200, "text/plain; charset=utf-8", pin))
        }
        (Some(_), Some(uri)) => {
            let reason = [("error", "access_denied"), ("error_description", "The user refused.")];
            Ok(back(&uri, &reason))
        }
        (Some(_), None) => Err(failure(403, "access_denied", "The user refused.")),
        (None, _) => {
            let page = "Add &decision=approve or &decision=deny to this address.\n";
            Ok(send(200, "text/plain; charset=utf-8", page.into()))
        }
    }
}

/// Identifies the client by HTTP Basic, else by fields of the body.
fn client(world: &mut World, call: &Call) -> Result<&'static str, Failure> {
    let pair = call.basic.clone().or_else(|| Some((call.text("client_id")?, call.text("client_secret")?)));
    let known = pair.and_then(|(id, secret)| authenticate(&id, &secret));
    let known = known.ok_or_else(|| failure(401, "invalid_client", "The client could not be authenticated."));
    let now = world.now();
    world.lockout.check(now, known)
}

fn token(world: &mut World, call: &Call) -> Result<Response, Failure> {
    let client = client(world, call)?;
    let now = world.now();
    let wanted = expires_in(call)?;
    let mut body = Map::new();
    let (scope, seconds) = match call.required("grant_type")?.as_str() {
        "client_credentials" => {
            let scope = Scope::parse(&call.text("scope").unwrap_or_default())?;
            let seconds = lifetime(wanted);
            // The vendor sends this one as text, and says more about who the application acts as.
            body.insert("expires_in".into(), seconds.to_string().into());
            body.insert("account_id".into(), "7004".into());
            body.insert("account_details".into(), account(world));
            (scope, seconds)
        }
        "authorization_code" => {
            let grant = world.grants.take_code(client, &call.required("code")?, now)?;
            let uri = call.text("redirect_uri").filter(|uri| !uri.is_empty());
            let matches = match (&grant.redirect_uri, &uri) {
                (Some(sent), Some(uri)) => sent == uri,
                (None, Some(uri)) => registered(uri),
                (Some(_), None) => false,
                (None, None) => true,
            };
            if !matches {
                return Err(gone());
            }
            let seconds = lifetime(wanted.or(grant.lifetime));
            renewable(world, &mut body, client, &grant.scope, seconds);
            (grant.scope, seconds)
        }
        "refresh_token" => {
            let grant = world.grants.take_refresh(client, &call.required("refresh_token")?, now)?;
            let seconds = lifetime(wanted);
            renewable(world, &mut body, client, &grant.scope, seconds);
            (grant.scope, seconds)
        }
        _ => return Err(failure(400, "unsupported_grant_type", "There is no such grant type.")),
    };
    let service = !body.contains_key("refresh_token");
    body.insert("access_token".into(), world.grants.issue_token(client, scope, service, seconds, now).into());
    body.insert("token_type".into(), "Bearer".into());
    body.insert("deployment".into(), DEPLOYMENT.into());
    body.insert("deployment_name".into(), "Juniper Works".into());
    body.insert("deployment_uri".into(), format!("{DEPLOYMENT}.accelo.com").into());
    Ok(send(200, "application/json", Value::Object(body).to_string()))
}

fn renewable(world: &mut World, body: &mut Map<String, Value>, client: &'static str, scope: &Scope, seconds: u64) {
    body.insert("expires_in".into(), seconds.into());
    body.insert("refresh_token".into(), world.grants.issue_refresh(client, scope.clone()).into());
}

fn revoke(world: &mut World, call: &Call) -> Result<Response, Failure> {
    let client = client(world, call)?;
    world.grants.revoke(client, &call.required("token")?)?;
    Ok(envelope(call, Ok(Some(Value::Null))))
}

/// `tokeninfo`, about the token of the request or about another one.
pub fn describe(world: &World, call: &Call, own: &Token) -> Outcome {
    let other = call.bearer.is_some().then(|| call.text("_bearer_token")).flatten();
    let token = match other {
        Some(text) => world.grants.token(&text, world.now()).ok_or_else(|| invalid("There is no such token."))?,
        None => own,
    };
    let staff = world.store.get("staff", ACTING_STAFF).cloned().unwrap_or_default();
    Ok(Some(json!({
        "email": text(&staff, "email"),
        "firstname": text(&staff, "firstname"),
        "surname": text(&staff, "surname"),
        "deployment": DEPLOYMENT,
        "staff_id": ACTING_STAFF,
        "expiry_date": token.expires.unwrap_or_default().to_string(),
        "locale": locale(),
    })))
}

fn account(world: &World) -> Value {
    let staff = world.store.get("staff", ACTING_STAFF).cloned().unwrap_or_default();
    let names =
        ["id", "firstname", "surname", "email", "username", "title", "position", "phone", "mobile", "fax"].into_iter();
    let mut account: Map<String, Value> =
        names.map(|name| (name.to_owned(), staff.get(name).cloned().unwrap_or_default())).collect();
    let access = json!({ "activity": { "add": 1, "admin": 0, "manages": 1, "view": 1, "dashboard": "" } });
    account.insert("user_access".into(), access);
    let titles = json!({ "company": { "singular": "Client", "plural": "Clients" } });
    account.insert("user_defined_titles".into(), titles);
    account.insert("locale".into(), locale());
    account.into()
}

fn locale() -> Value {
    json!({ "currency": { "symbol": "$" }, "timezone": "Europe/Lisbon" })
}

fn expires_in(call: &Call) -> Result<Option<u64>, Failure> {
    match call.number("expires_in")? {
        Some(0) => Err(invalid("expires_in must be at least 1.")),
        wanted => Ok(wanted),
    }
}

fn redirect(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return oauth_error(&invalid("redirect_uri does not fit into a header."));
    };
    let mut response = send(302, "text/plain; charset=utf-8", String::new());
    response.headers_mut().insert(LOCATION, location);
    response
}
