//! Every case of every vendor, through `operations.call` and through the typed export, in the real host.
//!
//! `BLESS=1` writes what came out into the case files. It writes no expected request, and nothing for a case whose
//! requests were wrong or whose two ways disagreed.

mod facts;

use anyhow::{Result, bail};
use libtest_mimic::{Arguments, Failed, Trial};
use outwit::Plugin;
use outwit_host_test::{
    Case, Outcome, Script, bless, call_typed, cases, differences, scripted, test_settings, vendors,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

/// What came out of the cases of a file, by their names.
type Outcomes = BTreeMap<PathBuf, BTreeMap<String, Outcome>>;

/// One test for each case, by the name `VENDOR::CASE`, and those of all cases together.
fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let runtime = Arc::new(Runtime::new()?);
    let blessed = std::env::var_os("BLESS").is_some_and(|value| value == "1").then(Arc::<Mutex<Outcomes>>::default);
    let mut trials = vec![
        of_runtime(
            "an_operation_is_sent_as_a_document_says_and_each_document_is_offered_as_it_says",
            &runtime,
            |runtime| {
                runtime
                    .block_on(facts::an_operation_is_sent_as_a_document_says_and_each_document_is_offered_as_it_says())
            },
        ),
        of_runtime("every_operation_has_a_case_that_succeeds_and_one_that_fails", &runtime, |runtime| {
            runtime.block_on(every_operation_has_a_case_that_succeeds_and_one_that_fails())
        }),
        of_runtime("every_case_has_a_name_of_its_own_and_says_where_its_requests_are_documented", &runtime, |_| {
            every_case_has_a_name_of_its_own_and_says_where_its_requests_are_documented()
        }),
    ];
    for vendor in vendors()? {
        let script = Script::default();
        // A script takes one call at a time.
        let tested = Arc::new(Mutex::new((runtime.block_on(scripted(&vendor, &script))?, script)));
        for case in cases(&vendor)? {
            let (tested, blessed) = (tested.clone(), blessed.clone());
            let name = format!("{vendor}::{}", case.name);
            trials.push(of_runtime(name, &runtime, move |runtime| {
                runtime.block_on(async {
                    let (plugin, script) = &*tested.lock().await;
                    comes_out_as_it_says_through_call_and_through_the_typed_export(plugin, script, case, blessed).await
                })
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    for (file, outcomes) in blessed.iter().flat_map(|blessed| std::mem::take(&mut *blessed.blocking_lock())) {
        std::fs::write(&file, bless(&std::fs::read_to_string(&file)?, &outcomes)?)?;
    }
    Ok(conclusion.exit_code())
}

fn of_runtime(
    name: impl Into<String>,
    runtime: &Arc<Runtime>,
    check: impl FnOnce(&Runtime) -> Result<()> + Send + 'static,
) -> Trial {
    let runtime = runtime.clone();
    Trial::test(name, move || check(&runtime).map_err(|problem| Failed::from(format!("{problem:#}"))))
}

async fn comes_out_as_it_says_through_call_and_through_the_typed_export(
    plugin: &Plugin,
    script: &Script,
    case: Case,
    blessed: Option<Arc<Mutex<Outcomes>>>,
) -> Result<()> {
    let (outcome, mut problems) = run(plugin, script, &case).await?;
    if let Some(blessed) = blessed.filter(|_| problems.is_empty()) {
        blessed.lock().await.entry(case.file).or_default().insert(case.name, outcome);
        return Ok(());
    }
    match case.outcome() {
        None => problems.push("says neither output nor error; BLESS=1 writes what came out".to_owned()),
        Some(expected) => problems.extend(differences(&shown(&expected), &shown(&outcome))),
    }
    if !problems.is_empty() {
        bail!("{}\n    {}", case.operation, problems.join("\n    "));
    }
    Ok(())
}

/// What `call` gives, and what is wrong: with its requests, with the typed export's, or between the two.
async fn run(plugin: &Plugin, script: &Script, case: &Case) -> Result<(Outcome, Vec<String>)> {
    let id = format!("{}.{}", plugin.name(), case.operation);
    let mut settings = test_settings(plugin.catalogue());
    settings.extend(case.settings.clone());
    let plugin = plugin.with_settings(settings.clone().into_iter().collect());

    script.begin(&case.exchanges, plugin.catalogue(), &settings);
    let called = match plugin.call(&id, &case.input.to_string()).await {
        Ok(output) => Ok(serde_json::from_str::<Value>(&output)?),
        Err(error) => Err(serde_json::to_value(&error)?),
    };
    let mut problems = script.end();

    script.begin(&case.exchanges, plugin.catalogue(), &settings);
    let typed = call_typed(&plugin, &id, &case.input).await?;
    let of_typed = script.end();
    match typed {
        Some(typed) => {
            // The same fault twice would only be noise.
            problems.extend(of_typed.into_iter().filter(|_| problems.is_empty()).collect::<Vec<_>>());
            let disagreements = differences(&shown(&called), &shown(&typed));
            problems.extend(disagreements.into_iter().map(|line| format!("call and typed export disagree at {line}")));
        }
        // What the type rules out reaches only `call`, which has to refuse it.
        None => match &called {
            Err(error) if error["kind"] == "invalid-input" => {}
            _ => problems.push("the input is not of the export's type, and was not refused".to_owned()),
        },
    }
    Ok((called, problems))
}

fn shown(outcome: &Outcome) -> Value {
    match outcome {
        Ok(output) => json!({ "output": output }),
        Err(error) => json!({ "error": error }),
    }
}

async fn every_operation_has_a_case_that_succeeds_and_one_that_fails() -> Result<()> {
    for vendor in vendors()? {
        let plugin = scripted(&vendor, &Script::default()).await?;
        let operations: BTreeSet<&str> = plugin.catalogue().operations.iter().map(|o| o.name()).collect();
        let (mut succeeding, mut failing) = (BTreeSet::new(), BTreeSet::new());
        for case in cases(&vendor)? {
            assert!(operations.contains(&*case.operation), "{}: there is no {}", case.name, case.operation);
            match case.outcome() {
                Some(Ok(_)) => succeeding.insert(case.operation),
                Some(Err(_)) => failing.insert(case.operation),
                None => false,
            };
        }
        let without = |some: &BTreeSet<String>| -> Vec<&str> {
            operations.iter().copied().filter(|name| !some.contains(*name)).collect()
        };
        assert_eq!(without(&succeeding), [""; 0], "{vendor}: no case of these succeeds");
        assert_eq!(without(&failing), [""; 0], "{vendor}: no case of these fails");
    }
    Ok(())
}

fn every_case_has_a_name_of_its_own_and_says_where_its_requests_are_documented() -> Result<()> {
    for vendor in vendors()? {
        let mut names = BTreeSet::new();
        for case in cases(&vendor)? {
            assert!(names.insert(case.name.clone()), "{vendor}: two cases are called {:?}", case.name);
            let sourced = case.source.as_ref().is_some_and(|source| !source.trim().is_empty());
            assert!(sourced || case.exchanges.is_empty(), "{vendor}: {:?} has no source", case.name);
        }
    }
    Ok(())
}
