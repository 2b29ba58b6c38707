//! What operations and interfaces are called.

use crate::names::{ident, is_plural, is_reserved, short, singular, words};
use std::collections::HashSet;

/// The longest name of a tool: the vendor's name, a hyphen, and the operation's.
const LONGEST: usize = 64;

/// What a name is made of.
pub(crate) struct Named<'d> {
    pub id: Option<&'d str>,
    pub method: &'d str,
    pub path: &'d str,
}

/// The names of operations: those that the document gives first, then those made of method and path.
pub(crate) fn of(operations: &[Named<'_>], vendor: &str) -> Vec<String> {
    let longest = LONGEST.saturating_sub(vendor.len() + 1);
    let mut used = HashSet::new();
    let mut names: Vec<Option<String>> = Vec::new();
    for operation in operations {
        let name = operation.id.and_then(|id| given(id, operation, longest));
        names.push(name.filter(|name| used.insert(name.clone())));
    }
    let mut next = std::collections::HashMap::new();
    let named = operations.iter().zip(names).map(|(operation, name)| {
        name.unwrap_or_else(|| {
            let name = made(operation, longest, &used);
            let name = numbered(name, longest, &used, &mut next);
            used.insert(name.clone());
            name
        })
    });
    named.collect()
}

/// The name that a document gives, unless it is made of method and path or cannot be one.
fn given(id: &str, operation: &Named<'_>, longest: usize) -> Option<String> {
    let plain =
        |text: &str| -> Vec<String> { words(text).into_iter().filter(|word| word != "by" && word != "and").collect() };
    let (of_id, of_path) = (plain(id), plain(operation.path));
    let begins = |longer: &[String], shorter: &[String]| longer.get(..shorter.len()) == Some(shorter);
    let after = of_id.get(1..).unwrap_or_default();
    let of_method =
        of_id.len() > 2 && of_id[0] == operation.method && (begins(after, &of_path) || begins(&of_path, after));
    if of_method || of_path.len() > 2 && begins(&of_id, &of_path) || of_id.is_empty() {
        return None;
    }
    // Some frameworks write path and method behind what the function is called.
    let (all, mut behind) = (words(id), words(operation.path));
    behind.push(operation.method.to_owned());
    let name = match all.strip_suffix(behind.as_slice()) {
        Some(own) if own.len() > 1 => ident(&own.join(" "), "op-"),
        Some(_) => return None,
        None => ident(id, "op-"),
    };
    (name.len() <= longest && !is_reserved(&name)).then_some(name)
}

/// A name of verb and noun, with parents in front until it is the only one.
fn made(operation: &Named<'_>, longest: usize, used: &HashSet<String>) -> String {
    let segments: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty() && !is_version(part)).collect();
    let fixed: Vec<Vec<String>> = segments
        .iter()
        .filter(|part| !part.contains('{'))
        .map(|part| words(part))
        .filter(|words| !words.is_empty())
        .collect();
    let is_item = segments.last().is_some_and(|last| last.contains('{'));
    let mut base = fixed.last().cloned().unwrap_or_else(|| vec!["root".to_owned()]);
    let last = base.last().cloned().unwrap_or_default();
    let several = is_plural(&last);
    let verb = match operation.method {
        "get" if !is_item && several => "list",
        "get" => "get",
        // On what is no plural it is an action, which has words of its own.
        "post" if !is_item && !several && !fixed.is_empty() => "",
        "post" => "create",
        "put" | "patch" => "update",
        other => other,
    };
    if (is_item || verb == "create")
        && let Some(last) = base.last_mut()
    {
        *last = singular(last);
    }
    let parents = &fixed[..fixed.len().saturating_sub(1)];
    let spelled = |verb: &str, count: usize| {
        let before = parents[parents.len() - count..].iter().flatten().map(String::as_str);
        let all: Vec<&str> = [verb].into_iter().chain(before).chain(base.iter().map(String::as_str)).collect();
        short(&ident(&all.join(" "), &format!("{}-", operation.method)), longest)
    };
    let is_free = |name: &str| !used.contains(name) && !is_reserved(name);
    for count in 0..=parents.len() {
        let name = spelled(verb, count);
        if is_free(&name) && (name.contains('-') || parents.len() == count) {
            return name;
        }
    }
    let whole = spelled(verb, parents.len());
    let other = match operation.method {
        "put" => spelled("replace", parents.len()),
        "patch" => spelled("patch", parents.len()),
        _ => whole.clone(),
    };
    if is_free(&other) {
        return other;
    }
    let values: Vec<String> = segments.iter().filter(|part| part.contains('{')).flat_map(|part| words(part)).collect();
    let by = short(&ident(&format!("{whole} by {}", values.join(" ")), "op-"), longest);
    if !values.is_empty() && is_free(&by) {
        by
    } else if is_reserved(&whole) {
        format!("do-{whole}")
    } else {
        whole
    }
}

fn numbered(
    name: String,
    longest: usize,
    used: &HashSet<String>,
    next: &mut std::collections::HashMap<String, usize>,
) -> String {
    if !used.contains(&name) {
        return name;
    }
    let name = short(&name, longest.saturating_sub(7));
    let number = next.entry(name.clone()).or_insert(2);
    loop {
        let numbered = format!("{name}-{number}");
        *number += 1;
        if !used.contains(&numbered) {
            return numbered;
        }
    }
}

/// The interface of an operation: its first tag, or the first fixed part of its path.
pub(crate) fn interface(tag: Option<&str>, path: &str, vendor: &str) -> String {
    let fixed = path.split('/').find(|part| !part.is_empty() && !part.contains('{') && !is_version(part));
    let name = tag.map(|tag| ident(tag, "i")).filter(|name| name != "i");
    let name = short(&name.unwrap_or_else(|| ident(fixed.unwrap_or("api"), "i")), 48);
    if name == vendor || is_reserved(&name) { format!("{name}-api") } else { name }
}

/// `v1`, `api`, `rest`, `2024-10-01`: what says nothing of what an operation is about.
fn is_version(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    let digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    part == "api" || part == "rest" || digits(part.strip_prefix('v').unwrap_or(&part))
}
