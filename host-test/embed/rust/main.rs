//! A Rust program that knows Accelo's operations by their types: wasmtime makes bindings of the WIT, and the crate `outwit`
//! gives the instance that they need. The key stays with the host; the component does not see it.
//!
//! In a terminal, `outwit mock accelo` prints the settings of a mock; with these in the environment of another:
//!
//! ```sh
//! cargo run --example typed
//! ```

use outwit::{Host, Options, Plugins, Settings};
use std::fmt::Write;
use wit::Accelo;
use wit::exports::outwit::accelo::activities::{
    ActivityCondition, ActivityField, ActivityQuery, AgainstType, NewActivity,
};
use wit::exports::outwit::accelo::types::RecordQuery;
use wit::outwit::plugin::types::{Error, ErrorKind};

/// In a module of its own, since the bindings have a module that is called like the crate.
mod wit {
    wasmtime::component::bindgen!({
        path: ["../wit/plugin", "../wit/accelo"],
        world: "outwit:accelo/accelo",
        exports: { default: async },
    });
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let settings = std::env::vars().filter(|(name, _)| name.starts_with("ACCELO_"));
    print!("{}", report(settings.collect()).await?);
    Ok(())
}

/// Lists a company's activities, adds one, and asks for one that there is not.
pub async fn report(settings: Settings) -> anyhow::Result<String> {
    let host = Host::new(Options::default())?;
    let component = Plugins::embedded().component("accelo")?.expect("it is built with the host");
    let plugin = host.load(&component, settings).await?;
    // A sandbox of its own: whoever wants another one for each call does this for each call.
    let (mut store, instance) = outwit::embed::instantiate(&plugin).await?;
    let accelo = Accelo::new(&mut store, &instance)?;
    let activities = accelo.outwit_accelo_activities();
    let mut report = String::new();

    let condition = ActivityCondition { field: ActivityField::Against, test: None, values: vec!["company/311".into()] };
    let query =
        ActivityQuery { page: None, limit: Some(3), fields: vec![], where_: vec![condition], any: vec![], order: None };
    // The outer error is the sandbox's, the inner one the operation's.
    let listed = activities.call_list_activities(&mut store, &query).await?.map_err(failed)?;
    let of_company = listed.iter().filter(|activity| activity.against_id.as_deref() == Some("311"));
    writeln!(report, "company 311: {} activities", of_company.count())?;

    let new = NewActivity {
        subject: "Call from an example".into(),
        against_type: AgainstType::Company,
        against_id: "311".into(),
        ..nothing()
    };
    let created = activities.call_create_activity(&mut store, &new).await?.map_err(failed)?;
    let query = RecordQuery { id: created.id, fields: vec![] };
    let read = activities.call_get_activity(&mut store, &query).await?.map_err(failed)?;
    writeln!(report, "created: {}", read.subject.unwrap_or_default())?;

    let query = RecordQuery { id: "1".into(), fields: vec![] };
    match activities.call_get_activity(&mut store, &query).await? {
        Err(Error { kind: ErrorKind::NotFound, .. }) => writeln!(report, "activity 1: not found")?,
        Err(other) => return Err(failed(other)),
        Ok(_) => writeln!(report, "activity 1: there it is")?,
    }
    Ok(report)
}

fn failed(error: Error) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", error.operation, error.message)
}

/// A new activity of which nothing is given: WIT has no defaults, and neither has what is made of it.
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
