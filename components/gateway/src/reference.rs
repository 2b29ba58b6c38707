//! What is told about operations over HTTP: lists, descriptions, searches, and the OpenAPI document. Any server can answer so
//! that has operations to describe.

use crate::access::Access;
use crate::message::{Reply, Request};
use crate::offer::{Offer, Operations, catalogues};
use crate::openapi;
use crate::problem::Problem;
use outwit_core::example;
use outwit_core::hint;
use outwit_core::tools::{DEFAULT_LIMIT, MAX_LIMIT};
use outwit_search::Index;
use serde_json::{Map, Value, json};

/// Which operations are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'i> {
    /// All, with their schemas.
    All,
    /// All. Nobody looks at their descriptions and schemas.
    Names,
    /// One, by its id; there may be others, too.
    One(&'i str),
}

/// Operations that can be described. Why not is an answer.
pub trait Described {
    /// What is offered, at least of this part.
    fn offer(&self, part: Part) -> Result<Offer, Reply>;
    /// What fits an intent, as `GET /search` answers it.
    fn found(&self, intent: &str, limit: u32) -> Result<Value, Reply>;
}

/// The operations that a gateway is composed with.
pub struct Composed<'o>(pub &'o dyn Operations);

impl Described for Composed<'_> {
    fn offer(&self, _: Part) -> Result<Offer, Reply> {
        Ok(Offer::of(&self.0.describe())?)
    }

    fn found(&self, intent: &str, limit: u32) -> Result<Value, Reply> {
        Ok(found(self.0, ("q", intent), limit)?)
    }
}

/// Answers what is asked about operations; nothing where the path says something else.
///
/// # Errors
///
/// Other answers than the one that was asked for.
pub fn reference(
    request: &Request,
    path: &str,
    access: &Access,
    described: &dyn Described,
) -> Result<Option<Reply>, Reply> {
    let reads = |methods: &[&str]| allow(request, methods).map_err(Reply::from);
    Ok(Some(Reply::json(&match path {
        "/operations" => {
            reads(&["GET", "HEAD"])?;
            list(&described.offer(Part::Names)?)
        }
        "/search" => {
            reads(&["GET", "HEAD"])?;
            let (intent, limit) = searched(request)?;
            described.found(&intent, limit)?
        }
        "/openapi.json" => {
            reads(&["GET", "HEAD"])?;
            match parameter(request, "operation") {
                None => openapi::document(&described.offer(Part::All)?, access),
                Some(id) => {
                    let offer = described.offer(Part::One(&id))?;
                    openapi::of_one(offer.get(&id)?, &offer.titles(), access)
                }
            }
        }
        _ => match path.strip_prefix("/operations/") {
            Some(id) => {
                reads(&["GET", "HEAD", "POST"])?;
                if request.method == "POST" {
                    return Ok(None);
                }
                describe(&described.offer(Part::One(id))?, id)?
            }
            None => return Ok(None),
        },
    })))
}

fn list(offer: &Offer) -> Value {
    let vendors = offer.catalogues().iter().map(|catalogue| {
        let facts =
            catalogue.as_object().into_iter().flatten().filter(|(name, _)| {
                !["operations", "$defs", "oauth", "check", "search-index"].contains(&name.as_str())
            });
        Value::Object(facts.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
    });
    json!({
        "vendors": vendors.collect::<Vec<_>>(),
        "operations": offer.all().map(|one| one.facts()).collect::<Vec<_>>(),
    })
}

fn describe(offer: &Offer, id: &str) -> Result<Value, Problem> {
    let one = offer.get(id)?;
    let mut described = one.facts();
    let input = one.input();
    described["description"] = one.description().into();
    described["example"] = example(&input);
    described["input"] = input;
    described["output"] = one.output();
    Ok(described)
}

/// A parameter of the query; what other programs add to addresses is not for the gateway.
fn parameter(request: &Request, wanted: &str) -> Option<String> {
    let mut given = form_urlencoded::parse(request.query.as_bytes());
    given.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

fn searched(request: &Request) -> Result<(String, u32), Problem> {
    let wrong = || Problem::wrong(400, format!("limit: expected 1 to {MAX_LIMIT}")).about("limit");
    let limit = parameter(request, "limit").map_or(Ok(DEFAULT_LIMIT), |limit| {
        limit.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(wrong)
    })?;
    let intent = parameter(request, "q").unwrap_or_default();
    intended("q", &intent)?;
    Ok((intent, limit))
}

fn intended(name: &str, intent: &str) -> Result<(), Problem> {
    if intent.trim().is_empty() {
        let message = format!("{name}: expected what is to be done, in plain words");
        return Err(Problem::wrong(400, message).about(name));
    }
    Ok(())
}

/// What fits an intent, best first, among the operations of all vendors: what each of them finds by itself cannot be
/// compared, since it knows no words but its own. The intent comes with the name of the parameter that it is.
pub fn found(operations: &dyn Operations, (name, intent): (&str, &str), limit: u32) -> Result<Value, Problem> {
    intended(name, intent)?;
    // The index in a catalogue is of all its operations, so that it is read before some are left out.
    let catalogues = catalogues(&operations.describe())?;
    let found = Index::of(&catalogues.iter().collect::<Vec<_>>()).search(intent, limit as usize);
    let offer = Offer::from(catalogues);
    let mut entries = Vec::new();
    for found in &found {
        let Ok(one) = offer.get(&found.id) else { continue };
        let score = (f64::from(found.score) * 100.0).round() / 100.0;
        entries.push(json!({
            "id": one.id(), "effect": one.effect(), "summary": one.summary(), "score": score, "weak": found.weak(),
        }));
    }
    let mut answer = json!({ "operations": entries });
    if let Some(hint) = hint(found.first().map(|best| best.weak()), &offer.titles()) {
        answer["hint"] = hint.into();
    }
    Ok(answer)
}

/// Whether a method is one of these.
///
/// # Errors
///
/// It is none of them.
pub fn allow(request: &Request, methods: &[&str]) -> Result<(), Problem> {
    if methods.contains(&&*request.method) {
        return Ok(());
    }
    let allowed = methods.join(", ");
    Err(Problem::wrong(405, format!("expected the method {allowed}")).with("allow", allowed))
}
