//! SQL over what the mock holds.

use serde_json::{Value, json};

use crate::aero::{Aero, aero, done, monthly, problem, review, wrong};

async fn rows(mock: &Aero, query: &str) -> Value {
    done(&mock.sql(query).await)
}

/// What a refused query is told.
async fn detail(mock: &Aero, query: &str) -> String {
    problem(&mock.sql(query).await, 400)["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn hours_are_summed_by_team_member_hat_and_client() {
    let mock = aero().await;
    let by_member = "SELECT TeamMember, SUM(Hours) AS TotalHours FROM AeroTimes GROUP BY TeamMember ORDER BY 2 DESC";
    let expected = json!([
        { "TeamMember": "Priya Raman", "TotalHours": 41.25 },
        { "TeamMember": "Marcus Oyelaran", "TotalHours": 36.5 },
    ]);
    assert_eq!(rows(&mock, by_member).await, expected);
    let by_hat = "SELECT Hat, COUNT(*) AS Entries FROM AeroTimes GROUP BY Hat ORDER BY Hat";
    let expected = json!([
        { "Hat": null, "Entries": 1 }, { "Hat": "Bookkeeper", "Entries": 7 }, { "Hat": "Controller", "Entries": 5 },
    ]);
    assert_eq!(rows(&mock, by_hat).await, expected);
    let by_client = "select Client, sum(Hours) as Hours from AeroTimes where Billable group by Client order by Client";
    let expected = json!([
        { "Client": "Harrow Street Dental", "Hours": 20.0 },
        { "Client": "Larkspur Bakery LLC", "Hours": 2.25 },
        { "Client": "Quarry Lane Joinery", "Hours": 18.5 },
    ]);
    assert_eq!(rows(&mock, by_client).await, expected);
}

#[tokio::test]
async fn what_was_just_created_is_found() {
    let mock = aero().await;
    done(&mock.post("AeroTasks", review()).await);
    done(&mock.post("AeroTasks/90511/AeroTimes", json!({ "hours": 2, "hatId": 13, "startDate": "2026-07-01" })).await);
    done(&mock.post("Companies", json!({ "name": "O'Hare; DROP", "contactFirstName": "Ada" })).await);
    done(&mock.post("MasterAeros/FromTemplate/299", monthly()).await);
    let time = rows(&mock, "SELECT * FROM AeroTimes WHERE Id = 551207").await;
    let expected = json!([{
        "Id": 551207, "AeroId": 90511, "Category": "Task", "TeamMember": "Priya Raman", "Hat": "Controller",
        "Client": null, "Contact": null, "Project": null, "AeroType": "Bank Reconciliation", "Hours": 2, "Billable": 0,
        "StartDate": "2026-07-01T00:00:00.000Z", "Description": null,
    }]);
    assert_eq!(time, expected);
    let company = rows(&mock, "SELECT Name, Active, Type, DefaultContact FROM Companies WHERE Id = 3313").await;
    assert_eq!(company, json!([{ "Name": "O'Hare; DROP", "Active": 1, "Type": "Customer", "DefaultContact": "Ada" }]));
    let count =
        rows(&mock, "SELECT COUNT(*) AS n FROM Aeros WHERE MasterAeroId = 2206 AND Status = 'notstarted'").await;
    assert_eq!(count, json!([{ "n": 3 }]));
}

#[tokio::test]
async fn all_tables_can_be_read_and_joined() {
    let mock = aero().await;
    for table in ["AeroTimes", "Aeros", "Companies", "Contacts", "Hats", "TeamMembers", "Projects"] {
        assert!(!rows(&mock, &format!("SELECT * FROM {table}")).await.as_array().unwrap().is_empty(), "{table}");
    }
    let joined = "SELECT a.Subject, p.ProjectType FROM Aeros a JOIN Projects p ON p.Name = a.Project";
    let expected = json!([{ "Subject": "Reconcile operating account, June", "ProjectType": "Close" }]);
    assert_eq!(rows(&mock, joined).await, expected);
    assert_eq!(rows(&mock, "SELECT Id FROM Hats WHERE 0").await, json!([]));
    let scalars = "SELECT 1 AS a, 2.5 AS b, 'x' AS c, NULL AS d, x'00ff' AS e, 1e999 AS f";
    assert_eq!(rows(&mock, scalars).await, json!([{ "a": 1, "b": 2.5, "c": "x", "d": null, "e": "AP8=", "f": null }]));
}

#[tokio::test]
async fn rows_stand_in_an_object_when_switched() {
    let mock = aero().await;
    mock.switch("rows=1").await;
    assert_eq!(rows(&mock, "SELECT Name FROM Hats WHERE Id = 12").await, json!({ "rows": [{ "Name": "Bookkeeper" }] }));
}

#[tokio::test]
async fn comments_blanks_and_a_last_semicolon_are_no_second_statement() {
    let mock = aero().await;
    let queries = [
        "  \n\tselect 1 AS a",
        "-- why\n/* and\nhow */ SELECT 1 AS a",
        "SELECT 1 AS a;",
        "SELECT 1 AS a; -- done",
        "SELECT(1) AS a",
        "/**/SELECT/**/1 AS a",
        "SELECT 1 AS a WHERE ';' <> 'DROP TABLE Hats; --'",
    ];
    for query in queries {
        assert_eq!(rows(&mock, query).await.as_array().unwrap().len(), 1, "{query}");
    }
}

#[tokio::test]
async fn only_one_select_is_carried_out() {
    let mock = aero().await;
    let refused = [
        "DELETE FROM Hats",
        "INSERT INTO Hats VALUES (1, 'x')",
        "UPDATE Hats SET Name = 'x'",
        "DROP TABLE Hats",
        "CREATE TABLE x (y)",
        "ATTACH 'file.db' AS x",
        "PRAGMA query_only",
        "VACUUM INTO 'file.db'",
        "WITH x AS (SELECT 1) DELETE FROM Hats",
        "EXPLAIN SELECT 1",
        "BEGIN",
        "SELECTED",
        "/* SELECT */ DELETE FROM Hats",
        "-- SELECT",
        "/* SELECT 1",
        "/*/ SELECT 1",
        "; SELECT 1",
        "\u{0}SELECT 1",
    ];
    for query in refused {
        assert_eq!(detail(&mock, query).await, "The query must be one SELECT statement.", "{query}");
    }
    for query in
        ["SELECT 1; DELETE FROM Hats", "SELECT 1;; DROP TABLE Hats", "SELECT 1; SELECT 2", "SELECT 1;/**/SELECT 2"]
    {
        assert_eq!(detail(&mock, query).await, "Multiple statements provided", "{query}");
    }
    detail(&mock, "SELECT 1; nonsense").await;
    detail(&mock, "SELECT 1\u{0}; DELETE FROM Hats").await;
    detail(&mock, "SELECT load_extension('x')").await;
    assert_eq!(mock.list("Hats", "hatReads").await.len(), 2);
    assert_eq!(rows(&mock, "SELECT COUNT(*) AS n FROM Hats").await, json!([{ "n": 2 }]));
}

#[tokio::test]
async fn sqlite_s_message_is_the_detail() {
    let mock = aero().await;
    let told = [
        ("SELECT Colour FROM Hats", "no such column: Colour"),
        ("SELECT * FROM Nothings", "no such table: Nothings"),
        ("SELECT FROM Hats", "near \"FROM\": syntax error"),
        ("SELECT * FROM Hats WHERE Name = ?", "Wrong number of parameters"),
        ("SELECT abs(-9223372036854775808)", "integer overflow"),
    ];
    for (query, message) in told {
        let detail = detail(&mock, query).await;
        assert!(detail.contains(message) && !detail.contains("SELECT"), "{detail}");
    }
    // A misspelled column in double quotes is no text.
    assert!(detail(&mock, "SELECT \"Nmae\" FROM Hats").await.contains("no such column"));
    assert!(detail(&mock, "SELECT Id FROM Hats WHERE Name = \"Bookkeeper\"").await.contains("no such column"));
    assert_eq!(rows(&mock, "SELECT \"Id\" FROM Hats WHERE Name = 'Bookkeeper'").await, json!([{ "Id": 12 }]));
}

#[tokio::test]
async fn a_query_that_would_not_end_or_would_fill_the_memory_is_stopped() {
    let mock = aero().await;
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    assert_eq!(detail(&mock, &format!("SELECT COUNT(*) FROM ({endless} SELECT i FROM n)")).await, "interrupted");
    assert!(
        detail(&mock, &format!("SELECT i FROM ({endless} SELECT i FROM n)")).await.contains("more than 10000 rows")
    );
    assert!(detail(&mock, "SELECT zeroblob(100000000)").await.contains("too big"));
    assert_eq!(rows(&mock, "SELECT 1 AS a").await, json!([{ "a": 1 }]));
}

#[tokio::test]
async fn a_select_needs_a_query_and_is_not_versioned() {
    let mock = aero().await;
    for body in ["{}", "{\"query\":\"\"}", "{\"query\":5}", "{\"sql\":\"SELECT 1\"}"] {
        assert_eq!(wrong(&mock.call("POST", "Sql/Select", "application/json", body).await), ["query"], "{body}");
    }
    problem(&mock.post("Sql/Select", json!({ "query": "SELECT 1" })).await, 404);
    done(&mock.call("POST", "sql/select", "application/json", "{\"query\":\"SELECT 1\"}").await);
}
