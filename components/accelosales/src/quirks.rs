//! What Accelo does differently here, and a row cannot say.

use accelo_shared::filters::render;
use kit::{FieldError, json, take};
use serde_json::{Map, Value};

type Params = Map<String, Value>;

/// What is asked for about one record is a condition.
pub fn history_of(params: &mut Params) -> Result<(), FieldError> {
    let of_record = take(params, "against").map(|against| json!({ "field": "against", "values": [against] }));
    let is_about_one = of_record.is_some();
    params.extend(of_record.map(|condition| ("where".to_owned(), vec![condition].into())));
    render(params, &[]).map_err(|FieldError { field, expected }| FieldError {
        field: if is_about_one && field.starts_with("where") { "against".into() } else { field },
        expected,
    })
}
