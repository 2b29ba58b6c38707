//! A vendor that is imported from its document works with one that is compiled: a contact of a CRM becomes a client of Aero, and an
//! entry of a time tracker becomes time in Accelo. The documents are small and of our own, in the shapes of such vendors.

use super::Vendor;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use outwit::{CodeCache, Host, Options, Plugin};
use outwit_import::Imported;
use outwit_link::{Run, Snapshot, Source, Variant};
use serde_json::{Value, json};

const CRM: &str = r##"{
  "openapi": "3.0.1",
  "info": { "title": "Crm", "version": "v3", "description": "Contacts of a sales team." },
  "servers": [{ "url": "https://api.crm.example" }],
  "security": [{ "key": [] }],
  "paths": { "/crm/v3/contacts/{contactId}": { "get": {
    "tags": ["contacts"], "operationId": "getContact", "summary": "Read a contact.",
    "parameters": [
      { "name": "contactId", "in": "path", "required": true, "schema": { "type": "string" } },
      { "name": "properties", "in": "query", "style": "form", "explode": false, "schema": { "type": "array", "items": { "type": "string" } } }
    ],
    "responses": { "200": { "description": "The contact.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Contact" } } } } }
  } } },
  "components": {
    "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
    "schemas": { "Contact": { "type": "object", "required": ["id"], "properties": {
      "id": { "type": "string" },
      "properties": { "type": "object", "additionalProperties": { "type": "string" } },
      "createdAt": { "type": "string", "format": "date-time" }
    } } }
  }
}"##;

const TIMES: &str = r##"
swagger: "2.0"
info: { title: Times, version: "1", description: What people worked on. }
host: api.times.example
basePath: /api/v1
schemes: [https]
securityDefinitions: { key: { type: apiKey, in: header, name: X-Api-Key } }
security: [{ key: [] }]
paths:
  /workspaces/{workspaceId}/entries/{id}:
    get:
      tags: [entries]
      operationId: getEntry
      summary: Read an entry.
      parameters:
        - { name: workspaceId, in: path, required: true, type: string }
        - { name: id, in: path, required: true, type: integer }
      responses:
        200:
          description: The entry.
          schema:
            type: object
            properties:
              id: { type: integer }
              description: { type: string }
              client: { type: string }
              timeInterval:
                type: object
                properties: { start: { type: string }, minutes: { type: integer } }
"##;

struct Wasmtime;

impl Snapshot for Wasmtime {
    fn run(&self, run: &Run<'_>) -> anyhow::Result<(Vec<u8>, i32)> {
        Ok(outwit::snapshot(run.engine, run.structure, run.structure_at, run.texts, &CodeCache::User)?)
    }
}

/// A vendor of a document, at this address.
async fn imported(document: &str, address: &str, secret: (&str, &str)) -> Plugin {
    let Imported { vendor, wit, report, .. } = outwit_import::import(document.as_bytes(), &Default::default()).unwrap();
    assert_eq!((report.operations, report.imported), (1, 1), "{report:?}");
    let wit: Vec<(&str, &str)> = wit.iter().map(|(name, text)| (&**name, &**text)).collect();
    let source = Source { vendor: &vendor, wit: &wit, version: "0.1.0" };
    let component = outwit_link::link(&source, Variant::Operations, outwit::ENGINE, &Wasmtime).unwrap();
    let base = format!("{}_BASE_URL", vendor.name.to_ascii_uppercase());
    let settings = [(&*base, address), secret].into_iter().collect();
    Host::new(Options::default()).unwrap().load(&component, settings).await.unwrap()
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// The answer, if the request proves who sends it.
fn to_known(headers: &HeaderMap, name: &str, value: &str, answer: Value) -> (StatusCode, String) {
    match headers.get(name) {
        Some(given) if given == value => (StatusCode::OK, answer.to_string()),
        _ => (StatusCode::UNAUTHORIZED, json!({ "message": "who are you?" }).to_string()),
    }
}

async fn called(plugin: &Plugin, operation: &str, input: Value) -> Value {
    let output =
        plugin.call(operation, &input.to_string()).await.unwrap_or_else(|error| panic!("{operation}: {error:?}"));
    serde_json::from_str(&output).unwrap()
}

#[tokio::test]
async fn a_contact_of_a_crm_becomes_a_company_and_a_contact_of_aero() {
    let contact = |Path(id): Path<String>, headers: HeaderMap| async move {
        let found = json!({ "id": id, "createdAt": "2026-01-05T10:00:00Z", "properties": {
            "firstname": "Rui", "lastname": "Telles", "email": "rui@birchwood.example", "company": "Birchwood Films" } });
        to_known(&headers, "authorization", "Bearer c-1", found)
    };
    let address = serve(Router::new().route("/crm/v3/contacts/{id}", get(contact))).await;
    let crm = imported(CRM, &address, ("CRM_TOKEN", "c-1")).await;
    let found =
        called(&crm, "crm.get-contact", json!({ "contact-id": "51", "properties": ["email", "company"] })).await;
    let of = |name: &str| found["properties"][name].clone();

    let aero = Vendor::start("aero").await;
    let company = aero.call("create-company", json!({ "name": of("company") })).await;
    let person =
        json!({ "first-name": of("firstname"), "last-name": of("lastname"), "default-email-address": of("email") });
    let contact = aero.call("create-contact", person).await;
    let company = aero.call("get-company", json!({ "id": company["id"] })).await;
    assert_eq!(company["name"], "Birchwood Films");
    let contact = aero.call("get-contact", json!({ "id": contact["id"] })).await;
    assert_eq!(
        (&contact["last-name"], &contact["default-email-address"]),
        (&json!("Telles"), &json!("rui@birchwood.example"))
    );
}

#[tokio::test]
async fn an_entry_of_a_time_tracker_becomes_time_in_accelo() {
    let accelo = Vendor::start("accelo").await;
    let client = accelo.call("list-companies", json!({ "limit": 1 })).await[0]["name"].clone();
    let name = client.clone();
    let entry = move |Path((workspace, id)): Path<(String, u32)>, headers: HeaderMap| async move {
        assert_eq!(workspace, "w 1");
        let found = json!({ "id": id, "description": "Reviewed the brochure", "client": name,
            "timeInterval": { "start": "2026-01-05T10:00:00Z", "minutes": 45 } });
        to_known(&headers, "x-api-key", "t-1", found)
    };
    let address = serve(Router::new().route("/workspaces/{workspace}/entries/{id}", get(entry))).await;
    let times = imported(TIMES, &address, ("TIMES_API_KEY", "t-1")).await;
    let entry = called(&times, "times.get-entry", json!({ "workspace-id": "w 1", "id": "7" })).await;

    let time = json!({ "company": entry["client"], "minutes": entry["time-interval"]["minutes"], "subject": entry["description"] });
    let logged = accelo.call("log-time", time).await;
    assert_eq!((&logged["against-name"], &logged["seconds"]), (&client, &json!(2700)));
    let activity = accelo.call("get-activity", json!({ "id": logged["activity-id"] })).await;
    assert_eq!(activity["subject"], "Reviewed the brochure");
}
