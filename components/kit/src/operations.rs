//! The table of operations: rows in, a component out.

/// Turns a vendor's rows into its component.
///
/// ```text
/// kit::operations! { API;
///     activities {
///         list_activities = GET "/api/v0/activities" { list: Some("activities") };
///         get_activity    = GET "/api/v0/activities/{id}";
///     }
///     recipes {
///         log_time => recipes::log_time;
///     }
/// }
/// ```
///
/// A row is `= METHOD "route"` or `=> function`, the latter a `fn(&Call, &Value) -> Result<Value, Error>` on values in
/// WIT's spelling; in braces after it stand the fields of [`Row`](crate::Row) that differ from what method and route say.
/// Types, exports and documentation come from the WIT by the crate's `build.rs`: a row that is missing or extra is a
/// compile error.
#[macro_export]
macro_rules! operations {
    ($api:ident; $($interface:ident { $(
        $op:ident $(= $method:ident $route:literal)? $(=> $function:path)? $({ $($key:ident: $value:expr),* $(,)? })?;
    )* })*) => {
        $(
            #[allow(non_upper_case_globals, reason = "a row is called like its operation")]
            mod $interface {
                #[allow(unused_imports, reason = "not every interface has a row with a function")]
                use super::*;
                $(pub(crate) static $op: $crate::Row = $crate::Row {
                    $($($key: $value,)*)?
                    ..$crate::operations!(@row $($method $route)? $($function)?)
                };)*
            }
        )*

        include!(concat!(env!("OUT_DIR"), "/component.rs"));
    };

    (@row $method:ident $route:literal) => { $crate::Row::new(stringify!($method), $route) };
    (@row $function:path) => { $crate::Row { run: Some($function), ..$crate::Row::new("", "") } };
}
