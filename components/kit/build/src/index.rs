//! What a component's search looks up, made of its catalogue: see `outwit_search::Draft`.

use crate::contract::Contract;
use anyhow::{Context, Result};
use outwit_search::Draft;
use serde_json::{Value, json};

/// The index of what [`crate::catalogue::of`] gives, as bytes. It has all that phrases are for: they are taken out of the
/// catalogue.
pub fn of(contract: &Contract, catalogue: &mut Value) -> Result<Vec<u8>> {
    let vendor = &contract.resolve.worlds[contract.world].name;
    let mut operations = Vec::new();
    for (_, interface, function) in contract.operations()? {
        let interface = contract.resolve.interfaces[interface].name.as_deref().context("an interface has no name")?;
        let said = &mut catalogue["operations"][&*function.name];
        let phrases = said.as_object_mut().and_then(|said| said.remove("phrases")).unwrap_or_default();
        operations.push(json!({
            "id": format!("{vendor}.{}", function.name),
            "interface": interface,
            "summary": said["summary"],
            "description": said["description"],
            "input": said["input"],
            "output": said["output"],
            "phrases": phrases,
        }));
    }
    let catalogue = json!({ "vendor": vendor, "operations": operations, "$defs": catalogue["$defs"] });
    Ok(Draft::of(&catalogue).to_bytes())
}
