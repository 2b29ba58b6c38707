//! Lists that are narrowed by fields of their own.

use crate::filters::render;
use kit::{FieldError, json, take};
use serde_json::{Map, Value};

/// Sends fields that are conditions at Accelo (documentation, Resources, List Resources; Issues, List Progressions; Progressions, List
/// Progression History) as such: each one's name, the condition's field, and what stands before the value there,
/// such as `company/`.
///
/// # Errors
///
/// A value that no condition can have, by the field that it was given in.
pub fn narrowed(params: &mut Map<String, Value>, fields: &[(&str, &str, &str)]) -> Result<(), FieldError> {
    let (mut names, mut conditions) = (Vec::new(), Vec::new());
    for (name, field, before) in fields {
        let value = match take(params, name) {
            Some(Value::Bool(truth)) => u8::from(truth).to_string(),
            Some(Value::String(text)) => text,
            _ => continue,
        };
        names.push(*name);
        conditions.push(json!({ "field": field, "values": [[before, &*value].concat()] }));
    }
    params.insert("where".to_owned(), conditions.into());
    render(params, &[]).map_err(|FieldError { field, expected }| {
        let index = field.strip_prefix("where[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        let name = index.and_then(|index| names.get(index)).map_or(field, |name| (*name).to_owned());
        FieldError { field: name, expected }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(input: Value) -> Result<Value, FieldError> {
        let Value::Object(mut params) = input else { unreachable!() };
        narrowed(
            &mut params,
            &[("company_id", "against", "company/"), ("on_create", "on_create", ""), ("against", "against", "")],
        )?;
        Ok(params.into())
    }

    #[test]
    fn a_field_is_a_condition_and_its_problem_is_told_by_its_own_name() {
        let both = sent(json!({ "company_id": "123", "on_create": true, "_page": "1" })).unwrap();
        assert_eq!(both, json!({ "_filters": "against(company(123)),on_create(1)", "_page": "1" }));
        assert_eq!(sent(json!({ "_page": "1" })).unwrap(), json!({ "_page": "1" }));
        assert_eq!(sent(json!({ "on_create": false, "against": "issues/1" })).unwrap_err().field, "against");
    }
}
