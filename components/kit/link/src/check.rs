//! Whether `vendor.toml` fits the WIT and can be sent.

use crate::vendor::{Auth, Param, Place, Vendor, is_reserved_header, is_token, route_problem, url_problem};
use crate::{oauth, stream};
use anyhow::{Context, Result, bail, ensure};
use kit_build::model::{KindModel, Model, OperationModel};
use outwit_core::nearest;
use std::collections::BTreeSet;

/// Checks a vendor. An error names the member of `vendor.toml`, and what was expected.
pub fn vendor(vendor: &Vendor, model: &Model<'_>) -> Result<()> {
    base(&vendor.base).context("base")?;
    let settings: BTreeSet<&str> = vendor.settings.iter().map(|setting| &*setting.name).collect();
    ensure!(settings.len() == vendor.settings.len(), "settings: two have the same name");
    for name in &settings {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let fits = name.bytes().all(plain) && name.starts_with(|c: char| c.is_ascii_uppercase());
        ensure!(fits, "settings: {name}: expected capitals, digits and _");
    }
    let known = |name: &str| {
        let hint = || match nearest(name, settings.iter().copied()).first() {
            Some(near) => format!("; did you mean {near}?"),
            None => String::new(),
        };
        ensure!(settings.contains(name), "{name} is not among the settings{}", hint());
        Ok(())
    };
    settings_of_base(&vendor.base, &known).context("base")?;
    match &vendor.auth {
        Auth::OAuth(facts) => oauth::check(facts, model, &known),
        other => auth(other, &known),
    }
    .context("auth")?;
    for (header, setting) in &vendor.headers {
        header_name(header).and_then(|()| known(setting)).context("headers")?;
    }
    vendor.queries.iter().try_for_each(|(_, setting)| known(setting)).context("queries")?;
    for (name, operation) in &vendor.operations {
        let described = model.operations.iter().find(|described| described.name == *name);
        let described = described.with_context(|| format!("operations.{name}: the WIT has no such operation"))?;
        self::operation(operation, described, model, &known).with_context(|| format!("operations.{name}"))?;
    }
    if let Some(check) = &vendor.check {
        ensure!(vendor.operations.contains_key(&check.operation), "check: there is no operation {}", check.operation);
    }
    Ok(())
}

fn operation(
    operation: &crate::vendor::Operation,
    described: &OperationModel<'_>,
    model: &Model<'_>,
    known: &impl Fn(&str) -> Result<()>,
) -> Result<()> {
    let fields: BTreeSet<&str> = match described.input.map(|input| &model.types[input].kind) {
        Some(KindModel::Record(fields)) => fields.iter().map(|field| &*field.name).collect(),
        _ => BTreeSet::new(),
    };
    let route = &operation.route;
    if let Some(problem) = route_problem(route) {
        bail!("route: {problem}");
    }
    for piece in route.split('{').skip(1) {
        let (name, _) = piece.split_once('}').context("route: a { without its }")?;
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            known(name).context("route")?;
        } else {
            let field = name.split(':').next().unwrap_or(name);
            ensure!(fields.contains(field), "route: the input has no field {field}");
        }
    }
    stream::check(operation.stream.as_ref(), described, model)?;
    operation
        .base
        .as_deref()
        .map_or(Ok(()), |own| base(own).and_then(|()| settings_of_base(own, known)))
        .context("base")?;
    operation.auth.as_ref().map_or(Ok(()), |own| auth(own, known)).context("auth")?;
    for (name, media) in [("content-type", &operation.content_type), ("accept", &operation.accept)] {
        media.as_deref().map_or(Ok(()), media_type).context(name)?;
    }
    let mut whole_bodies = 0;
    for (field, Param { name, place, .. }) in &operation.input {
        ensure!(fields.contains(&**field), "input.{field}: the input has no such field");
        match place {
            Some(Place::Header) => header_name(name.as_deref().unwrap_or(field)).context(format!("input.{field}"))?,
            Some(Place::WholeBody) => whole_bodies += 1,
            _ => {}
        }
    }
    ensure!(whole_bodies <= 1, "input: several fields are the whole body");
    Ok(())
}

fn auth(auth: &Auth, known: &impl Fn(&str) -> Result<()>) -> Result<()> {
    match auth {
        Auth::None => Ok(()),
        Auth::Bearer { token } => known(token),
        Auth::Basic { user, password } | Auth::Client { user, password, .. } => {
            known(user).and_then(|()| known(password))
        }
        Auth::Header { header, key } => {
            let authorization = header == "authorization" || header == "cookie";
            let name = if authorization { Ok(()) } else { header_name(header) };
            name.and_then(|()| known(key))
        }
        Auth::Query { key, .. } => known(key),
        Auth::Cookie { cookie, key } => {
            // The names of cookies have capitals, too.
            ensure!(is_token(&cookie.to_ascii_lowercase()), "cookie: {cookie:?} cannot be the name of a cookie");
            known(key)
        }
        Auth::OAuth(_) => bail!("oauth: expected it as the vendor's `auth`, and alone"),
        Auth::All { all } => {
            for (index, one) in all.iter().enumerate() {
                if let Auth::All { .. } | Auth::Optional { .. } = one {
                    bail!("all: expected no further all, and none that is optional");
                }
                self::auth(one, known)?;
                if all[..index].iter().any(|before| before.is_in_place_of(one)) {
                    let (what, name) = one.place().unwrap_or_default();
                    bail!("all: two need the {what} {name}, of which a request has one");
                }
            }
            Ok(())
        }
        Auth::Optional { auth } => match &**auth {
            Auth::None | Auth::Optional { .. } => bail!("optional: expected a credential"),
            one => self::auth(one, known),
        },
    }
}

fn header_name(name: &str) -> Result<()> {
    ensure!(is_token(name), "{name:?}: expected a header's name in lower case");
    ensure!(!is_reserved_header(name), "{name}: this header is not an input's");
    Ok(())
}

fn media_type(media: &str) -> Result<()> {
    let is_one = media.split_once('/').is_some_and(|(kind, name)| is_token(kind) && is_token(name));
    ensure!(is_one, "{media:?}: expected a media type in lower case without parameters, such as application/json");
    Ok(())
}

/// The settings whose values stand in a base.
fn settings_of_base(base: &str, known: &impl Fn(&str) -> Result<()>) -> Result<()> {
    base.split('{').skip(1).filter_map(|piece| piece.split_once('}')).try_for_each(|(name, _)| known(name))
}

fn base(base: &str) -> Result<()> {
    url_problem(base).map_or(Ok(()), |problem| bail!(problem))
}
