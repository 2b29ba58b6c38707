//! Companies, vault entries, contacts, projects, and the lists that only read.

use serde_json::{Value, json};

use crate::aero::{aero, assert_has, done, problem, with, wrong};

#[tokio::test]
async fn the_lookups_have_the_vendor_s_envelopes() {
    let mock = aero().await;
    let members = json!({ "teamMemberNameReads": [{ "id": 31, "name": "Priya Raman" }, { "id": 32, "name": "Marcus Oyelaran" }] });
    assert_eq!(done(&mock.get("TeamMembers").await), members);
    let hats = json!({ "hatReads": [{ "id": 12, "name": "Bookkeeper" }, { "id": 13, "name": "Controller" }] });
    assert_eq!(done(&mock.get("Hats").await), hats);
    let kind = json!({ "id": 7, "name": "Bank Reconciliation", "active": true, "serviceItem": "Bookkeeping", "class": "Monthly" });
    assert_eq!(mock.listed("AeroTypes", "aeroTypeReads", 7).await, kind);
    let admin = json!({ "id": 15, "name": "Admin", "active": true, "serviceItem": null, "class": null });
    assert_eq!(mock.listed("AeroTypes", "aeroTypeReads", 15).await, admin);
    let vendor = json!({ "id": 803, "name": "Birch Payroll Services", "entityType": "Vendor", "active": true });
    assert_eq!(mock.listed("MoneyEntities", "moneyEntityReads", 803).await, vendor);
    assert_eq!(mock.listed("Projects", "projectReads", 640).await["name"], "2026 Q2 close");
    let contact = mock.listed("Contacts", "contacts", 5101).await;
    assert_has(
        &contact,
        &json!({ "name": "Tomas Lindqvist", "defaultCompany": "Larkspur Bakery LLC", "homePhone": null }),
    );
}

#[tokio::test]
async fn companies_are_listed_short_and_read_whole() {
    let mock = aero().await;
    let all = mock.list("Companies?name=fennel&active=maybe", "companies").await;
    assert_eq!(all.len(), 5);
    assert_eq!(all[0], json!({ "id": 3301, "name": "Larkspur Bakery LLC", "active": true }));
    let whole = done(&mock.get("Companies/3301").await);
    let expected = json!({
        "id": 3301, "type": "Customer", "defaultContact": "Tomas Lindqvist", "hourlyBillableRate": 110.5,
        "accountingSoftware": "QuickBooks Online", "addressLine2": null,
    });
    assert_has(&whole, &expected);
    for id in ["1", "0", "99999999999", "99999999999999999999"] {
        problem(&mock.get(&format!("Companies/{id}")).await, 404);
    }
}

#[tokio::test]
async fn companies_are_found_by_a_part_of_the_name_and_by_being_active() {
    let mock = aero().await;
    let rows: [(&str, &[u64]); 8] = [
        ("name=fennel&active=true", &[3312]),
        ("name=FENNEL+%26", &[3312]),
        ("name=ar&active=True", &[3301, 3304, 3310]),
        ("name=lane&active=false", &[3305]),
        ("active=false", &[3305]),
        ("name=nothing", &[]),
        ("name=", &[3301, 3304, 3305, 3310, 3312]),
        ("", &[3301, 3304, 3305, 3310, 3312]),
    ];
    for (query, ids) in rows {
        let found = mock.list(&format!("Companies/Query?{query}"), "companies").await;
        assert_eq!(found.iter().map(|company| company["id"].as_u64().unwrap()).collect::<Vec<_>>(), ids, "{query}");
    }
    assert_eq!(wrong(&mock.get("Companies/Query?active=1").await), ["active"]);
}

#[tokio::test]
async fn a_created_company_brings_its_contact_along() {
    let mock = aero().await;
    let sent = json!({
        "name": "Marrow & Sons", "defaultEmailAddress": "office@marrow.example", "phone": "555-0199",
        "hourlyBillableRate": 95.25, "monthlyFixedFee": 650, "contactFirstName": "Ada", "contactLastName": "Marrow",
        "addressLine1": "2 High Street", "notes": "New", "isLead": true,
    });
    let created = done(&mock.post("Companies", sent).await);
    let expected = json!({
        "id": 3313, "name": "Marrow & Sons", "active": true, "type": "Lead", "defaultContact": "Ada Marrow",
        "hourlyBillableRate": 95.25, "monthlyFixedFee": 650, "fax": null, "accountingSoftware": null,
    });
    assert_has(&created, &expected);
    for name in ["contactFirstName", "contactLastName", "isLead"] {
        assert!(created.get(name).is_none(), "{name}");
    }
    assert_eq!(done(&mock.get("Companies/3313").await), created);
    let contact = mock.listed("Contacts", "contacts", 5120).await;
    assert_has(&contact, &json!({ "name": "Ada Marrow", "firstName": "Ada", "defaultCompany": "Marrow & Sons" }));

    let plain = done(&mock.post("Companies", json!({ "name": "Plain", "contactFirstName": "" })).await);
    assert_has(&plain, &json!({ "id": 3314, "type": "Customer", "defaultContact": null }));
    assert_eq!(mock.list("Contacts", "contacts").await.len(), 4);
}

#[tokio::test]
async fn a_company_with_a_name_that_is_taken_becomes_a_dup() {
    let mock = aero().await;
    for name in ["Larkspur Bakery LLC (dup)", "Larkspur Bakery LLC (dup) (dup)"] {
        let created = done(&mock.post("Companies", json!({ "name": "Larkspur Bakery LLC" })).await);
        assert_eq!(created["name"], name);
    }
}

#[tokio::test]
async fn a_company_needs_a_name_and_amounts_that_are_numbers() {
    let mock = aero().await;
    let rows = [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": 5 }), "name"),
        (json!({ "name": "a", "monthlyFixedFee": "650" }), "monthlyFixedFee"),
        (json!({ "name": "a", "isLead": "yes" }), "isLead"),
        (json!({ "name": "a", "phone": 5550199 }), "phone"),
    ];
    for (body, name) in rows {
        assert_eq!(wrong(&mock.post("Companies", body.clone()).await), [name], "{body}");
    }
    assert_eq!(mock.list("Companies", "companies").await.len(), 5);
}

#[tokio::test]
async fn a_vault_entry_is_answered_without_its_secret() {
    let mock = aero().await;
    let sent = json!({
        "name": "Business checking login", "type": "Bank", "securityLevel": "SL5", "link": "https://bank.example/login",
        "userName": "fennelrye-books", "securedValue": "not-a-real-secret", "description": "Ask the owner",
    });
    let answer = mock.post("Companies/3312/VaultEntries", sent.clone()).await;
    let created = done(&answer);
    let expected = json!({
        "id": 7741, "companyId": 3312, "name": "Business checking login", "type": "bank", "securityLevel": "sl5",
        "link": "https://bank.example/login", "userName": "fennelrye-books", "description": "Ask the owner",
    });
    assert_eq!(created, expected);
    assert!(!String::from_utf8_lossy(&answer.body).contains("not-a-real-secret"));

    problem(&mock.post("Companies/1/VaultEntries", sent.clone()).await, 404);
    let rows = [
        ("name", Value::Null),
        ("type", json!("card")),
        ("type", Value::Null),
        ("securityLevel", json!("sl9")),
        ("securityLevel", json!(5)),
        ("securedValue", json!({ "pin": "not-a-real-secret" })),
    ];
    for (name, value) in rows {
        let answer = mock.post("Companies/3312/VaultEntries", with(&sent, json!({ name: value }))).await;
        assert_eq!(wrong(&answer), [name], "{value}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("not-a-real-secret"));
    }
}

#[tokio::test]
async fn a_created_contact_is_listed_and_can_be_named() {
    let mock = aero().await;
    let sent = json!({
        "firstName": "Lena", "lastName": "Okafor", "defaultEmailAddress": "lena@larkspur.example",
        "officePhone": "555-0178", "mobilePhone": "555-0179", "linkedInUrl": "https://linkedin.example/in/lena",
        "title": "Owner", "twitterHandle": "@larkspurbakery",
    });
    let created = done(&mock.post("Contacts", sent.clone()).await);
    let rest = json!({
        "id": 5120, "name": "Lena Okafor", "homePhone": null, "facebookUrl": null, "notes": null, "defaultCompany": null,
    });
    assert_eq!(created, with(&sent, rest));
    assert_eq!(mock.listed("Contacts", "contacts", 5120).await, created);
    let task = with(&crate::aero::review(), json!({ "contact": "Lena Okafor" }));
    done(&mock.post("AeroTasks", task).await);
    assert_eq!(wrong(&mock.post("Contacts", json!({})).await), ["firstName", "lastName"]);
    assert_eq!(wrong(&mock.post("Contacts", with(&sent, json!({ "notes": 1 }))).await), ["notes"]);
}

#[tokio::test]
async fn a_created_project_is_listed_and_can_be_named() {
    let mock = aero().await;
    let sent = json!({ "name": "2026 audit", "assignedTo": "Marcus Oyelaran", "projectType": "Audit" });
    let created = done(&mock.post("Projects", sent.clone()).await);
    let expected = json!({
        "id": 641, "name": "2026 audit", "status": "notstarted", "company": null, "completionDate": null,
        "billable": false, "estimatedPrice": null,
    });
    assert_has(&created, &expected);
    assert!(created["startDate"].as_str().unwrap().ends_with("T00:00:00.000Z"));
    assert_eq!(mock.listed("Projects", "projectReads", 641).await, created);
    done(&mock.post("AeroTasks", with(&crate::aero::review(), json!({ "fullProjectName": "2026 audit" }))).await);

    let whole = json!({
        "startDate": "2026-09-01", "completionDate": "2026-10-01T00:00:00Z", "company": "Harrow Street Dental",
        "status": "InProgress", "estimatedPrice": 1200.5, "estimatedTotalHours": 30, "billable": true,
        "description": "Two visits",
    });
    let created = done(&mock.post("Projects", with(&sent, whole)).await);
    assert_has(&created, &json!({ "id": 642, "startDate": "2026-09-01T00:00:00.000Z", "status": "inprogress" }));
    assert_eq!(wrong(&mock.post("Projects", json!({})).await), ["assignedTo", "name", "projectType"]);
    for (name, value) in [("company", "Nobody"), ("status", "open"), ("estimatedPrice", "5"), ("completionDate", "?")] {
        assert_eq!(wrong(&mock.post("Projects", with(&sent, json!({ name: value }))).await), [name]);
    }
}
