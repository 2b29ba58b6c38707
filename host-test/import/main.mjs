// Imports documents and calls what was imported, against Prism.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { input } from "./input.mjs";
import { Server, printed, settings } from "./outwit.mjs";
import { Prism, Recorder, folded, freePort, read } from "./prism.mjs";

const HELP = `cargo xtask import [OPTION]… [DOCUMENT]…

  --fields WHICH   which fields inputs have: required, some (default: optional ones at the top, too), all
  --only PATTERN   call only operations whose id matches the regular expression
  --json           a line of JSON for each operation, instead of the table
  --verbose        also show what Prism got
  --at-least N     fail where fewer than N per cent of all operations were accepted and read [default: 100 without documents]
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fields: { type: "string", default: "some" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    "at-least": { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const own = join(dirname(fileURLToPath(import.meta.url)), "documents");
const documents = positionals.length > 0 ? positionals : readdirSync(own).sort().map((name) => join(own, name));
const atLeast = Number(options["at-least"] ?? (positionals.length > 0 ? 0 : 100));

const folder = mkdtempSync(join(tmpdir(), "outwit-import-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const rows = [];
for (const [index, document] of documents.entries()) {
  const place = join(folder, String(index));
  mkdirSync(place);
  let row;
  try {
    row = await run(document, place);
  } catch (error) {
    row = { document: named(document), failure: error.message, calls: [] };
  }
  rows.push(row);
  if (options.json) row.calls.forEach((call) => console.log(JSON.stringify(call)));
}
const isEnough = show(rows);
process.exit(isEnough ? 0 : 1);

/** What the table calls a document, which may be one of many `openapi.json`. */
function named(file) {
  const parts = file.split(sep);
  return /^(openapi|swagger)\./.test(parts.at(-1)) ? parts.slice(-4, -1).join("/") : parts.at(-1);
}

/** Imports a document, and calls each operation. */
async function run(file, place) {
  const name = named(file);
  // The program tells the vendor's name, which the component's file has to have.
  const imported = await printed(["import", file, "--out", join(place, "component.wasm")]);
  const { vendor } = imported;
  const plugins = join(place, "plugins");
  mkdirSync(plugins);
  await printed(["import", file, "--name", vendor, "--out", join(plugins, `${vendor}.wasm`)]);
  const described = await printed(["--plugins", plugins, "describe", vendor]);
  const { document, prefix } = folded(read(file));
  const [prism, recorder] = [new Prism(), new Recorder()];
  const port = await freePort();
  const row = { document: name, vendor, operations: imported.operations, imported: imported.imported, calls: [] };
  let server;
  try {
    await prism.start(document, place, port);
    const address = `http://127.0.0.1:${await recorder.start(port)}${prefix}`;
    server = new Server(plugins, vendor, settings(described, address));
    await server.start();
    // What the host needs for OAuth is not the document's.
    const { authorize, exchange } = described.oauth ?? {};
    for (const operation of described.operations.filter(({ id }) => ![authorize, exchange].includes(id))) {
      if (options.only && !new RegExp(options.only).test(operation.id)) continue;
      row.calls.push({ document: name, ...(await call(server, recorder, operation)) });
    }
  } finally {
    await server?.stop();
    await recorder.stop();
    await prism.stop();
  }
  return row;
}

/** Calls an operation; gives what became of it. */
async function call(server, recorder, operation) {
  recorder.exchanges.length = 0;
  const given = input(await server.describe(operation), options.fields);
  const { isError, value } = await server.call(operation, given);
  const exchange = recorder.exchanges.at(-1);
  const line = { operation: operation.id, route: `${operation.method} ${operation.route}`, input: given };
  if (!exchange) return { ...line, accepted: false, read: false, reason: `not sent: ${value.kind}`, details: value.message };
  const { status, answer } = exchange;
  const problem = problemOf(exchange);
  Object.assign(line, {
    request: { method: exchange.method, url: exchange.url, headers: exchange.headers, body: exchange.body },
    status,
    accepted: problem === null,
    read: !isError,
    isRandom: exchange.isRandom ?? false,
  });
  if (problem) return { ...line, reason: problem.reason, details: problem.details };
  if (isError) {
    const violations = exchange.violations.response.slice(0, 5);
    return { ...line, reason: `not read: ${value.kind}`, details: value.message, violations, answer: answer.slice(0, 2000) };
  }
  return line;
}

/** Why Prism refused, if it did. */
function problemOf({ status, type, answer, violations }) {
  if (status === undefined) return { reason: "no answer in time" };
  if (status < 400) {
    const { request } = violations;
    return request.length > 0 ? { reason: "UNPROCESSABLE_ENTITY", details: request.join("; ") } : null;
  }
  if (!type.includes("problem+json")) return { reason: `status ${status}`, details: answer.slice(0, 500) };
  const problem = JSON.parse(answer);
  const kind = problem.type.split("#")[1] ?? problem.type;
  const details = (problem.validation ?? []).map(({ location, message }) => `${(location ?? []).join(".")}: ${message}`);
  return { reason: kind, details: details.join("; ") || problem.detail };
}

/** Prints the table and what was refused; gives whether enough was accepted. */
function show(rows) {
  const print = options.json ? console.error : console.log;
  const all = { document: "all", operations: 0, imported: 0, calls: [] };
  for (const row of rows) {
    all.operations += row.operations ?? 0;
    all.imported += row.imported ?? 0;
    all.calls.push(...row.calls);
  }
  const count = (calls, fits) => calls.filter(fits).length;
  print("document".padEnd(44), ["ops", "imported", "called", "accepted", "read"].map((name) => name.padStart(8)).join(" "));
  for (const { document, operations, imported, calls, failure } of [...rows, all]) {
    const figures = [operations, imported, calls.length, count(calls, (c) => c.accepted), count(calls, (c) => c.accepted && c.read)];
    print(document.slice(0, 44).padEnd(44), figures.map((figure) => String(figure ?? "-").padStart(8)).join(" "), failure ?? "");
  }
  const reasons = new Map();
  for (const { reason } of all.calls) if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const [reason, times] of [...reasons].sort((a, b) => b[1] - a[1])) print(`${String(times).padStart(6)} ${reason}`);
  if (!options.json) {
    for (const { document, operation, reason, details, request, input } of all.calls.filter(({ reason }) => reason)) {
      print(`${document} ${operation}: ${reason}: ${details}`);
      if (options.verbose) print(`    ${JSON.stringify(input)}\n    ${JSON.stringify(request)}`);
    }
  }
  const random = count(all.calls, (call) => call.accepted && call.isRandom);
  if (random > 0) print(`${random} answers were made of schemas alone, since Prism's first one was against the document`);
  const good = count(all.calls, (call) => call.accepted && call.read);
  const share = all.calls.length === 0 ? 0 : (100 * good) / all.calls.length;
  print(`${good} of ${all.calls.length} calls were accepted and read: ${share.toFixed(1)} %`);
  return share >= atLeast && rows.every((row) => !row.failure);
}
