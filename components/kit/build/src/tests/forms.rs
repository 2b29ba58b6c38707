//! What types are called, and what they are.

use super::made;

/// A vendor may call a record by the word for a form.
#[test]
fn a_record_has_no_form_whatever_it_is_called() {
    let made = |ty: &str| {
        let wit = format!(
            "/// What it costs.
            record price {{
                /// The value.
                value: string,
            }}
            /// It.
            type amount = {ty};
            /// What is sold.
            record thing {{
                /// What it costs.
                costs: amount,
            }}
            /// Make a thing.
            make: func(thing: thing) -> result<price, error>;"
        );
        made(&wit).unwrap()
    };
    let (catalogue, source) = made("price");
    assert_eq!(
        (source.matches("Form::Amount").count(), &catalogue["$defs"]["amount"]["format"]),
        (0, &serde_json::Value::Null)
    );
    let (catalogue, source) = made("string");
    assert_eq!(
        (source.matches("Form::Amount").count(), &catalogue["$defs"]["amount"]["format"]),
        (1, &"decimal".into())
    );
}
