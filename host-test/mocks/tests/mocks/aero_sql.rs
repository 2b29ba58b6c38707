//! SQL over what the mock of Aero Workflow has.

use serde_json::json;

use crate::aero::{Aero, aero, monthly};
use crate::client::setting;

/// What a refused query is answered.
async fn refusal(mock: &Aero, query: &str) -> String {
    let body = json!({ "key": setting(&mock.server, "AERO_SQL_KEY"), "query": query });
    let answer = mock.refused("POST", "Sql/Select", body, 400).await;
    answer["errors"]["Query"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn hours_are_summed_by_team_member_and_client_and_all_values_are_texts() {
    let mock = aero().await;
    let by_member = "SELECT TeamMember, SUM(Hours) AS TotalHours FROM AeroTimes GROUP BY TeamMember ORDER BY 2 DESC";
    let expected = json!([
        { "TeamMember": "Priya Raman", "TotalHours": "41.25" },
        { "TeamMember": "Marcus Oyelaran", "TotalHours": "36.5" },
    ]);
    assert_eq!(mock.sql(by_member).await, expected);
    let by_client = "select Client, sum(Hours) as Hours from AeroTimes where Billable group by Client order by Client";
    let expected = json!([
        { "Client": "Harrow Street Dental", "Hours": "20" },
        { "Client": "Larkspur Bakery LLC", "Hours": "2.25" },
        { "Client": "Quarry Lane Joinery", "Hours": "18.5" },
    ]);
    assert_eq!(mock.sql(by_client).await, expected);
    let scalars = "SELECT 1 AS a, 2.5 AS b, 'x' AS c, NULL AS d, x'00ff' AS e";
    assert_eq!(mock.sql(scalars).await, json!([{ "a": "1", "b": "2.5", "c": "x", "d": "", "e": "AP8=" }]));
    assert_eq!(mock.sql("SELECT Id FROM Hats WHERE 0").await, json!([]));
}

#[tokio::test]
async fn all_tables_can_be_read_and_have_what_was_just_created() {
    let mock = aero().await;
    for table in ["AeroTimes", "Aeros", "Companies", "Contacts", "Hats", "TeamMembers", "Projects"] {
        assert!(!mock.sql(&format!("SELECT * FROM {table}")).await.as_array().unwrap().is_empty(), "{table}");
    }
    mock.post("Companies", json!({ "name": "O'Hare; DROP", "contactFirstName": "Ada" })).await;
    let company = mock.sql("SELECT Name, Active, CompanyType, DefaultContact FROM Companies WHERE Id = 3313").await;
    let expected =
        json!([{ "Name": "O'Hare; DROP", "Active": "1", "CompanyType": "Customer", "DefaultContact": "Ada" }]);
    assert_eq!(company, expected);
    mock.post("MasterAeros/FromTemplate/299", monthly()).await;
    let count = "SELECT COUNT(*) AS n FROM Aeros WHERE MasterAeroId = 2206 AND Status = 'Not Started'";
    assert_eq!(mock.sql(count).await, json!([{ "n": "3" }]));
}

#[tokio::test]
async fn a_select_needs_its_own_key() {
    let mock = aero().await;
    for (body, members) in [
        (json!({}), vec!["Key", "Query"]),
        (json!({ "query": "SELECT 1" }), vec!["Key"]),
        (json!({ "key": mock.key, "query": "SELECT 1" }), vec!["Key"]),
        (json!({ "key": "", "query": "SELECT 1", "validKey": true }), vec!["ValidKey"]),
    ] {
        let answer = mock.refused("POST", "Sql/Select", body, 400).await;
        assert_eq!(answer["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), members);
    }
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
        assert_eq!(mock.sql(query).await.as_array().unwrap().len(), 1, "{query}");
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
        assert_eq!(refusal(&mock, query).await, "expected one SELECT statement", "{query}");
    }
    for query in
        ["SELECT 1; DELETE FROM Hats", "SELECT 1;; DROP TABLE Hats", "SELECT 1; SELECT 2", "SELECT 1;/**/SELECT 2"]
    {
        assert_eq!(refusal(&mock, query).await, "Multiple statements provided", "{query}");
    }
    refusal(&mock, "SELECT 1; nonsense").await;
    refusal(&mock, "SELECT 1\u{0}; DELETE FROM Hats").await;
    refusal(&mock, "SELECT load_extension('x')").await;
    assert_eq!(mock.sql("SELECT COUNT(*) AS n FROM Hats").await, json!([{ "n": "3" }]));
}

#[tokio::test]
async fn sqlite_s_message_is_answered() {
    let mock = aero().await;
    let refusals = [
        ("SELECT Colour FROM Hats", "no such column: Colour"),
        ("SELECT * FROM Nothings", "no such table: Nothings"),
        ("SELECT FROM Hats", "near \"FROM\": syntax error"),
        ("SELECT * FROM Hats WHERE Name = ?", "Wrong number of parameters"),
        ("SELECT abs(-9223372036854775808)", "integer overflow"),
    ];
    for (query, message) in refusals {
        let words = refusal(&mock, query).await;
        assert!(words.contains(message) && !words.contains("SELECT"), "{words}");
    }
    // A misspelled column in double quotes is no text.
    assert!(refusal(&mock, "SELECT \"Nmae\" FROM Hats").await.contains("no such column"));
    assert!(refusal(&mock, "SELECT Id FROM Hats WHERE Name = \"Bookkeeper\"").await.contains("no such column"));
    assert_eq!(mock.sql("SELECT \"Id\" FROM Hats WHERE Name = 'Bookkeeper'").await, json!([{ "Id": "12" }]));
}

#[tokio::test]
async fn a_query_that_would_not_end_or_would_fill_the_memory_is_stopped() {
    let mock = aero().await;
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    assert_eq!(refusal(&mock, &format!("SELECT COUNT(*) FROM ({endless} SELECT i FROM n)")).await, "interrupted");
    assert!(
        refusal(&mock, &format!("SELECT i FROM ({endless} SELECT i FROM n)")).await.contains("more than 10000 rows")
    );
    assert!(refusal(&mock, "SELECT zeroblob(100000000)").await.contains("too big"));
    assert_eq!(mock.sql("SELECT 1 AS a").await, json!([{ "a": "1" }]));
}
