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

// The rows are those of SQLite 3.40 over the same tables.
#[tokio::test]
async fn rows_are_selected_aggregated_and_ordered_as_sqlite_does() {
    let mock = aero().await;
    for (query, expected) in [
        ("SELECT * FROM Hats WHERE Id = 12", json!([{ "Id": "12", "Name": "Bookkeeper" }])),
        ("SELECT COUNT(Id) AS n, SUM(Id) AS s FROM Hats WHERE Id = 0", json!([{ "n": "0", "s": "" }])),
        ("SELECT Name, COUNT(Id) FROM Hats WHERE Id = 0 GROUP BY Name", json!([])),
        (
            "SELECT MIN(Hours) AS a, MAX(Hours) AS b FROM AeroTimes WHERE Client LIKE 'lark_pur%'",
            json!([{ "a": "0.5", "b": "10" }]),
        ),
        (
            "SELECT Client, COUNT(Contact) AS n, AVG(Hours) AS h FROM AeroTimes WHERE Hours >= 4 GROUP BY Client ORDER BY n DESC, Client",
            json!([
                { "Client": "Larkspur Bakery LLC", "n": "3", "h": "7.25" },
                { "Client": "Harrow Street Dental", "n": "2", "h": "10" },
                { "Client": "Quarry Lane Joinery", "n": "0", "h": "9.25" },
            ]),
        ),
        (
            "SELECT Id FROM AeroTimes WHERE Hours < 1 ORDER BY Note DESC, Hours",
            json!([{ "Id": "551199" }, { "Id": "551198" }, { "Id": "551196" }]),
        ),
        ("SELECT AVG(Id) AS a FROM Hats WHERE Id IN (12, 13.0)", json!([{ "a": "12.5" }])),
        ("SELECT Name FROM Hats WHERE Id > 11 AND Id <> 12 AND Id <= 1.3e1", json!([{ "Name": "Controller" }])),
        ("SELECT Id FROM Hats WHERE Name IS NULL", json!([])),
        ("SELECT Id FROM Hats WHERE Name = 12 AND Name IS NOT NULL", json!([])),
        ("SELECT Name AS Id FROM Hats ORDER BY Name DESC LIMIT 1", json!([{ "Id": "Trainee" }])),
        ("SELECT Id FROM Companies ORDER BY Active, Name DESC LIMIT 2", json!([{ "Id": "3305" }, { "Id": "3301" }])),
    ] {
        assert_eq!(mock.sql(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn all_tables_can_be_read_and_have_what_was_just_created() {
    let mock = aero().await;
    for table in ["AeroTimes", "Aeros", "Companies", "Contacts", "Hats", "TeamMembers", "Projects"] {
        assert!(!mock.sql(&format!("SELECT * FROM {table}")).await.as_array().unwrap().is_empty(), "{table}");
    }
    mock.post("Companies", json!({ "name": "O'Hare; DROP", "contactFirstName": "Ada" })).await;
    let company =
        mock.sql("SELECT Id, Active, CompanyType, DefaultContact FROM Companies WHERE Name = 'O''Hare; DROP'").await;
    let expected = json!([{ "Id": "3313", "Active": "1", "CompanyType": "Customer", "DefaultContact": "Ada" }]);
    assert_eq!(company, expected);
    mock.post("MasterAeros/FromTemplate/299", monthly()).await;
    let count = "SELECT COUNT(Id) AS n FROM Aeros WHERE MasterAeroId = 2206 AND Status = 'Not Started'";
    assert_eq!(mock.sql(count).await, json!([{ "n": "3" }]));
}

#[tokio::test]
async fn all_but_one_select_over_one_table_is_refused_with_the_reason() {
    let mock = aero().await;
    for (query, reason) in [
        ("", "expected SELECT instead of the end"),
        ("DELETE FROM Hats", "expected SELECT instead of DELETE"),
        ("WITH x AS (SELECT 1) DELETE FROM Hats", "expected SELECT instead of WITH"),
        ("-- SELECT", "expected SELECT instead of -"),
        ("SELECT FROM Hats", "expected FROM instead of Hats"),
        ("SELECT Id FROM Hats; DELETE FROM Hats", "expected the end instead of ;"),
        ("SELECT Id FROM Hats -- all", "expected the end instead of -"),
        ("SELECT Id FROM Hats\u{0}", "expected the end instead of \u{0}"),
        ("SELECT Id FROM Hats UNION SELECT Id FROM Aeros", "expected the end instead of UNION"),
        ("SELECT TOP (1) Id FROM Hats", "no such function: TOP"),
        ("SELECT load_extension(Id) FROM Hats", "no such function: load_extension"),
        ("SELECT Id FROM Hats LIMIT -1", "expected a whole number instead of -1"),
        ("SELECT Id FROM Hats WHERE Name = ?", "expected a text or a number instead of ?"),
        ("SELECT Id FROM Hats WHERE Name = 'a' OR Id = 1", "expected the end instead of OR"),
        ("SELECT Id FROM Hats WHERE Id = 1.2.3", "expected a number instead of 1.2.3"),
        ("SELECT Id FROM Hats WHERE Name", "expected a comparison instead of the end"),
        ("SELECT Id FROM Hats WHERE Name = 'a", "a quote is not closed: 'a"),
        ("SELECT Colour FROM Hats", "no such column: Colour"),
        ("SELECT * FROM dbo.Hats", "no such table: dbo.Hats"),
        ("SELECT Id FROM Hats ORDER BY é", "expected a name instead of é"),
        ("SELECT Name, COUNT(Id) FROM Hats", "Name is in neither an aggregate nor GROUP BY"),
        ("SELECT COUNT(Id) FROM Hats ORDER BY Name", "Name is in neither an aggregate nor GROUP BY"),
        // A misspelled column in double quotes is no text.
        ("SELECT Id FROM Hats WHERE Name = \"Bookkeeper\"", "expected a text or a number instead of \"Bookkeeper\""),
    ] {
        let refusal = refusal(&mock, query).await;
        assert!(refusal.starts_with(reason), "{query}: {refusal}");
    }
}
