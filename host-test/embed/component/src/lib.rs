//! A component that uses another one by its types: it imports Accelo's activities, which `accelo.wasm` exports. Plugged
//! together, the two are one file, which needs what Accelo needs and nothing else:
//!
//! ```sh
//! cargo rustc -p report --crate-type cdylib --target wasm32-unknown-unknown --release
//! wac plug target/wasm32-unknown-unknown/release/report.wasm --plug dist/accelo.wasm -o app.wasm
//! wasmtime run -S http --env ACCELO_TOKEN=… --env ACCELO_DEPLOYMENT=… --invoke 'report("311")' app.wasm
//! ```

mod wit {
    wit_bindgen::generate!({
        inline: r#"
            package outwit:report;
            world report {
                import outwit:accelo/activities@0.1.0;
                /// Lists a company's activities, adds one, and asks for one that there is not.
                export report: func(company: string) -> result<string, string>;
            }
        "#,
        path: ["../../../wit/plugin", "../../../wit/accelo"],
        generate_all,
    });
}

use std::fmt::Write;
use wit::outwit::accelo::activities::{
    ActivityCondition, ActivityField, ActivityQuery, AgainstType, NewActivity, create_activity, get_activity,
    list_activities,
};
use wit::outwit::accelo::types::RecordQuery;
use wit::outwit::plugin::types::{Error, ErrorKind};

struct Report;
wit::export!(Report with_types_in wit);

impl wit::Guest for Report {
    fn report(company: String) -> Result<String, String> {
        let mut report = String::new();
        let against = format!("company/{company}");
        let condition = ActivityCondition { field: ActivityField::Against, test: None, values: vec![against] };
        let query = ActivityQuery {
            page: None,
            limit: Some(3),
            fields: vec![],
            where_: vec![condition],
            any: vec![],
            order: None,
        };
        let listed = list_activities(&query).map_err(failed)?;
        let of_company = listed.iter().filter(|activity| activity.against_id.as_ref() == Some(&company));
        _ = writeln!(report, "company {company}: {} activities", of_company.count());

        let new = NewActivity { subject: "Call from an example".into(), against_id: company, ..nothing() };
        let created = create_activity(&new).map_err(failed)?;
        let read = get_activity(&RecordQuery { id: created.id, fields: vec![] }).map_err(failed)?;
        _ = writeln!(report, "created: {}", read.subject.unwrap_or_default());

        match get_activity(&RecordQuery { id: "1".into(), fields: vec![] }) {
            Err(Error { kind: ErrorKind::NotFound, .. }) => report.push_str("activity 1: not found\n"),
            Err(other) => return Err(failed(other)),
            Ok(_) => report.push_str("activity 1: there it is\n"),
        }
        Ok(report)
    }
}

fn failed(error: Error) -> String {
    format!("{}: {}", error.operation, error.message)
}

/// A new activity of which nothing is given: WIT has no defaults.
fn nothing() -> NewActivity {
    NewActivity {
        subject: String::new(),
        against_type: AgainstType::Company,
        against_id: String::new(),
        body: None,
        medium: None,
        visibility: None,
        nonbillable: None,
        billable: None,
        rate_id: None,
        owner_type: None,
        owner_id: None,
        details: None,
        class_id: None,
        priority_id: None,
        task_id: None,
        thread_id: None,
        parent_id: None,
        message_id: None,
        date_started: None,
        date_ended: None,
        date_due: None,
        to: None,
        cc: None,
        bcc: None,
        send_invites: None,
        block_send: None,
        fields: vec![],
    }
}
