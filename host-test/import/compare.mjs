// What an imported vendor and a built-in one send for the same input: `compare DOCUMENT VENDOR`, in pairs.
//
// A built-in operation is called with inputs made from its types. What it sent is turned into an input of the imported
// operation that has the same method and route, and then both requests have to be the same.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { input } from "./input.mjs";
import { Server, printed, settings } from "./outwit.mjs";
import { Recorder } from "./prism.mjs";

const folder = mkdtempSync(join(tmpdir(), "outwit-compare-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const given = process.argv.slice(2);
if (given.length === 0 || given.length % 2 !== 0) {
  console.error("usage: cargo xtask import compare DOCUMENT VENDOR…");
  process.exit(2);
}
/** Compares a document's vendor with a built-in one; gives how many operations differ. */
async function compare(document, builtIn) {
  const plugins = mkdtempSync(join(folder, "plugins-"));
  const name = `imported-${builtIn}`;
  mkdirSync(plugins, { recursive: true });
  await printed(["import", document, "--name", name, "--out", join(plugins, `${name}.wasm`)]);
  const [ours, theirs] = [await side(builtIn), await side(name, plugins)];
  const known = new Map();
  for (const operation of ours.described.operations) {
    if (operation.route && !known.has(key(operation))) known.set(key(operation), operation);
  }
  const count = { same: 0, differ: 0, only: [] };
  for (const operation of theirs.described.operations) {
    const own = known.get(key(operation));
    if (!own) {
      count.only.push(operation.id);
      continue;
    }
    known.delete(key(operation));
    const found = await differencesOf(ours, own, theirs, operation);
    if (found.length === 0) count.same += 1;
    else count.differ += 1;
    for (const difference of found) console.log(`${own.id} and ${operation.id}: ${difference}`);
  }
  await Promise.all([ours, theirs].map(({ server, recorder }) => server.stop().then(() => recorder.stop())));
  console.log(`${builtIn}: ${count.same} operations send the same, ${count.differ} do not`);
  console.log(`  only imported: ${count.only.join(", ") || "none"}`);
  console.log(`  only built in: ${[...known.values()].map(({ id }) => id).join(", ") || "none"}`);
  return count.differ;
}

async function side(vendor, plugins) {
  const described = await printed([...(plugins ? ["--plugins", plugins] : []), "describe", vendor]);
  const recorder = new Recorder();
  const port = await recorder.start();
  const server = new Server(plugins, vendor, settings(described, `http://127.0.0.1:${port}`));
  await server.start();
  return { described, recorder, server };
}

/** Operations with the same method and route are the same, whatever their placeholders are called. */
function key({ method, route }) {
  return `${method} ${route.replace(/\{[^}]*\}/g, "{}")}`;
}

async function differencesOf(ours, own, theirs, operation) {
  const found = [];
  const described = await theirs.server.describe(operation);
  const ownDescribed = await ours.server.describe(own);
  const sent = new Set();
  const made = ["all", "some", "required"].map((fields) => input(ownDescribed, fields));
  for (const given of [ownDescribed.example ?? {}, ...made]) {
    const request = await requestOf(ours, own, given);
    // Some inputs contradict themselves.
    if (!request || sent.has(JSON.stringify(request))) continue;
    sent.add(JSON.stringify(request));
    const { input: same, missing } = inputOf(operation, described, request);
    found.push(...missing.map((name) => `the document has no ${name}`));
    const other = await requestOf(theirs, operation, same);
    if (!other) {
      found.push(`not sent: ${theirs.refusal} (${JSON.stringify(same)})`);
      continue;
    }
    for (const part of ["method", "path", "query", "body"]) {
      if (JSON.stringify(request[part]) !== JSON.stringify(other[part])) {
        found.push(`${part}: ${JSON.stringify(request[part])} is ${JSON.stringify(other[part])}`);
      }
    }
  }
  if (sent.size === 0) found.push("no input was sent");
  return [...new Set(found)];
}

/** What a call sends first, in an order that says nothing. */
async function requestOf(side, operation, given) {
  side.recorder.exchanges.length = 0;
  const { value } = await side.server.call(operation, given);
  const [exchange] = side.recorder.exchanges;
  side.refusal = value?.message;
  if (!exchange) return undefined;
  const url = new URL(exchange.url, "http://localhost");
  let body = exchange.body;
  if (exchange.headers["content-type"]?.includes("json")) body = sorted(JSON.parse(body || "null"));
  return { method: exchange.method, path: url.pathname, query: [...url.searchParams].sort(), body };
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/** The input of an operation that has to give this request, and what it has no field for. */
function inputOf({ route }, described, request) {
  const missing = [];
  const reader = new Reader(described.input?.$defs ?? {}, missing);
  const names = [...route.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  const pattern = route.split(/\{[^}]*\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("([^/]+)");
  const values = request.path.match(new RegExp(`^${pattern}$`))?.slice(1).map(decodeURIComponent) ?? [];
  const path = names.map((name, index) => [name, values[index]]).filter(([name]) => /^[a-z]/.test(name));
  const members = request.body !== null && typeof request.body === "object" ? Object.entries(request.body) : [];
  const made = reader.record(reader.resolved(described.input ?? {}), [...path, ...request.query, ...members]);
  return { input: made, missing };
}

class Reader {
  constructor(defs, missing) {
    Object.assign(this, { defs, missing });
  }

  resolved(schema) {
    const { $ref, ...beside } = schema;
    return $ref ? { ...this.resolved(this.defs[$ref.replace("#/$defs/", "")] ?? {}), ...beside } : schema;
  }

  record(schema, members) {
    const made = {};
    const properties = Object.keys(schema.properties ?? {});
    for (const [name, value] of members) {
      const free = properties.filter((property) => !(property in made));
      const ours = free.find((one) => letters(one) === letters(name)) ?? free.find((one) => one.replace(/-\d+$/, "") === name);
      if (ours) made[ours] = this.value(schema.properties[ours], value);
      else if (properties.includes("extra")) made.extra = { ...made.extra, [name]: value };
      else this.missing.push(name);
    }
    return made;
  }

  value(given, value) {
    const schema = this.resolved(given);
    if (schema.enum) return schema.enum.find((word) => letters(word) === letters(String(value))) ?? value;
    if (schema.type === "string") return typeof value === "string" ? value : JSON.stringify(value);
    if (schema.type === "integer" || schema.type === "number") return typeof value === "string" ? Number(value) : value;
    if (schema.type === "boolean" && typeof value === "string") return value === "true";
    if (schema.type === "array") {
      const items = Array.isArray(value) ? value : String(value).split(",");
      return items.map((item) => this.value(schema.items ?? {}, item));
    }
    if (schema.type === "object" && value !== null && typeof value === "object" && schema.properties) {
      return this.record(schema, Object.entries(value));
    }
    return value;
  }
}

function letters(name) {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

let differences = 0;
for (let at = 0; at < given.length; at += 2) differences += await compare(given[at], given[at + 1]);
process.exit(differences === 0 ? 0 : 1);
