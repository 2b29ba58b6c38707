//! The same records as serde has them, as Accelo writes them and as callers get them.

use crate::exports::outwit::reference::activities as wit;
use serde::de::{Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

#[derive(Deserialize)]
pub struct Reply {
    pub meta: Meta,
    pub response: Option<Vec<Activity>>,
}

#[derive(Deserialize)]
pub struct Meta {
    pub status: String,
    pub message: Option<String>,
}

macro_rules! records {
    ($($name:ident of $wit:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })*) => {$(
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all(serialize = "kebab-case"))]
        pub struct $name { $($(#[$attribute])* $field: $type,)* }

        impl From<$name> for wit::$wit {
            fn from(record: $name) -> wit::$wit {
                wit::$wit { $($field: record.$field.converted(),)* }
            }
        }

        impl Converted for $name {
            type Wit = wit::$wit;

            fn converted(self) -> wit::$wit {
                self.into()
            }
        }
    )*};
}

/// What a field is in WIT.
trait Converted {
    type Wit;

    fn converted(self) -> Self::Wit;
}

macro_rules! as_it_is {
    ($($type:ty)*) => {$(
        impl Converted for $type {
            type Wit = $type;

            fn converted(self) -> $type {
                self
            }
        }
    )*};
}

as_it_is!(String bool u32 u64);

impl<T: Converted> Converted for Option<T> {
    type Wit = Option<T::Wit>;

    fn converted(self) -> Option<T::Wit> {
        self.map(T::converted)
    }
}

impl<T: Converted> Converted for Vec<T> {
    type Wit = Vec<T::Wit>;

    fn converted(self) -> Vec<T::Wit> {
        self.into_iter().map(T::converted).collect()
    }
}

records! {
    Staff of Staff {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")] firstname: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] surname: Option<String>,
    }
    Link of Link {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")] title: Option<String>,
    }
    Breadcrumb of Breadcrumb {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")] table: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] title: Option<String>,
    }
    Activity of Activity {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")] subject: Option<String>,
        #[serde(default, deserialize_with = "flag", skip_serializing_if = "Option::is_none")] confidential: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")] medium: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] visibility: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] body: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] details: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] against_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] against_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] owner_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] owner_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] thread_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] parent_id: Option<String>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] billable: Option<u32>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] nonbillable: Option<u32>,
        #[serde(default, deserialize_with = "flag", skip_serializing_if = "Option::is_none")] is_billable: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")] staff: Option<Staff>,
        #[serde(skip_serializing_if = "Option::is_none")] activity_class: Option<Link>,
        #[serde(skip_serializing_if = "Option::is_none")] activity_priority: Option<Link>,
        #[serde(skip_serializing_if = "Option::is_none")] task: Option<Link>,
        #[serde(skip_serializing_if = "Option::is_none")] standing: Option<String>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] date_created: Option<u64>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] date_started: Option<u64>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] date_ended: Option<u64>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] date_due: Option<u64>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] date_logged: Option<u64>,
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")] date_modified: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")] invoice_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] contract_period_id: Option<String>,
        #[serde(default)] breadcrumbs: Vec<Breadcrumb>,
    }
}

/// The input of a call by name.
#[derive(Deserialize)]
pub struct Query {
    page: Option<u32>,
    limit: Option<u32>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default, rename = "where")]
    conditions: Vec<Condition>,
    order: Option<Order>,
}

#[derive(Deserialize)]
struct Condition {
    field: String,
    test: Option<String>,
    values: Vec<String>,
}

#[derive(Deserialize)]
struct Order {
    by: String,
    #[serde(default)]
    descending: bool,
}

impl From<Query> for wit::Query {
    fn from(query: Query) -> wit::Query {
        let condition = |Condition { field, test, values }| wit::Condition { field, test, values };
        wit::Query {
            page: query.page,
            limit: query.limit,
            fields: query.fields,
            where_: query.conditions.into_iter().map(condition).collect(),
            order: query.order.map(|Order { by, descending }| wit::Order { by, descending }),
        }
    }
}

/// A number, which Accelo writes as a number or as a text; the empty text is none.
fn number<'de, D: Deserializer<'de>, N: TryFrom<u64>>(deserializer: D) -> Result<Option<N>, D::Error> {
    deserializer.deserialize_any(Number(PhantomData))
}

/// As [`number`]; 0 is false.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(number::<D, u64>(deserializer)?.map(|number| number != 0))
}

struct Number<N>(PhantomData<N>);

impl<N: TryFrom<u64>> Visitor<'_> for Number<N> {
    type Value = Option<N>;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a number")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Option<N>, E> {
        N::try_from(number).map(Some).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<N>, E> {
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))?;
        self.visit_u64(number)
    }

    fn visit_unit<E>(self) -> Result<Option<N>, E> {
        Ok(None)
    }
}
