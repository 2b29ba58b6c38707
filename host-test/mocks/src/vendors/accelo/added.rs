//! Timers, files, and the fields that an account adds to its records: profile fields by kind, custom fields (extensions) by type.

use super::fields::{Fields, project};
use super::grants::{ACTING_STAFF, Token};
use super::lists;
use super::reply::{Failure, Outcome, forbidden, invalid};
use super::request::Call;
use super::store::{Record, set, text};
use super::tables::{Kind, kind};
use super::{MISSING, World, find};

/// What a service application may not see: timers are a user's. Which error tells it is inferred.
pub fn refuse_service(token: &Token) -> Result<(), Failure> {
    if token.service { Err(forbidden("Timers are not available to service applications.")) } else { Ok(()) }
}

pub fn create_timer(world: &mut World, call: &Call) -> Result<u64, Failure> {
    call.required("subject")?;
    let mut record = Record::new();
    for (name, value) in [("seconds", "0"), ("status", "stopped"), ("staff_id", ACTING_STAFF), ("staff", ACTING_STAFF)]
    {
        set(&mut record, name, value);
    }
    change_timer(world, call, &mut record)?;
    let id = world.store.new_id("timer");
    if call.switch("auto_start") {
        run(world, &mut record);
    }
    world.store.put("timer", id, record);
    Ok(id)
}

pub fn update_timer(world: &mut World, call: &Call, id: u64, mut record: Record) -> Result<(), Failure> {
    if call.text("seconds").is_some() && text(&record, "status") == "running" {
        return Err(invalid("The seconds of a timer that runs cannot be changed."));
    }
    change_timer(world, call, &mut record)?;
    world.store.put("timer", id, record);
    Ok(())
}

fn change_timer(world: &World, call: &Call, record: &mut Record) -> Result<(), Failure> {
    super::people::texts(call, &["subject", "seconds", "against_type", "against_id"], record);
    let of = kind(text(record, "against_type"));
    if let Some(of) = of {
        let (_, against) = find(world, of, text(record, "against_id"))?;
        let title = text(&against, "title").to_owned();
        set(record, "against_title", &title);
    }
    Ok(())
}

/// One timer runs at a time.
fn run(world: &mut World, record: &mut Record) {
    let running: Vec<Record> =
        world.store.all("timer").filter(|timer| text(timer, "status") == "running").cloned().collect();
    for mut timer in running {
        set(&mut timer, "status", "stopped");
        if let Ok(id) = text(&timer, "id").parse() {
            world.store.put("timer", id, timer);
        }
    }
    set(record, "status", "running");
}

pub fn move_timer(world: &mut World, id: u64, mut record: Record, word: &str) -> Result<(), Failure> {
    match word {
        "start" => run(world, &mut record),
        "pause" => set(&mut record, "status", "stopped"),
        _ => return Err(invalid(MISSING)),
    }
    world.store.put("timer", id, record);
    Ok(())
}

/// The kinds of fields, by the word of their path: fields and values.
fn family(word: &str) -> Option<(&'static Kind, &'static Kind)> {
    match word {
        "profiles" => Some((kind("profile_field")?, kind("profile_value")?)),
        "extensions" => Some((kind("extension_field")?, kind("extension_value")?)),
        _ => None,
    }
}

pub fn fields(world: &World, of: &Kind, word: &str, call: &Call) -> Outcome {
    let (fields, _) = family(word).ok_or_else(|| invalid(MISSING))?;
    lists::list_of(world, fields, call, |field| text(field, "link_type") == of.name).map(Some)
}

pub fn values(world: &World, of: &Kind, id: &str, word: &str, call: &Call) -> Outcome {
    let (_, values) = family(word).ok_or_else(|| invalid(MISSING))?;
    find(world, of, id)?;
    lists::list_of(world, values, call, |value| is_on(value, of, id)).map(Some)
}

fn is_on(value: &Record, of: &Kind, id: &str) -> bool {
    text(value, "link_type") == of.name && text(value, "link_id") == id
}

/// Changes a value, or gives a field its first one.
pub fn write(world: &mut World, of: &Kind, [id, word, what, number]: [&str; 4], call: &Call) -> Outcome {
    let (fields, values) = family(word).ok_or_else(|| invalid(MISSING))?;
    find(world, of, id)?;
    let (value_id, mut record) = if what == "values" {
        let (value_id, record) = find(world, values, number)?;
        if !is_on(&record, of, id) {
            return Err(invalid(MISSING));
        }
        (value_id, record)
    } else {
        let (_, field) = find(world, fields, number)?;
        if text(&field, "link_type") != of.name {
            return Err(invalid(MISSING));
        }
        if world.store.all(values.name).any(|value| is_on(value, of, id) && text(value, "field_id") == number) {
            return Err(invalid("The field has a value."));
        }
        let mut record = Record::new();
        for name in ["field_name", "field_type", "link_type"] {
            set(&mut record, name, text(&field, name));
        }
        set(&mut record, "field_id", number);
        set(&mut record, "link_id", id);
        (world.store.new_id(values.name), record)
    };
    // The name by which a value is sent tells its type.
    let name = match text(&record, "field_type") {
        "integer" => "value_int",
        "date" | "date_time" => "value_date",
        "lookup" => "value_id",
        _ => "value",
    };
    let given = call.required(name)?;
    if name == "value_id" {
        let of = call.required("value_type")?;
        set(&mut record, "value_type", &of);
    }
    set(&mut record, "value", &given);
    set(&mut record, "modified_by", ACTING_STAFF);
    set(&mut record, "date_modified", &world.now().to_string());
    world.store.put(values.name, value_id, record);
    let (_, record) = find(world, values, &value_id.to_string())?;
    let shown = Fields::of(call, values, world.switches.strict)?;
    Ok(Some(project(&world.store, values, &record, &shown, call.switch("_hide_defaults"))))
}

/// The collections of files on a record, in the member that a client saw them in.
pub fn collections(world: &World, of: &Kind, id: &str, call: &Call) -> Outcome {
    find(world, of, id)?;
    let collection = kind("collection").ok_or_else(|| invalid(MISSING))?;
    let all = lists::list_of(world, collection, call, |one| {
        text(one, "against_type") == of.name && text(one, "against_id") == id
    })?;
    Ok(super::work::wrapped(Some(all), Some("collections")))
}
