//! Whether a value fits a schema, by that part of JSON Schema that catalogues use.

use outwit::Catalogue;
use serde_json::Value;

/// What does not fit, and where.
pub fn misfit(catalogue: &Catalogue, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let not = |what: &str| Some(format!("{at}: {value} is not {what}"));
    let inner = |schema: &Value, value: &Value, at: &str| misfit(catalogue, schema, value, at);
    for (keyword, says) in schema.as_object()? {
        let problem = match keyword.as_str() {
            // What examples and formats say, `described` in the patterns tests.
            "description" | "writeOnly" | "examples" | "format" => None,
            "$ref" => {
                let name = says.as_str().unwrap_or_default().trim_start_matches("#/$defs/");
                match catalogue.defs.get(name) {
                    Some(schema) => inner(schema, value, at),
                    None => Some(format!("{at}: there is no {says}")),
                }
            }
            "type" => {
                let fits = match says.as_str() {
                    Some("null") => value.is_null(),
                    Some("boolean") => value.is_boolean(),
                    Some("integer") => value.is_u64() || value.is_i64(),
                    Some("number") => value.is_number(),
                    Some("string") => value.is_string(),
                    Some("array") => value.is_array(),
                    Some("object") => value.is_object(),
                    _ => false,
                };
                if fits { None } else { not(&says.to_string()) }
            }
            "enum" => match says.as_array() {
                Some(words) if words.contains(value) => None,
                _ => not(&format!("one of {says}")),
            },
            "anyOf" => {
                let any = says.as_array().into_iter().flatten().any(|schema| inner(schema, value, at).is_none());
                if any { None } else { not("any of the alternatives") }
            }
            "minimum" if value.as_f64() < says.as_f64() => not(&format!("at least {says}")),
            "maximum" if value.as_f64() > says.as_f64() => not(&format!("at most {says}")),
            "minimum" | "maximum" => None,
            "exclusiveMinimum" if value.as_f64() <= says.as_f64() => not(&format!("more than {says}")),
            "minItems" if value.as_array().is_some_and(|items| (items.len() as u64) < says.as_u64().unwrap_or(0)) => {
                not("a list that is not empty")
            }
            "minLength" if value.as_str().is_some_and(str::is_empty) => not("a text that is not empty"),
            "exclusiveMinimum" | "minItems" | "minLength" => None,
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items.filter_map(|(index, item)| inner(says, item, &format!("{at}[{index}]"))).next()
            }
            "properties" => {
                let known = |name: &String, value: &Value| inner(says.get(name)?, value, &format!("{at}.{name}"));
                value.as_object().into_iter().flatten().filter_map(|(name, value)| known(name, value)).next()
            }
            "required" => {
                let names = says.as_array().into_iter().flatten().filter_map(Value::as_str);
                let mut missing = names.filter(|name| value.get(name).is_none());
                missing.next().map(|name| format!("{at}: without {name}"))
            }
            "additionalProperties" if says == false => {
                let mut names = value.as_object().into_iter().flatten().map(|(name, _)| name);
                let more = names.find(|name| schema["properties"].get(name).is_none());
                more.map(|name| format!("{at}: nobody expects {name}"))
            }
            unknown => Some(format!("{at}: the schema says {unknown}, which this test does not know")),
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}
