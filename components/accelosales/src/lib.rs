//! Accelo's sales, invoices, payments, expenses, budgets and rates as a sandboxed component: what is particular to the vendor, as facts.
//!
//! The contract is `wit/accelosales`; what it shares with `components/accelo` is in `components/accelo/shared`.

mod ranges;

use accelo_shared::changes::{as_written, some_change_as_written};
use accelo_shared::filters::render;
use accelo_shared::narrowed::narrowed;
use accelo_shared::{CLIENT, MISSING, UNCLEAR, oauth as grants};
use kit::{Api, Effect};

static API: Api = Api { name: "accelosales", ..accelo_shared::API };

// Without `_fields`, Accelo returns a few fields of a record alone, and linked records come without their titles.
const PROSPECT: &[(&str, &str)] =
    &[("_fields", "_ALL,contact(),manager(),prospect_type(),status(),prospect_probability(),affiliation()")];
const PROSPECTS: &[(&str, &str)] =
    &[("_fields", "standing,value,progress,manager(),status(),prospect_probability(),affiliation(),date_due")];
const PROBABILITIES: &[(&str, &str)] = &[("_fields", "ordering")];
const INVOICE: &[(&str, &str)] = &[("_fields", "_ALL,contact(),affiliation(),created_by(),modified_by()")];
const INVOICES: &[(&str, &str)] =
    &[("_fields", "subject,invoice_number,against_type,against_id,tax,outstanding,date_raised,date_due,affiliation()")];
const LINES: &[(&str, &str)] = &[("_fields", "tax,invoice_id,ledger_id,tax_id,description,ordering")];
const EXPENSE: &[(&str, &str)] = &[("_fields", "_ALL,approver(),submitter(),expense_type(),activity()")];
const EXPENSES: &[(&str, &str)] =
    &[("_fields", "price,date_incurred,billable,reimbursable,against_type,against_id,submitter(),expense_type()")];
const RATE: &[(&str, &str)] = &[("_fields", "charged,standing,object")];
const PAYMENT: &[(&str, &str)] = &[("_fields", "_ALL,payment_method(),payment_receipt(),payment_currency()")];
const PAYMENTS: &[(&str, &str)] = &[("_fields", "direction,against_type,against_id,date_created,payment_method()")];
const BUDGET: &[(&str, &str)] = &[("_fields", "_ALL")];
const STATUS: &[(&str, &str)] = &[("_fields", "color,standing,start,ordering")];
const PAST: &[(&str, &str)] = &[("_fields", "against_type,against_id,modified_by(),date_modified")];
const TYPE: &[(&str, &str)] = &[("_fields", "standing,ordering,notes")];
const TYPES: &[(&str, &str)] = &[("_fields", "standing,ledger_id")];

kit::operations! { API;
    prospects {
        list_prospects  = GET    "/api/v0/prospects" { defaults: PROSPECTS, prepare: Some(|params| render(params, ranges::PROSPECTS)) };
        count_prospects = GET    "/api/v0/prospects/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::PROSPECTS)) };
        get_prospect    = GET    "/api/v0/prospects/{id}" { defaults: PROSPECT, error_codes: MISSING };
        create_prospect = POST   "/api/v0/prospects" { defaults: PROSPECT, prepare: Some(as_written) };
        update_prospect = PUT    "/api/v0/prospects/{id}" { defaults: PROSPECT, prepare: Some(some_change_as_written), reread: Some((UNCLEAR, "get-prospect")) };
        delete_prospect = DELETE "/api/v0/prospects/{id}" { error_codes: MISSING };
        list_prospect_probabilities  = GET "/api/v0/prospects/probabilities" { defaults: PROBABILITIES };
        get_prospect_status          = GET "/api/v0/prospects/{id}/status" { defaults: STATUS, error_codes: MISSING };
        count_prospect_probabilities = GET "/api/v0/prospects/probabilities/count" { member: Some("count") };
        get_prospect_probability     = GET "/api/v0/prospects/probabilities/{id}" { defaults: PROBABILITIES, error_codes: MISSING };
    }
    invoices {
        list_invoices    = GET "/api/v0/invoices" { defaults: INVOICES, prepare: Some(|params| render(params, ranges::INVOICES)) };
        count_invoices   = GET "/api/v0/invoices/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::INVOICES)) };
        get_invoice      = GET "/api/v0/invoices/{id}" { defaults: INVOICE, error_codes: MISSING };
        list_line_items  = GET "/api/v0/invoices/line_items" { defaults: LINES, prepare: Some(|params| render(params, ranges::LINES)) };
        count_line_items = GET "/api/v0/invoices/line_items/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::LINES)) };
        get_line_item    = GET "/api/v0/invoices/line_items/{id}" { defaults: LINES, error_codes: MISSING };
    }
    expenses {
        list_expenses  = GET    "/api/v0/expenses" { defaults: EXPENSES, prepare: Some(|params| render(params, ranges::EXPENSES)) };
        count_expenses = GET    "/api/v0/expenses/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::EXPENSES)) };
        get_expense    = GET    "/api/v0/expenses/{id}" { defaults: EXPENSE, error_codes: MISSING };
        create_expense = POST   "/api/v0/expenses" { defaults: EXPENSE, prepare: Some(as_written) };
        update_expense = PUT    "/api/v0/expenses/{id}" { defaults: EXPENSE, prepare: Some(some_change_as_written), reread: Some((UNCLEAR, "get-expense")) };
        delete_expense = DELETE "/api/v0/expenses/{id}" { error_codes: MISSING };
        list_expense_types = GET "/api/v0/expenses/types" { defaults: TYPES };
    }
    rates {
        list_rates  = GET "/api/v0/rates" { defaults: RATE };
        count_rates = GET "/api/v0/rates/count" { member: Some("count") };
        get_rate    = GET "/api/v0/rates/{id}" { defaults: RATE, error_codes: MISSING };
    }
    payments {
        list_payments  = GET "/api/v0/payments" { defaults: PAYMENTS, prepare: Some(|params| render(params, ranges::PAYMENTS)) };
        count_payments = GET "/api/v0/payments/count" { member: Some("count"), prepare: Some(|params| render(params, ranges::PAYMENTS)) };
        get_payment    = GET "/api/v0/payments/{id}" { defaults: PAYMENT, error_codes: MISSING };
    }
    budgets {
        list_object_budgets  = GET "/api/v0/object_budgets" { defaults: BUDGET, prepare: Some(|params| render(params, &[])) };
        count_object_budgets = GET "/api/v0/object_budgets/count" { member: Some("count"), prepare: Some(|params| render(params, &[])) };
        get_object_budget    = GET "/api/v0/object_budgets/{id}" { defaults: BUDGET, error_codes: MISSING };
    }
    choices {
        get_status     = GET "/api/v0/{of:affiliations|companies|contacts|contracts|issues|jobs|milestones|prospects|quotes|tasks}/statuses/{id}" { defaults: STATUS, error_codes: MISSING };
        count_statuses = GET "/api/v0/{of:affiliations|companies|contacts|contracts|issues|jobs|milestones|prospects|quotes|tasks}/statuses/count" { member: Some("count") };
        get_type       = GET "/api/v0/{of:contracts|expenses|issues|jobs}/types/{id}" { defaults: TYPE, error_codes: MISSING };
        count_types    = GET "/api/v0/{of:contracts|expenses}/types/count" { member: Some("count") };
        list_past_statuses = GET "/api/v0/progressions/history" { defaults: PAST, prepare: Some(|params| narrowed(params, &[("against", "against", "")])) };
        count_past_statuses = GET "/api/v0/progressions/history/count" { member: Some("count"), prepare: Some(|params| narrowed(params, &[("against", "against", "")])) };
        get_past_status = GET "/api/v0/progressions/history/{id}" { defaults: PAST, error_codes: MISSING };
    }
    oauth {
        request_authorization => grants::request_authorization { effect: Effect::Read };
        exchange_token  = POST "/oauth2/v0/token" { auth: Some(CLIENT), result: Some(""), secret: true, prepare: Some(grants::grant) };
        token_info      = GET  "/api/v0/tokeninfo";
    }
}
