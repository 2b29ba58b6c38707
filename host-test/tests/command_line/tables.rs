//! What a terminal shows of results. `BLESS=1` writes `terminal/WIDTH.txt`; read what it wrote.

use super::Mock;
use outwit_host_test::build::outwit;
use outwit_host_test::root;
use std::process::{Command, Output};

/// Lists, pages, records, reports. None of them depends on the time.
const CALLS: [(&str, &str, &[&str]); 12] = [
    ("accelo.list-activities", r#"{"limit": 5}"#, &[]),
    ("accelo.list-activities-with-people", r#"{"limit": 3}"#, &[]),
    ("accelo.list-companies", "{}", &[]),
    ("accelo.list-companies", "{}", &["--columns", "name,status.title,id"]),
    ("accelo.get-company", r#"{"id": "123"}"#, &[]),
    ("accelo.list-contacts", "{}", &[]),
    ("accelo.list-staff", "{}", &[]),
    ("accelo.report-time-by-staff", r#"{"company": "Acme", "from": 1760000000, "to": 1790000000}"#, &[]),
    ("aero.list-appointments", "{}", &[]),
    ("aero.get-company", r#"{"id": "3301"}"#, &[]),
    ("aero.list-projects", "{}", &[]),
    ("airops.list-agents", "{}", &[]),
];

fn run(arguments: &[&str], columns: &str) -> Output {
    Command::new(outwit()).args(arguments).env("COLUMNS", columns).output().unwrap()
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn results_are_tables_and_lists_of_fields_as_wide_as_the_terminal() {
    for columns in ["80", "140"] {
        let mut shown = String::new();
        for (operation, input, more) in CALLS {
            let result = text(run(&[&["--text", "--mock", "call", operation, input], more].concat(), columns));
            let widest = result.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= columns.parse().unwrap(), "{operation}: {widest}\n{result}");
            let more = more.iter().map(|word| format!(" {word}")).collect::<String>();
            shown.push_str(&format!("$ outwit --mock call {operation} '{input}'{more}\n{result}\n"));
        }
        let file = root().join(format!("host-test/tests/command_line/terminal/{columns}.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap();
        let differ = expected.lines().zip(shown.lines()).find(|(expected, shown)| expected != shown);
        assert!(expected == shown, "{}: {differ:?}; BLESS=1 writes it", file.display());
    }
}

#[test]
fn json_in_a_pipe_is_as_the_component_gave_it() {
    let call = ["--mock", "call", "aero.list-team-members"];
    let json = "[{\"id\":\"31\",\"name\":\"Priya Raman\"},{\"id\":\"32\",\"name\":\"Marcus Oyelaran\"}]\n";
    for style in [&[][..], &["--json"], &["--json", "--color", "always"]] {
        assert_eq!(text(run(&[style, &call].concat(), "20")), json);
    }
    let table = "id  name\n31  Priya Raman\n32  Marcus Oyelaran\n";
    assert_eq!(text(run(&[&["--text"], &call[..]].concat(), "80")), table);
    assert_eq!(text(run(&[&call[..], &["--columns", "name"]].concat(), "80")), "name\nPriya Raman\nMarcus Oyelaran\n");
    let coloured = text(run(&[&["--color", "always"], &call[..]].concat(), "80"));
    assert!(coloured.starts_with("\u{1b}[1mid  name\u{1b}[0m\n31  "), "{coloured:?}");
}

/// `list` and `search` take the width that results take; without one, nothing is cut.
#[test]
fn lists_and_hits_are_as_wide_as_the_terminal() {
    let summary = "Create a task from one of the firm's own templates, by ids.";
    let hit = ["--text", "search", "create an aero task from a template"];
    for arguments in [&["--text", "list"][..], &["--text", "list", "accelosales"], &hit] {
        for columns in [80, 100, 140] {
            let shown = text(run(arguments, &columns.to_string()));
            let widest = shown.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{arguments:?} {columns}: {widest:?}");
            assert!(shown.lines().all(|line| line.trim_end() == line), "{arguments:?} {columns}");
        }
        for columns in ["1", "0", "99999999999999999999"] {
            assert!(run(arguments, columns).status.success(), "{arguments:?} {columns}");
        }
    }
    assert!(text(run(&hit, "80")).contains(&format!("\n    {summary}\n")));
    let wide = text(run(&hit, "200"));
    assert!(
        wide.lines().any(|line| line.starts_with("aero.") && line.ends_with(&format!("        {summary}"))),
        "{wide}"
    );
    let unbounded = text(Command::new(outwit()).args(["--text", "list"]).env_remove("COLUMNS").output().unwrap());
    assert!(unbounded.contains(summary), "{unbounded}");
}

#[test]
fn a_width_that_is_none_is_not_taken() {
    let call = ["--text", "--mock", "call", "accelo.list-companies"];
    // No stream of this test is a terminal.
    let default = text(run(&call, "80"));
    for columns in ["", "0", "-5", "wide", "1e3"] {
        let widest = text(run(&call, columns)).lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(1000), "{columns}: {widest:?}");
    }
    for columns in ["1", "99999999999999999999999999"] {
        assert!(run(&call, columns).status.success(), "{columns}");
    }
    assert!(text(run(&call, "1")).lines().next().unwrap().starts_with("id"), "{default}");
}

#[test]
fn a_wrong_column_is_refused_before_anything_is_called() {
    let mock = Mock::start("accelo");
    let new = r#"{"name": "Columns Ltd"}"#;
    let mut command = Command::new(outwit());
    command.args(["call", "accelo.create-company", new, "--columns", "id,nmae"]).envs(mock.settings.iter().cloned());
    let output = command.output().unwrap();
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{problem}");
    assert!(
        problem.contains("nmae") && problem.contains("name") && problem.contains("Nothing was called"),
        "{problem}"
    );
    let found = mock.call("list-companies", serde_json::json!({ "search": "Columns Ltd" }));
    assert_eq!(found, serde_json::json!([]));
    for both in [&["--json", "call", "accelo.list-staff", "--columns", "id"][..], &["--json", "--text", "list"]] {
        let output = run(&[&["--mock"], both].concat(), "80");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}
