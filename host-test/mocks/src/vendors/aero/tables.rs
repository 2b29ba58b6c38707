//! The members of the vendor's bodies and answers, as data.

use serde_json::{Value, json};

use super::fields::Shape::{Date, Flag, Id, Integer, Name, Number, Steps, Text, Word};
use super::fields::{Member, Shape, may, must};

const STATUSES: &[&str] = &["notstarted", "inprogress", "completed", "canceled", "deferred"];
const PRIORITIES: &[&str] = &["normal", "elevated", "critical"];
const PATTERNS: &[&str] =
    &["Daily", "Weekly", "EveryWeekday", "EveryMondayWednesdayFriday", "EveryTuesdayThursday", "Monthly", "Yearly"];
const VAULT_TYPES: &[&str] = &["general", "login", "bank", "notes"];
const SECURITY_LEVELS: &[&str] = &["sl1", "sl2", "sl3", "sl4", "sl5", "sl6", "sl7", "sl8"];

const AMOUNT: Shape = Number(f64::NEG_INFINITY, f64::INFINITY);
const NOT_NEGATIVE: Shape = Number(0.0, f64::INFINITY);
/// The vendor's ids are numbers of 32 bits.
const NUMBER_OF_ID: Shape = Integer(0.0, i32::MAX as f64);

/// Of a template, which nobody can write. All can be null, also what an Aero must have.
const TEMPLATE: &[&str] = &[
    "subject",
    "category",
    "estimatedHours",
    "estimatedMinutes",
    "daysToDueDate",
    "aeroType",
    "assignedTo",
    "company",
    "contact",
    "hat",
    "fullProjectName",
    "priority",
    "billable",
    "fixedFee",
    "description",
];

/// What every category of Aeros takes.
const AERO: &[Member] = &[
    must("assignedTo", Name("teamMember")),
    must("aeroType", Name("aeroType")),
    may("contact", Name("contact")),
    may("company", Name("company")),
    may("fullProjectName", Name("project")),
    may("hat", Name("hat")),
    must("scheduledStartDate", Date),
    must("scheduledTotalHours", Number(0.0, 24.0)),
    must("scheduledHours", Integer(0.0, 23.0)),
    must("scheduledMinutes", Integer(0.0, 59.0)),
    must("subject", Text),
    must("priority", Word(PRIORITIES)),
    may("dueDate", Date),
    must("status", Word(STATUSES)),
    may("billable", Flag),
    may("fixedFee", Flag),
];
const DESCRIBED: &[Member] = &[may("description", Text)];
const EMAIL: &[Member] = &[
    may("fromEmail", Text),
    may("toEmail", Text),
    may("ccEmail", Text),
    may("bccEmail", Text),
    may("body", Text),
    may("comments", Text),
    may("incomingEmail", Flag),
];

pub const TIME: &[Member] = &[
    must("hours", NOT_NEGATIVE),
    may("hatId", Id("hat")),
    may("description", Text),
    may("startDate", Date),
    may("teamMember", Name("teamMember")),
    may("billable", Flag),
];

pub const STEP: &[Member] = &[
    may("order", NUMBER_OF_ID),
    may("complete", Flag),
    must("name", Text),
    may("description", Text),
    may("actionLink", Text),
    may("helpLink", Text),
    may("sopId", NUMBER_OF_ID),
    may("libId", NUMBER_OF_ID),
];
pub const STEPS_ADD: &[Member] = &[must("steps", Steps)];
pub const STEPS_PULL: &[Member] = &[may("templateId", Id("template"))];

/// When the occurrences of a MasterAero are. `numberOfDates` and `endOnDate` are apart, since who needs which differs.
pub const SCHEDULE: &[Member] = &[
    must("startDate", Date),
    must("renewalPattern", Word(PATTERNS)),
    must("isSunday", Flag),
    must("isMonday", Flag),
    must("isTuesday", Flag),
    must("isWednesday", Flag),
    must("isThursday", Flag),
    must("isFriday", Flag),
    must("isSaturday", Flag),
    must("isDayOfMonth", Flag),
    must("offset", AMOUNT),
];
pub const COUNT: Member = may("numberOfDates", Integer(1.0, i32::MAX as f64));
pub const NEEDED_COUNT: Member = Member { required: true, ..COUNT };
pub const END: Member = must("endOnDate", Date);
pub const MASTER: &[Member] = &[
    must("autoRenew", Flag),
    must("assignedTo", Name("teamMember")),
    may("company", Name("company")),
    may("contact", Name("contact")),
    may("fullProjectName", Name("project")),
    may("hat", Name("hat")),
];

pub const COMPANY: &[Member] = &[
    must("name", Text),
    may("defaultEmailAddress", Text),
    may("phone", Text),
    may("fax", Text),
    may("website", Text),
    may("accountNumber", Text),
    may("hourlyBillableRate", AMOUNT),
    may("monthlyFixedFee", AMOUNT),
    may("addressLine1", Text),
    may("addressLine2", Text),
    may("addressLine3", Text),
    may("addressCity", Text),
    may("addressState", Text),
    may("addressPostalCode", Text),
    may("addressCountry", Text),
    may("notes", Text),
];
/// Not kept with the company.
pub const NEW_COMPANY: &[Member] = &[may("contactFirstName", Text), may("contactLastName", Text), may("isLead", Flag)];

pub const CONTACT: &[Member] = &[
    must("firstName", Text),
    must("lastName", Text),
    may("defaultEmailAddress", Text),
    may("officePhone", Text),
    may("homePhone", Text),
    may("mobilePhone", Text),
    may("facebookUrl", Text),
    may("linkedInUrl", Text),
    may("twitterHandle", Text),
    may("title", Text),
    may("notes", Text),
];

/// Without the secret, which is read apart.
pub const VAULT_ENTRY: &[Member] = &[
    must("name", Text),
    must("type", Word(VAULT_TYPES)),
    must("securityLevel", Word(SECURITY_LEVELS)),
    may("link", Text),
    may("userName", Text),
    may("description", Text),
];
pub const SECRET: Member = may("securedValue", Shape::Secret);

pub const PROJECT: &[Member] = &[
    must("name", Text),
    must("assignedTo", Name("teamMember")),
    must("projectType", Text),
    may("startDate", Date),
    may("completionDate", Date),
    may("company", Name("company")),
    may("status", Word(STATUSES)),
    may("estimatedPrice", AMOUNT),
    may("estimatedTotalHours", AMOUNT),
    may("billable", Flag),
    may("fixedFee", Flag),
    may("description", Text),
];

/// The body of a create.
pub fn aero(category: &str) -> Vec<Member> {
    let own = if category == "Email" { EMAIL } else { DESCRIBED };
    [AERO, own].concat()
}

/// The body of a creation from a template, which requires nothing: a template can carry all of it.
pub fn aero_of_template() -> Vec<Member> {
    [AERO, DESCRIBED].concat().into_iter().map(|member| Member { required: false, ..member }).collect()
}

/// The members of a kind's answers, with what stands in them when nothing else does.
pub fn shape(kind: &str, category: &str) -> Vec<(&'static str, Value)> {
    let (members, own): (Vec<Member>, &[&str]) = match kind {
        "aero" => (aero(category), &["masterAeroId", "deferredReason"]),
        "aeroTime" => (TIME.into(), &[]),
        "aeroType" => (Vec::new(), &["serviceItem", "class"]),
        "company" => (COMPANY.into(), &["defaultContact", "accountingSoftware"]),
        "contact" => (CONTACT.into(), &["defaultCompany"]),
        "masterAero" => (MASTER.into(), &["numberOfDates"]),
        "project" => (PROJECT.into(), &[]),
        "template" | "libraryTemplate" => (Vec::new(), TEMPLATE),
        "vaultEntry" => (VAULT_ENTRY.into(), &[]),
        _ => (Vec::new(), &[]),
    };
    let empty = |member: &Member| if matches!(member.shape, Flag) { Value::Bool(false) } else { Value::Null };
    let mut defaults: Vec<_> = members.iter().map(|member| (member.name, empty(member))).collect();
    defaults.extend(own.iter().map(|name| (*name, Value::Null)));
    if ["aero", "masterAero", "template", "libraryTemplate"].contains(&kind) {
        defaults.push(("steps", json!([])));
    }
    if ["aeroType", "company", "masterAero", "moneyEntity"].contains(&kind) {
        defaults.push(("active", true.into()));
    }
    defaults
}
