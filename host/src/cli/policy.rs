//! `outwit policy`: what another host has to be told so that a component works there, and can do no more.

use super::Global;
use super::failure::Failure;
use super::mcp::listed;
use super::mock::quoted;
use super::tools::Tools;
use clap::ValueEnum;
use outwit::{Catalogue, Need, Needs, Rules, Settings};
use serde_json::Value;

#[derive(clap::Args)]
pub struct Arguments {
    /// Which vendor.
    vendor: String,
    /// For which host.
    #[arg(long, value_enum)]
    host: Runtime,
    /// Only what these operations need: effects, names or ids, with * for anything.
    #[arg(long, value_name = "PATTERN")]
    allow: Vec<String>,
    /// The address that requests go to instead of the vendor's: of a mock or a proxy.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Runtime {
    Wassette,
    Spin,
    Wash,
    Wasmtime,
    Jco,
}

/// Writes the policy. Settings that stand in the environment and are no secrets are filled in.
pub async fn policy(global: &Global, arguments: &Arguments) -> Result<String, Failure> {
    let tools = Tools::new(global)?;
    let plugin = tools.bare(&arguments.vendor).await?;
    let catalogue = plugin.catalogue();
    let mut settings = Settings::of_environment(catalogue)?;
    if let Some(url) = &arguments.base_url {
        settings.set(format!("{}_BASE_URL", catalogue.vendor.to_ascii_uppercase()), url);
    }
    let rules = Rules { allow: listed(&arguments.allow), grant: Some(global.grant.into()), ..Rules::default() };
    let needs = Needs::of(catalogue, &settings, &rules)?;
    Ok(match arguments.host {
        Runtime::Wassette => wassette(catalogue, &needs),
        Runtime::Spin => spin(catalogue, &needs),
        Runtime::Wash => wash(catalogue, &needs),
        Runtime::Wasmtime => wasmtime(catalogue, &needs),
        Runtime::Jco => jco(catalogue, &needs),
    })
}

/// A text as JSON writes it, which YAML, TOML and JavaScript read as well.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

/// Who needs a variable, where not all operations do; with the mark of a comment.
fn who(need: &Need, mark: &str) -> String {
    match need.operations.as_slice() {
        [] => String::new(),
        [one] => format!("  {mark} for {one}"),
        [one, two] => format!("  {mark} for {one} and {two}"),
        [one, rest @ ..] => format!("  {mark} for {one} and {} others", rest.len()),
    }
}

/// A value to be filled in, where it is not known.
fn value(need: &Need) -> String {
    text(need.value.as_deref().unwrap_or("…"))
}

fn wassette(catalogue: &Catalogue, needs: &Needs) -> String {
    let mut out = format!(
        "# The values: wassette secret set {0} NAME=VALUE\n\
         version: \"1.0\"\ndescription: {1}\npermissions:\n  network:\n    allow:\n      - host: {2}\n  environment:\n    allow:\n",
        catalogue.vendor,
        text(&catalogue.summary),
        text(&needs.host),
    );
    for need in &needs.environment {
        out.push_str(&format!("      - key: {}{}\n", text(&need.setting.name), who(need, "#")));
    }
    out + &format!("  resources:\n    limits:\n      memory: \"{}Mi\"\n", needs.memory >> 20)
}

fn spin(catalogue: &Catalogue, needs: &Needs) -> String {
    let names = needs.environment.iter().filter(|need| need.value.is_none());
    let given: String = names.map(|need| format!(" --env {}=…", need.setting.name)).collect();
    let vendor = &catalogue.vendor;
    let mut out = format!(
        "# Of the component that calls {vendor}, here app. Run it with: spin up --max-instance-memory {}{given}\n\
         [component.app]\nallowed_outbound_hosts = [{}]\n\n\
         [component.app.dependencies]\n\
         \"outwit:{vendor}\" = {{ path = \"{vendor}.wasm\", \
         inherit_configuration = [\"allowed_outbound_hosts\", \"environment\"] }}\n",
        needs.memory,
        text(&needs.origin()),
    );
    let known: Vec<&Need> = needs.environment.iter().filter(|need| need.value.is_some()).collect();
    if !known.is_empty() {
        out.push_str("\n[component.app.environment]\n");
    }
    for need in known {
        out.push_str(&format!("{} = {}{}\n", need.setting.name, value(need), who(need, "#")));
    }
    out
}

fn wash(catalogue: &Catalogue, needs: &Needs) -> String {
    let mut out = format!(
        "# .wash/config.yaml, of an application that {} is composed into. wash has no limit for the memory of one.\n\
         workload:\n  allowedHosts:\n    - {}\n  environment:\n    config:\n",
        catalogue.vendor,
        text(&needs.host),
    );
    for need in &needs.environment {
        out.push_str(&format!("      {}: {}{}\n", need.setting.name, value(need), who(need, "#")));
    }
    out
}

/// The values that are not known come from the environment of the command, where no list of processes shows them.
fn wasmtime(catalogue: &Catalogue, needs: &Needs) -> String {
    let mut out = format!(
        "# wasmtime cannot bound whom {} talks to, which is {}; a proxy or a firewall can.\n\
         wasmtime run -S http -W max-memory-size={}",
        catalogue.vendor,
        needs.origin(),
        needs.memory,
    );
    for need in &needs.environment {
        let value = need.value.as_ref().map_or_else(String::new, |value| format!("={value}"));
        out.push_str(&format!(" \\\n  --env {}", quoted(&format!("{}{value}", need.setting.name))));
    }
    let call = match &catalogue.check {
        Some(check) => format!("call({}, {})", text(&check.operation), text(&check.input)),
        None => "describe()".to_owned(),
    };
    out + &format!(" \\\n  --invoke {} {}.wasm\n", quoted(&call), catalogue.vendor)
}

fn jco(catalogue: &Catalogue, needs: &Needs) -> String {
    let names: Vec<String> = needs.environment.iter().map(|need| text(&need.setting.name)).collect();
    let known = needs
        .environment
        .iter()
        .filter_map(|need| Some((need.setting.name.clone(), Value::from(&**need.value.as_ref()?))));
    let known: serde_json::Map<String, Value> = known.collect();
    format!(
        r#"// What {vendor} may have in Node: jco transpile {vendor}.wasm --instantiation async -o {vendor}
// then: import {{ instantiate }} from "./{vendor}/{vendor}.js"; const {vendor} = await instantiate(undefined, imports);
// Its memory, {memory} MiB at most elsewhere, is bounded by Node as a whole: node --max-old-space-size.
import {{ WASIShim }} from "@bytecodealliance/preview2-shim/instantiation";

const origin = {origin};
const names = [{names}];
const known = {known};

const env = Object.fromEntries(names.map((name) => [name, known[name] ?? process.env[name]]));
const missing = names.filter((name) => env[name] === undefined);
if (missing.length > 0) throw new Error(`not set: ${{missing.join(", ")}}`);

export const imports = new WASIShim({{ sandbox: {{ env, args: [], preopens: {{}} }} }}).getImportObject();
const {{ handle }} = imports["wasi:http/outgoing-handler"];
imports["wasi:http/outgoing-handler"] = {{
  handle(request, options) {{
    const to = `${{request.scheme().tag.toLowerCase()}}://${{request.authority()}}`;
    // A star stands for one label.
    const parts = origin.split("*").map((part) => part.replace(/[.[\]]/g, "\\$&"));
    if (!new RegExp(`^${{parts.join("[a-z0-9-]+")}}$`, "i").test(to)) throw {{ tag: "HTTP-request-denied" }};
    return handle(request, options);
  }},
}};
"#,
        vendor = catalogue.vendor,
        memory = needs.memory >> 20,
        origin = text(&needs.origin()),
        names = names.join(", "),
        known = Value::Object(known),
    )
}
