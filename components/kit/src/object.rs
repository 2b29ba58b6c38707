//! Values of what recipes make. `serde_json::json!` would do, but goes through serialisation, which takes 5 KB in a component.

use serde_json::{Map, Value};

/// An object, as `serde_json::json!` makes one of its members' names and values: `json!({ "id": record["id"], "limit": 3u32 })`.
/// What is nested is a call of its own, or an array.
#[macro_export]
macro_rules! json {
    ({ $($name:tt: $value:expr),* $(,)? }) => { $crate::object([$(($name, $crate::Plain::value(&$value))),*]) };
}

/// What has a value in JSON.
pub trait Plain {
    /// The value.
    fn value(&self) -> Value;
}

/// An object of these members.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value| _ = object.insert(name.to_owned(), value);
    members.into_iter().for_each(|(name, value)| put(name, value));
    Value::Object(object)
}

/// Whether a value says nothing: null, false, 0, an empty text, list or object, and the words for none.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => {
            ["", "none", "null", "false", "no", "0"].iter().any(|none| text.trim().eq_ignore_ascii_case(none))
        }
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// Sets a member of an object. (Indexing may panic, and its message brings 7 KB into a component.)
pub fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    fn put(object: &mut Value, name: &str, value: Value) {
        if let Value::Object(members) = object {
            members.insert(name.to_owned(), value);
        }
    }
    put(object, name, value.into());
}

impl Plain for Value {
    fn value(&self) -> Value {
        self.clone()
    }
}

impl<T: Plain + ?Sized> Plain for &T {
    fn value(&self) -> Value {
        (**self).value()
    }
}

impl<T: Plain> Plain for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map(Plain::value).unwrap_or_default()
    }
}

impl<T: Plain> Plain for [T] {
    fn value(&self) -> Value {
        Value::Array(self.iter().map(Plain::value).collect())
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn value(&self) -> Value {
        self.as_slice().value()
    }
}

impl<T: Plain, const N: usize> Plain for [T; N] {
    fn value(&self) -> Value {
        self.as_slice().value()
    }
}

impl Plain for str {
    fn value(&self) -> Value {
        self.into()
    }
}

impl Plain for String {
    fn value(&self) -> Value {
        self.as_str().into()
    }
}

macro_rules! plain {
    ($($ty:ty)*) => { $(impl Plain for $ty {
        fn value(&self) -> Value {
            (*self).into()
        }
    })* };
}

plain!(bool u16 u32 u64 f64);

/// Takes a member out of an object. (`Map::remove` puts a tree in order again, which takes 4 KB in every component.)
pub fn take(members: &mut Map<String, Value>, name: &str) -> Option<Value> {
    members.get(name)?;
    let mut taken = None;
    for (known, value) in std::mem::take(members) {
        if known == name {
            taken = Some(value);
        } else {
            members.insert(known, value);
        }
    }
    taken
}
