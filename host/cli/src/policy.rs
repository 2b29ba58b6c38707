//! `outwit policy`: what another host has to be told so that a component works there, and can do no more.

use super::Global;
use super::failure::{Failure, usage};
use super::mcp::listed;
use super::mock::quoted;
use super::setup::{self, Tools};
use clap::ValueEnum;
use outwit::{Catalogue, Origin, Plugin, Requirement, Requirements, Rules, Setting, Settings};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(clap::Args)]
pub struct Arguments {
    /// A vendor, or a file from `outwit compose`, whose policy includes the gateway's settings.
    #[arg(value_name = "VENDOR | FILE")]
    what: String,
    /// The host.
    #[arg(long, value_enum)]
    host: Runtime,
    /// Include the needs of these operations only: effects, or names and ids with *
    #[arg(long, value_name = "PATTERN")]
    allow: Vec<String>,
    /// Base URL instead of the vendor's, such as a mock's or a proxy's.
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
    let rules = Rules { allow: listed(&arguments.allow), grant: Some(global.grant.into()), ..Rules::default() };
    let file = Path::new(&arguments.what);
    if file.extension().is_some_and(|end| end == "wasm") {
        return composed(global, arguments, file, &rules).await;
    }
    let tools = Tools::new(global)?;
    let plugin = tools.bare(&arguments.what).await?;
    let catalogue = plugin.catalogue();
    let needs = Requirements::of(catalogue, &settings(catalogue, arguments)?, &rules)?;
    Ok(match arguments.host {
        Runtime::Wassette => wassette(catalogue, &needs),
        Runtime::Spin => spin(catalogue, &needs),
        Runtime::Wash => {
            let vendor = &catalogue.vendor;
            let file = format!("{vendor}-app.wasm");
            let made = format!("outwit compose {vendor} -o {file}");
            wash(&made, &file, &hosts(&needs.origins), &needs.environment)
        }
        Runtime::Wasmtime => wasmtime(catalogue, &needs),
        Runtime::Jco => jco(catalogue, &needs),
    })
}

fn settings(catalogue: &Catalogue, arguments: &Arguments) -> Result<Settings, Failure> {
    let mut settings = Settings::of_environment(catalogue)?;
    if let Some(url) = &arguments.base_url {
        settings.set(outwit::base_setting(&catalogue.vendor), url);
    }
    Ok(settings)
}

/// For a file that answers HTTP with the operations of several vendors.
async fn composed(global: &Global, arguments: &Arguments, file: &Path, rules: &Rules) -> Result<String, Failure> {
    let app = setup::composed(global, file).await?;
    let tools = Tools::new(global)?;
    let mut all = Vec::new();
    for offered in app.catalogues() {
        // The vendor's own catalogue tells more than the gateway, which offers nothing that gives or takes a credential.
        let plugin = tools.bare(&offered.vendor).await.ok();
        let catalogue = plugin.as_ref().map_or(offered, Plugin::catalogue);
        let secret =
            catalogue.operations.iter().filter(|operation| operation.secret).map(|operation| operation.id.clone());
        let rules = Rules { deny: secret.collect(), ..rules.clone() };
        all.push(Requirements::of(catalogue, &settings(catalogue, arguments)?, &rules)?);
    }
    let memory = all.iter().map(|needs| needs.memory).max().unwrap_or_default();
    let origins: BTreeSet<Origin> = all.iter().flat_map(|needs| needs.origins.iter().cloned()).collect();
    let origins: Vec<Origin> = origins.into_iter().collect();
    let mut environment = vec![of_gateway(TOKEN, "What clients have to bring.", true)];
    for (name, description) in [(OPEN, "Lets everybody in."), (ORIGINS, "The sites whose pages may ask.")] {
        if std::env::var_os(name).is_some() {
            environment.push(of_gateway(name, description, false));
        }
    }
    for need in all.iter().flat_map(|needs| &needs.environment) {
        if !environment.iter().any(|known| known.setting.name == need.setting.name) {
            environment.push(need.clone());
        }
    }
    let file = file.display().to_string();
    Ok(match arguments.host {
        Runtime::Wassette => {
            let message = "Wassette makes tools of functions, and a composed file answers HTTP: ask for a vendor";
            return Err(usage(message.to_owned()));
        }
        Runtime::Spin => spin_app(&file, &origins, &environment, memory),
        Runtime::Wash => wash(&format!("{file} is from outwit compose"), &file, &hosts(&origins), &environment),
        Runtime::Wasmtime => wasmtime_serve(&file, &origins, &environment, memory, all.len()),
        Runtime::Jco => jco_serve(&file, &environment),
    })
}

/// What the gateway of a composed file reads.
const TOKEN: &str = "OUTWIT_GATEWAY_TOKEN";
const OPEN: &str = "OUTWIT_GATEWAY_OPEN";
const ORIGINS: &str = "OUTWIT_GATEWAY_ORIGINS";

fn of_gateway(name: &str, description: &str, secret: bool) -> Requirement {
    let (name, description) = (name.to_owned(), description.to_owned());
    let value = std::env::var(&name).ok().filter(|_| !secret);
    Requirement {
        setting: Setting { name, description, required: true, secret, default: None },
        value,
        operations: Vec::new(),
        optional: false,
    }
}

/// Whether nothing works without it: of the others, each operation says what it needs.
fn is_required(need: &Requirement) -> bool {
    !need.optional && (need.setting.required || need.operations.is_empty())
}

/// A text as JSON writes it, which YAML, TOML and JavaScript read as well.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

/// The hosts of some addresses, each once.
fn hosts(origins: &[Origin]) -> BTreeSet<&str> {
    origins.iter().map(|origin| &*origin.host).collect()
}

/// Addresses as the items of a list of TOML or JavaScript.
fn items(origins: &[Origin]) -> String {
    origins.iter().map(|origin| text(&origin.to_string())).collect::<Vec<_>>().join(", ")
}

/// Addresses in a sentence.
fn in_words(origins: &[Origin]) -> String {
    origins.iter().map(Origin::to_string).collect::<Vec<_>>().join(" and ")
}

/// Who needs a variable, where not all operations do; with the mark of a comment.
fn who(need: &Requirement, mark: &str) -> String {
    match need.operations.as_slice() {
        [] => String::new(),
        [one] => format!("  {mark} for {one}"),
        [one, two] => format!("  {mark} for {one} and {two}"),
        [one, rest @ ..] => format!("  {mark} for {one} and {} others", rest.len()),
    }
}

/// A value to be filled in, where it is not known.
fn value(need: &Requirement) -> String {
    text(need.value.as_deref().unwrap_or("…"))
}

fn wassette(catalogue: &Catalogue, needs: &Requirements) -> String {
    let mut out = format!(
        "# {0}-tools.policy.yaml: it lies beside {0}-tools.wasm, in Wassette's folder of components (--component-dir).\n\
         # Wassette calls a component as its file is called. The values: wassette secret set {0}-tools NAME=VALUE\n\
         version: \"1.0\"\ndescription: {1}\npermissions:\n  network:\n    allow:\n",
        catalogue.vendor,
        text(&catalogue.summary),
    );
    for host in hosts(&needs.origins) {
        out.push_str(&format!("      - host: {}\n", text(host)));
    }
    out.push_str("  environment:\n    allow:\n");
    for need in &needs.environment {
        out.push_str(&format!("      - key: {}{}\n", text(&need.setting.name), who(need, "#")));
    }
    out + &format!("  resources:\n    limits:\n      memory: \"{}Mi\"\n", needs.memory >> 20)
}

/// The options of a command that give what is not known; in brackets what some operations need alone.
fn to_fill_in(environment: &[Requirement]) -> String {
    let unknown = environment.iter().filter(|need| need.value.is_none());
    let option = |need: &Requirement| {
        let option = format!("--env {}=…", need.setting.name);
        if is_required(need) { format!(" {option}") } else { format!(" [{option}]") }
    };
    unknown.map(option).collect()
}

fn spin(catalogue: &Catalogue, needs: &Requirements) -> String {
    let given = to_fill_in(&needs.environment);
    let vendor = &catalogue.vendor;
    let mut out = format!(
        "# Of the component that calls {vendor}, here app. Run it with: spin up --max-instance-memory {}{given}\n\
         [component.app]\nallowed_outbound_hosts = [{}]\n\n\
         [component.app.dependencies]\n\
         \"outwit:{vendor}\" = {{ path = \"{vendor}.wasm\", \
         inherit_configuration = [\"allowed_outbound_hosts\", \"environment\"] }}\n",
        needs.memory,
        items(&needs.origins),
    );
    let known: Vec<&Requirement> = needs.environment.iter().filter(|need| need.value.is_some()).collect();
    if !known.is_empty() {
        out.push_str("\n[component.app.environment]\n");
    }
    for need in known {
        out.push_str(&format!("{} = {}{}\n", need.setting.name, value(need), who(need, "#")));
    }
    out
}

/// The manifest of an application that is a composed file alone.
fn spin_app(file: &str, origins: &[Origin], environment: &[Requirement], memory: usize) -> String {
    let secret = to_fill_in(environment);
    let mut out = format!(
        "# spin.toml. Run it with: spin up --max-instance-memory {memory}{secret}\n\
         spin_manifest_version = 2\n\n[application]\nname = \"outwit\"\nversion = \"0.1.0\"\n\n\
         [[trigger.http]]\nroute = \"/...\"\ncomponent = \"outwit\"\n\n\
         [component.outwit]\nsource = {}\nallowed_outbound_hosts = [{}]\n",
        text(file),
        items(origins),
    );
    let known: Vec<&Requirement> = environment.iter().filter(|need| need.value.is_some()).collect();
    if !known.is_empty() {
        out.push_str("\n[component.outwit.environment]\n");
    }
    known.iter().for_each(|need| out.push_str(&format!("{} = {}{}\n", need.setting.name, value(need), who(need, "#"))));
    out
}

fn wash(made: &str, file: &str, hosts: &BTreeSet<&str>, environment: &[Requirement]) -> String {
    let mut out = format!(
        "# .wash/config.yaml, for `wash dev`: {made}. wash has no limit for the memory of one.\n\
         build:\n  command: \"true\"\n  component_path: {}\ndev:\n  address: \"127.0.0.1:8000\"\nworkload:\n  allowedHosts:\n",
        text(file),
    );
    hosts.iter().for_each(|host| out.push_str(&format!("    - {}\n", text(host))));
    out.push_str("  environment:\n    config:\n");
    for need in environment {
        // What some operations need alone stands there to be taken in.
        let mark = if need.value.is_none() && !is_required(need) { "# " } else { "" };
        out.push_str(&format!("      {mark}{}: {}{}\n", need.setting.name, value(need), who(need, "#")));
    }
    out
}

/// How many requests wasmtime has room for at once: each takes seven of its 1,000 core instances for each vendor of the file.
fn concurrent_requests(vendors: usize) -> usize {
    (1000 / (7 * vendors.max(1))).clamp(1, 32)
}

/// As [`wasmtime`], for a composed file.
fn wasmtime_serve(
    file: &str,
    origins: &[Origin],
    environment: &[Requirement],
    memory: usize,
    vendors: usize,
) -> String {
    let requests = concurrent_requests(vendors);
    let mut out = format!(
        "# wasmtime cannot limit whom the vendors' components talk to, which is {}; a proxy or a firewall can.\n\
         # Variables without a value come from the environment of the command; what is not set there is left out.\n\
         # Where more requests come at once than there is room for, they wait.\n\
         wasmtime serve -S cli --addr 127.0.0.1:8080 --max-concurrent-requests {requests} -W max-memory-size={memory}",
        in_words(origins),
    );
    out.push_str(&of_wasmtime(environment));
    out + &format!(" \\\n  {}\n", quoted(file))
}

fn of_wasmtime(environment: &[Requirement]) -> String {
    let given = environment.iter().map(|need| {
        let value = need.value.as_ref().map_or_else(String::new, |value| format!("={value}"));
        format!(" \\\n  --env {}", quoted(&format!("{}{value}", need.setting.name)))
    });
    given.collect()
}

/// `jco serve` bounds nothing: what a component is not given, it must not find.
fn jco_serve(file: &str, environment: &[Requirement]) -> String {
    let mut out = "# jco serve gives a component the whole network, and the environment that it has itself: here no more than it needs.\n\
                   env -i PATH=\"$PATH\" HOME=\"$HOME\""
        .to_owned();
    for need in environment {
        let name = &need.setting.name;
        out.push_str(&match &need.value {
            Some(value) => format!(" \\\n  {name}={}", quoted(value)),
            None if is_required(need) => format!(" \\\n  {name}=\"${name}\""),
            // Where it is not set, it is left out.
            None => format!(" \\\n  ${{{name}+{name}=\"${name}\"}}"),
        });
    }
    out + &format!(" \\\n  jco serve --port 8080 {}\n", quoted(file))
}

/// The values that are not known come from the environment of the command, where no list of processes shows them.
fn wasmtime(catalogue: &Catalogue, needs: &Requirements) -> String {
    let mut out = format!(
        "# wasmtime cannot limit whom {} talks to, which is {}; a proxy or a firewall can.\n\
         wasmtime run -S http -W max-memory-size={}",
        catalogue.vendor,
        in_words(&needs.origins),
        needs.memory,
    );
    out.push_str(&of_wasmtime(&needs.environment));
    let call = match &catalogue.check {
        Some(check) => format!("call({}, {})", text(&check.operation), text(&check.input)),
        None => "describe()".to_owned(),
    };
    out + &format!(" \\\n  --invoke {} {}.wasm\n", quoted(&call), catalogue.vendor)
}

fn jco(catalogue: &Catalogue, needs: &Requirements) -> String {
    let names = |which: fn(&Requirement) -> bool| {
        let names = needs.environment.iter().filter(|need| which(need)).map(|need| text(&need.setting.name));
        names.collect::<Vec<String>>().join(", ")
    };
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

const origins = [{origins}];
const names = [{names}];
// Without these nothing works; without the others, some operations say what they need.
const needed = [{needed}];
const known = {known};

const given = names.map((name) => [name, known[name] ?? process.env[name]]);
const env = Object.fromEntries(given.filter(([, value]) => value !== undefined));
const missing = needed.filter((name) => env[name] === undefined);
if (missing.length > 0) throw new Error(`not set: ${{missing.join(", ")}}`);

export const imports = new WASIShim({{ sandbox: {{ env, args: [], preopens: {{}} }} }}).getImportObject();
const {{ handle }} = imports["wasi:http/outgoing-handler"];
imports["wasi:http/outgoing-handler"] = {{
  handle(request, options) {{
    const to = `${{request.scheme().tag.toLowerCase()}}://${{request.authority()}}`;
    // A star stands for one label.
    const allows = (origin) => {{
      const parts = origin.split("*").map((part) => part.replace(/[.[\]]/g, "\\$&"));
      return new RegExp(`^${{parts.join("[a-z0-9-]+")}}$`, "i").test(to);
    }};
    if (!origins.some(allows)) throw {{ tag: "HTTP-request-denied" }};
    return handle(request, options);
  }},
}};
"#,
        vendor = catalogue.vendor,
        memory = needs.memory >> 20,
        origins = items(&needs.origins),
        names = names(|_| true),
        needed = names(is_required),
        known = Value::Object(known),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted with wasmtime 49, by the least `-O pooling-total-core-instances` that answers: 7, 21, 28 and 42 for files of one, three,
    /// four and six vendors.
    #[test]
    fn wasmtime_has_room_for_the_requests_that_it_lets_in() {
        for (vendors, instances) in [(1, 7), (3, 21), (4, 28), (6, 42)] {
            let requests = concurrent_requests(vendors);
            assert!(requests * instances <= 1000 && requests >= 20, "{vendors}: {requests}");
        }
        assert_eq!(concurrent_requests(1000), 1);
    }
}
