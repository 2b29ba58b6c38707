//! Where errors of a vendor say what is wrong.

use crate::document::Node;
use crate::media::{Media, media};
use crate::read::Operation;
use crate::view::{Fields, Kind, Schemas};
use outwit_link::vendor::Answers;
use std::rc::Rc;

/// Where sentences stand, the more telling ones first.
const MESSAGES: [&str; 14] = [
    "/error/message",
    "/error/description",
    "/error_description",
    "/message",
    "/errorMessage",
    "/error_message",
    "/detail",
    "/description",
    "/msg",
    "/errors/0/message",
    "/errors/0/detail",
    "/error",
    "/title",
    "/reason",
];
/// Where words stand that programs know.
const CODES: [&str; 8] =
    ["/error/code", "/code", "/errorCode", "/error_code", "/error/type", "/errors/0/code", "/error", "/type"];
/// What is tried where the document does not describe errors.
const USUAL: [&str; 4] = ["/message", "/error/message", "/detail", "/error"];
/// The most answers that are looked at.
const MOST: usize = 400;

pub(crate) fn answers<'d>(schemas: &Schemas<'d>, operations: &[Operation<'d>]) -> Answers {
    let mut bodies = Vec::new();
    for operation in operations {
        for (code, response) in operation.node.members("responses") {
            if code.starts_with(['4', '5']) || code == "default" {
                bodies.extend(body(schemas, response));
            }
        }
        if bodies.len() > MOST {
            break;
        }
    }
    let has = |pointer: &&&str| bodies.iter().any(|body| is_scalar(schemas, body, pointer));
    let message: Vec<String> = MESSAGES.iter().filter(has).map(|pointer| (*pointer).to_owned()).collect();
    let code: Vec<String> = CODES.iter().filter(has).map(|pointer| (*pointer).to_owned()).collect();
    let message = if message.is_empty() { USUAL.map(str::to_owned).to_vec() } else { message };
    // The same place is not both, unless there is nothing else.
    let code = code.into_iter().filter(|place| message.first() != Some(place)).collect();
    Answers { message, code, ..Answers::default() }
}

/// The members of an error.
fn body<'d>(schemas: &Schemas<'d>, response: &'d Node) -> Option<Rc<Fields<'d>>> {
    let response = schemas.follow(response)?;
    let mut json = response.members("content").filter(|(name, _)| media(name) == Media::Json);
    let schema = json.find_map(|(_, content)| content.get("schema")).or_else(|| response.get("schema"))?;
    match schemas.view(schema).kind {
        Kind::Record(fields) => Some(fields),
        _ => None,
    }
}

/// Whether a text or a number stands at a pointer.
fn is_scalar<'d>(schemas: &Schemas<'d>, fields: &Rc<Fields<'d>>, pointer: &str) -> bool {
    let mut fields = fields.clone();
    let mut steps = pointer.split('/').skip(1).peekable();
    while let Some(step) = steps.next() {
        let Some((_, node)) = fields.members.iter().find(|(name, _)| *name == step) else { return false };
        let mut view = schemas.view(node);
        if steps.peek() == Some(&"0") {
            steps.next();
            match view.kind {
                Kind::List(Some(items)) => view = schemas.view(items),
                _ => return false,
            }
        }
        match view.kind {
            Kind::Record(inner) => fields = inner,
            Kind::Text | Kind::Whole | Kind::Scalar => return steps.peek().is_none(),
            _ => return false,
        }
    }
    false
}
