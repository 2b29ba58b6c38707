//! The table of operations: rows in, a component out.

/// Turns a vendor's rows into its component.
///
/// ```text
/// kit::operations! { accelo, API;
///     activities {
///         list_activities (ActivityQuery) -> Vec<Activity> = GET "/api/v0/activities" { list: Some("activities") };
///         get_activity    (RecordQuery)   -> Activity      = GET "/api/v0/activities/{id}";
///     }
///     recipes {
///         log_time (TimeEntry) -> Activity => recipes::log_time;
///     }
/// }
/// ```
///
/// For each interface this makes a module with the interface's types, the rows (in `rows`), and a function for each
/// operation that takes a [`Call`](crate::Call), for recipes. The typed exports, `describe` and `call` follow from them.
/// A row is `= METHOD "route"` or `=> function`; in braces after it stand the fields of [`Row`](crate::Row) that differ
/// from what method and route say. A missing, extra or mistyped row is a compile error, since the rows implement the
/// trait that wit-bindgen made from the WIT.
#[macro_export]
macro_rules! operations {
    ($vendor:ident, $api:ident; $($interface:ident { $(
        $op:ident ($($in:ty)?) -> $out:ty $(= $method:ident $route:literal)? $(=> $function:path)?
            $({ $($key:ident: $value:expr),* $(,)? })?;
    )* })*) => {
        struct Component;

        $(
            #[allow(dead_code, unused_imports, reason = "not every operation is a step of a recipe")]
            pub(crate) mod $interface {
                use super::*;
                pub(crate) use crate::exports::outwit::$vendor::$interface::*;

                #[allow(non_upper_case_globals, reason = "a row is called like its operation")]
                pub(crate) mod rows {
                    use super::*;
                    $(pub(crate) static $op: $crate::Row = $crate::Row {
                        name: stringify!($op),
                        interface: stringify!($interface),
                        $($($key: $value,)*)?
                        ..$crate::operations!(@row $($method $route)?)
                    };)*
                }

                $(pub(crate) fn $op(call: &$crate::Call, input: &($($in)?)) -> Result<$out, $crate::Error> {
                    $crate::operations!(@run call, input, rows::$op, $($function)?)
                })*

                impl Guest for $crate::operations!(@component) {
                    $(fn $op($(input: $in)?) -> Result<$out, $crate::Error> {
                        self::$op(&$crate::Call::begin(&$api), $crate::operations!(@input input, $($in)?))
                            .map_err(|error| $crate::operation_named(error, &$api, &rows::$op))
                    })*
                }
            }
        )*

        static OPERATIONS: &[$crate::Operation] = &[$($($crate::Operation {
            row: &$interface::rows::$op,
            run: |call, input| $crate::by_json(call, input, $interface::$op),
        }),*),*];

        impl crate::exports::outwit::plugin::operations::Guest for Component {
            fn describe() -> String {
                let catalogue = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue.json"));
                $crate::describe(&$api, env!("CARGO_PKG_VERSION"), OPERATIONS, catalogue)
            }

            fn call(operation: String, input: String) -> Result<String, $crate::Error> {
                $crate::dispatch(&$api, OPERATIONS, &operation, &input)
            }
        }

        export!(Component);
    };

    (@component) => { super::Component };
    (@row) => { $crate::Row::new("", "") };
    (@row $method:ident $route:literal) => { $crate::Row::new(stringify!($method), $route) };
    (@run $call:ident, $input:ident, $row:expr,) => { $crate::exchange($call, &$row, $input) };
    (@run $call:ident, $input:ident, $row:expr, $function:path) => { $function($call, $input) };
    (@input $input:ident,) => { &() };
    (@input $input:ident, $in:ty) => { &$input };
}
