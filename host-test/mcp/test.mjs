// `outwit mcp` with the official client, in every way that the two can talk: on pipes and over HTTP, with the current
// protocol and as a client of the older ones. The vendors are mocks.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { at, filled } from "../edge/tour.mjs";
import { mock, outwit, served } from "./program.mjs";

const CURRENT = "2026-07-28";
const LEGACY = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/** A client of a server that is started for it. `context.after` ends both. */
async function connected(context, { over = "stdio", version = CURRENT, args = ["--mock"], env = {}, answer } = {}) {
  const capabilities = answer ? { elicitation: {} } : {};
  const modern = version === CURRENT;
  const versions = modern ? {} : { supportedProtocolVersions: [version] };
  const mode = modern ? { pin: version } : "legacy";
  const who = { name: "outwit-test", version: "1" };
  const client = new Client(who, { capabilities, ...versions, versionNegotiation: { mode } });
  if (answer) client.setRequestHandler("elicitation/create", answer);
  if (over === "http") {
    const { url, stop } = await served(args, env);
    context.after(stop);
    await client.connect(new StreamableHTTPClientTransport(url));
  } else {
    const command = { command: outwit, args: ["mcp", ...args], env: { ...process.env, ...env } };
    await client.connect(new StdioClientTransport(command));
  }
  context.after(() => client.close());
  assert.equal(client.getNegotiatedProtocolVersion(), version);
  return client;
}

/** What a tool gives; where it fails, the error. */
async function given(client, name, args, options) {
  const result = await client.callTool({ name, arguments: args }, options);
  // Structured content came with the protocol of 2025-06-18.
  const structured = client.getNegotiatedProtocolVersion() >= "2025-06-18";
  assert.deepEqual(structured ? JSON.parse(result.content[0].text) : undefined, result.structuredContent);
  return result;
}

async function done(client, name, args, options) {
  const result = await given(client, name, args, options);
  assert.notEqual(result.isError, true, result.content[0].text);
  return JSON.parse(result.content[0].text);
}

/**
 * A reader of schemas. JSON Schema lets readers pass over a format that they do not know; this one has to be told of it. Both are in
 * OpenAPI's registry of formats.
 */
function reader(options = {}) {
  const formats = { "unix-time": true, decimal: /^-?(0|[1-9][0-9]*)([.][0-9]+)?$/ };
  return addFormats(new Ajv2020({ ...options, formats }));
}

/** Finds an operation by an intent, reads about it, calls it: what an agent does, in three calls. */
async function perform(client, intent, expected, input) {
  const { operations } = await done(client, "search-operations", { intent });
  const found = operations.find(({ id }) => id === expected);
  assert.ok(found, `${expected} among ${operations.map(({ id }) => id)}`);
  const described = await done(client, "describe-operation", { operation: found.id });
  assert.ok(reader().validate(described.input, input), `${found.id} takes ${JSON.stringify(input)}`);
  const tool = described.effect === "read" ? "call-read-operation" : "call-write-operation";
  return (await done(client, tool, { operation: found.id, input })).result;
}

const ways = ["stdio", "http"].flatMap((over) => [CURRENT, LEGACY[0]].map((version) => ({ over, version })));

for (const way of ways) {
  const name = `${way.over}, ${way.version}`;

  test(`${name}: an agent does three jobs, each in three calls`, async (context) => {
    const client = await connected(context, way);
    const { tools } = await client.listTools();
    const names = ["search-operations", "describe-operation", "call-read-operation", "call-write-operation"];
    assert.deepEqual(tools.map((tool) => tool.name), names);
    const start = "2026-08-03T13:00:00.000Z";
    const task = { "template-id": "299", "assigned-to": "Priya Raman", "scheduled-start-date": start };
    const byName = "aero.create-task-from-template-by-name";
    const made = await perform(client, "create an aero task from a template", byName, task);
    assert.deepEqual([made.subject, made["assigned-to"]], ["Month-end close", "Priya Raman"]);
    const time = { company: "Acme", minutes: 30, subject: "Review" };
    const logged = await perform(client, "log 30 minutes on Acme review", "accelo.log-time", time);
    assert.equal(logged.seconds, 1800);
    const run = { "workflow-id": "wf_classify", inputs: { text: "My invoice is wrong" }, "interval-ms": 20 };
    const ran = await perform(client, "run wf_classify", "airops.run-workflow", run);
    assert.deepEqual(ran.outputs, { label: "billing" });
  });

  test(`${name}: a write is refused where only reads are granted, and the error has its parts`, async (context) => {
    const client = await connected(context, { ...way, args: ["--mock", "--grant", "read"] });
    const write = { operation: "accelo.create-company", input: { name: "Pell" } };
    const { isError, structuredContent: error } = await given(client, "call-write-operation", write);
    assert.equal(isError, true);
    assert.deepEqual([error.kind, error.advice, error.details], ["denied", "ask-person", { rule: "grant read" }]);
    await done(client, "call-read-operation", { operation: "accelo.list-companies" });
  });

  test(`${name}: progress is seen, and what the client cancels is cancelled at the vendor`, async (context) => {
    const { settings, set, stop } = await mock("airops");
    context.after(stop);
    const client = await connected(context, { ...way, args: [], env: settings });
    // A run that takes a minute; the first one of a mock has this id.
    const run = { "workflow-id": "wf_research_001", inputs: {}, "interval-ms": 300 };
    const call = { operation: "airops.run-workflow", input: run };
    const execution = {
      operation: "airops.get-workflow-execution",
      input: { "workflow-id": "wf_research_001", "execution-id": "exec_7d41" },
    };
    const status = async () => (await done(client, "call-read-operation", execution)).result.status;
    await set("speed=10");
    const leaving = new AbortController();
    const notes = [];
    const onprogress = (progress) => {
      notes.push(progress);
      if (notes.some(({ message }) => message.startsWith("running"))) leaving.abort("enough");
    };
    await assert.rejects(given(client, "call-write-operation", call, { onprogress, signal: leaving.signal }));
    assert.ok(notes.every(({ progress }, index) => index === 0 || progress > notes[index - 1].progress));
    const begun = Date.now();
    while ((await status()) !== "cancelled") assert.ok(Date.now() - begun < 30_000, await status());
  });

  test(`${name}: a person is asked, and what the person says counts`, async (context) => {
    const questions = [];
    let agree = false;
    const answer = ({ params }) => {
      questions.push(params.message);
      return agree ? { action: "accept", content: {} } : { action: "decline" };
    };
    const client = await connected(context, { ...way, args: ["--mock", "--confirm", "destroy"], answer });
    const remove = { operation: "accelo.delete-company", input: { id: "123" } };
    const refused = await given(client, "call-write-operation", remove);
    assert.equal(refused.structuredContent.kind, "denied");
    await done(client, "call-read-operation", { operation: "accelo.get-company", input: { id: "123" } });
    agree = true;
    assert.equal((await done(client, "call-write-operation", remove)).result, null);
    assert.equal(questions.length, 2);
    assert.match(questions[0], /accelo\.delete-company .*"123".*confirm destroy/);
  });
}

for (const version of LEGACY.slice(1)) {
  test(`stdio, ${version}: older clients find, read and call`, async (context) => {
    const client = await connected(context, { version });
    const time = { company: "Acme", minutes: 30, subject: "Review" };
    const logged = await perform(client, "log 30 minutes on Acme review", "accelo.log-time", time);
    assert.equal(logged.seconds, 1800);
  });
}

test("a consent counts for the call that it was asked for, and once", async (context) => {
  const client = await connected(context, {
    args: ["--mock", "--confirm", "destroy"],
    answer: () => ({ action: "accept", content: {} }),
  });
  const remove = (id) => ({ operation: "accelo.delete-company", input: { id } });
  const name = "call-write-operation";
  const once = { allowInputRequired: true, inputRequired: { autoFulfill: false } };
  const ask = (params) => client.callTool({ name, ...params }, once);
  const asked = await ask({ arguments: remove("123") });
  assert.equal(asked.resultType, "input_required");
  const given = { inputResponses: { agree: { action: "accept", content: {} } } };
  const answered = { ...given, requestState: asked.requestState };
  const forged = { ...given, requestState: "0".repeat(24) };
  for (const params of [
    { arguments: remove("205"), ...answered },
    { arguments: remove("123"), ...forged },
  ]) {
    assert.equal((await ask(params)).resultType, "input_required", "it is asked again");
  }
  assert.equal((await ask({ arguments: remove("123"), ...answered })).structuredContent.result, null);
  assert.equal((await ask({ arguments: remove("123"), ...answered })).resultType, "input_required");
});

test("every operation is a tool whose schemas compile and whose results fit them", async (context) => {
  const client = await connected(context, { args: ["--mock", "--tools", "all"] });
  const { tools } = await client.listTools();
  const ajv = reader({ strict: true, strictTypes: false });
  for (const { name, inputSchema, outputSchema } of tools) {
    for (const schema of [inputSchema, outputSchema].filter(Boolean)) {
      assert.doesNotThrow(() => ajv.compile(schema), name);
    }
  }
  const left = new Set(tools.map((tool) => tool.name));
  left.delete("continue-result");
  const components = new URL("../../components/", import.meta.url);
  for (const vendor of readdirSync(components)) {
    let tour;
    try {
      tour = JSON.parse(readFileSync(new URL(`${vendor}/tour.json`, components)));
    } catch {
      continue;
    }
    const variables = new Map();
    for (const { call, input, keep = {} } of tour) {
      const name = `${vendor}-${call}`;
      if (!tools.some((tool) => tool.name === name)) continue;
      const takes = ajv.compile(tools.find((tool) => tool.name === name).inputSchema);
      const args = filled(input, variables);
      assert.ok(takes(args), `${name}: ${ajv.errorsText(takes.errors)}`);
      // The client holds the result against the schema of the tool.
      const { result } = await done(client, name, args);
      for (const [as, pointer] of Object.entries(keep)) variables.set(`$${as}`, at(result, pointer));
      left.delete(name);
    }
  }
  assert.deepEqual([...left], [], "operations that are on no tour");
});
