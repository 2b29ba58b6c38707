//! Companies, contacts and staff.

use serde_json::{Value, json};

use crate::client::accelo;

#[tokio::test]
async fn a_company_is_created_listed_read_back_updated_and_deleted() {
    let mock = accelo().await;
    let form = "name=Pell+%26+Rowan+Surveyors&website=pellrowan.example&standing=active&_fields=website,standing,fax";
    let expected = json!({
        "id": "312", "name": "Pell & Rowan Surveyors", "website": "pellrowan.example", "standing": "active", "fax": null,
    });
    assert_eq!(mock.form("POST", "/api/v0/companies", form).await.ok(), expected);
    assert_eq!(mock.ids("/api/v0/companies?_search=rowan+pell").await, ["312"]);
    assert_eq!(mock.get("/api/v0/companies/312?_fields=website,standing,fax").await.ok(), expected);
    let refused = mock.form("PUT", "/api/v0/companies/312", "phone=%2B351+1&status_id=4").await;
    assert_eq!(refused.refusal(), (400, "invalid_request".into()), "the status is changed elsewhere");
    let updated = mock.form("PUT", "/api/v0/companies/312", "phone=%2B351+1&website=&_fields=_ALL").await.ok();
    assert_eq!((updated["phone"].as_str(), updated["website"].as_str()), (Some("+351 1"), Some("")));
    assert_eq!(updated["status"], "3");
    assert_eq!(mock.form("DELETE", "/api/v0/companies/312", "").await.ok(), Value::Null);
    assert_eq!(mock.get("/api/v0/companies/312").await.refusal(), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_company_s_name_is_unique_on_create_and_rename() {
    let mock = accelo().await;
    let duplicate = mock.form("POST", "/api/v0/companies", "name=northwind+traders").await;
    assert_eq!(duplicate.refusal(), (400, "duplicate".into()));
    assert_eq!(duplicate.json()["meta"]["message"], "A company with this name already exists.");
    assert_eq!(mock.form("PUT", "/api/v0/companies/311", "name=Acme").await.refusal(), (400, "duplicate".into()));
    mock.form("PUT", "/api/v0/companies/311", "name=Harbourlight+Joinery").await.ok();
    assert_eq!(mock.form("POST", "/api/v0/companies", "name=+").await.refusal(), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_status_wins_over_a_standing() {
    let mock = accelo().await;
    let form = "name=New&status_id=2&standing=inactive&_fields=standing,status()";
    let created = mock.form("POST", "/api/v0/companies", form).await.ok();
    assert_eq!(
        (created["standing"].as_str(), created["status"]["title"].as_str()),
        (Some("prospect"), Some("Prospect"))
    );
    assert_eq!(mock.form("POST", "/api/v0/companies", "name=Newer&standing=happy").await.status, 400);
}

#[tokio::test]
async fn a_contact_is_created_with_an_affiliation_listed_updated_and_deactivated() {
    let mock = accelo().await;
    let form = "firstname=Rui&surname=Telles&company_id=311&email=rui%40harbourlight.example&position=Buyer\
                &phone=%2B351+210+000+222&_fields=default_affiliation,standing";
    let expected = json!({
        "id": "857", "firstname": "Rui", "surname": "Telles", "mobile": "", "email": "rui@harbourlight.example",
        "default_affiliation": "921", "standing": "active",
    });
    assert_eq!(mock.form("POST", "/api/v0/contacts", form).await.ok(), expected);
    let found = mock
        .get("/api/v0/contacts?_filters=email(rui%40harbourlight.example)&_fields=default_affiliation,standing")
        .await;
    assert_eq!(found.ok(), json!([expected]));
    let read = mock.get("/api/v0/contacts/857?_fields=default_affiliation(position,company(name))").await.ok();
    assert_eq!(read["default_affiliation"]["position"], "Buyer");
    assert_eq!(read["default_affiliation"]["company"]["name"], "Harbourlight Joinery");

    let refused = mock.form("PUT", "/api/v0/contacts/857", "email=other%40example.org").await;
    assert_eq!(refused.refusal(), (400, "invalid_request".into()), "the address is the affiliation's");
    let form = "comments=Speaks+Portuguese&_fields=comments";
    let updated = mock.form("PUT", "/api/v0/contacts/857", form).await.ok();
    assert_eq!(
        (updated["comments"].as_str(), updated["email"].as_str()),
        (Some("Speaks Portuguese"), Some("rui@harbourlight.example"))
    );
    assert_eq!(mock.form("DELETE", "/api/v0/contacts/857", "").await.ok(), Value::Null);
    assert_eq!(mock.get("/api/v0/contacts/857?_fields=standing").await.ok()["standing"], "inactive");
}

#[tokio::test]
async fn a_contact_needs_names_a_company_and_a_username_of_its_own() {
    let mock = accelo().await;
    let rows = [
        ("firstname=Rui&surname=Telles", "company_id is required."),
        ("surname=Telles&company_id=311", "firstname is required."),
        ("firstname=Rui&company_id=311", "surname is required."),
        ("firstname=Rui&surname=Telles&company_id=9", "company_id names no company."),
        ("firstname=Rui&surname=Telles&company_id=311&username=ROSA", "A contact with this username already exists."),
    ];
    for (form, message) in rows {
        let answer = mock.form("POST", "/api/v0/contacts", form).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()));
        assert_eq!(answer.json()["meta"]["message"], message);
    }
    assert_eq!(mock.form("PUT", "/api/v0/contacts/842", "username=rosa").await.status, 400);
    mock.form("PUT", "/api/v0/contacts/843", "username=rosa").await.ok();
}

#[tokio::test]
async fn a_contact_s_status_moves_with_its_standing() {
    let mock = accelo().await;
    let updated =
        mock.form("PUT", "/api/v0/contacts/842", "standing=potential&_fields=standing,contact_status()").await.ok();
    assert_eq!(updated["contact_status"], json!({ "id": "3", "title": "Potential" }));
    let updated = mock.form("PUT", "/api/v0/contacts/842", "status=2&standing=inactive&_fields=standing").await.ok();
    assert_eq!(updated["standing"], "active");
}

#[tokio::test]
async fn staff_are_listed_and_read_and_not_written() {
    let mock = accelo().await;
    assert_eq!(mock.ids("/api/v0/staff").await, ["0", "21", "22", "23", "24"]);
    assert_eq!(mock.ids("/api/v0/staff?_filters=standing(active)").await, ["21", "22", "23"]);
    let expected = json!({
        "id": "21", "firstname": "Mirela", "surname": "Osei", "username": "mirela", "email": "mirela@juniper.example",
        "title": null, "position": "Operations lead", "phone": "", "mobile": "", "fax": "", "timezone": "Europe/Lisbon",
        "standing": "active", "financial_level": "all", "staff_rate": "140.00", "staff_cost_rate": "65.00",
    });
    assert_eq!(mock.get("/api/v0/staff/21?_fields=_ALL,staff_rate,staff_cost_rate").await.ok(), expected);
    assert!(mock.get("/api/v0/staff/21?_fields=_ALL").await.ok().get("staff_rate").is_none());
    assert_eq!(mock.get("/api/v0/staff/whoami").await.ok()["id"], "21");
    assert_eq!(mock.form("POST", "/api/v0/staff", "firstname=A").await.refusal(), (400, "invalid_request".into()));
}
