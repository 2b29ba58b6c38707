//! A Rust program that knows Accelo's operations by their types: bindings from the WIT, an instance from the host.

use outwit::{Host, Options, Plugins, Settings};
use wit::Accelo;
use wit::exports::outwit::accelo::activities::{
    ActivityCondition, ActivityField, ActivityQuery, AgainstType, NewActivity,
};
use wit::exports::outwit::accelo::types::RecordQuery;
use wit::outwit::plugin::types::ErrorKind;

/// In a module of its own, since the bindings have a module that is called like the crate.
mod wit {
    wasmtime::component::bindgen!({
        path: ["../wit/plugin", "../wit/accelo"],
        world: "outwit:accelo/accelo",
        exports: { default: async },
    });
}

#[tokio::test]
async fn typed_bindings_list_create_and_fail_with_typed_errors() -> anyhow::Result<()> {
    let mock = outwit_mocks::start("accelo", "127.0.0.1:0".parse()?).await?;
    let host = Host::new(Options::default())?;
    let component = Plugins::embedded().component("accelo")?.expect("it is built with the host");
    let settings: Settings = mock.settings().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let plugin = host.load(&component, settings).await?;

    let (mut store, instance) = plugin.instantiate().await?;
    let accelo = Accelo::new(&mut store, &instance)?;
    let activities = accelo.outwit_accelo_activities();

    let condition = ActivityCondition { field: ActivityField::Against, test: None, values: vec!["company/311".into()] };
    let query =
        ActivityQuery { page: None, limit: Some(3), fields: vec![], where_: vec![condition], any: vec![], order: None };
    let listed = activities.call_list_activities(&mut store, &query).await?.expect("a list");
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|activity| activity.against_id.as_deref() == Some("311")));

    let new = NewActivity {
        subject: "From typed Rust".into(),
        against_type: AgainstType::Company,
        against_id: "311".into(),
        ..nothing()
    };
    let created = activities.call_create_activity(&mut store, &new).await?.expect("an activity");
    let query = RecordQuery { id: created.id, fields: vec!["body".into()] };
    let read = activities.call_get_activity(&mut store, &query).await?.expect("the activity");
    assert_eq!(read.subject.as_deref(), Some("From typed Rust"));

    let query = RecordQuery { id: "1".into(), fields: vec![] };
    let error = activities.call_get_activity(&mut store, &query).await?.expect_err("there is no activity 1");
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::NotFound, Some("invalid_request")));
    Ok(())
}

/// A new activity of which nothing is given.
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
