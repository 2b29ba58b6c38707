// A composed file of all vendors in a host that serves HTTP: every route, an MCP client, and what is refused. Whatever the
// host is, the answers are the same.
//
// EDGE_HOST=outwit|wasmtime|jco EDGE_APP=FILE node --test test.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Validator } from "@seriousme/openapi-schema-validator";
import { answers, client, early, fetched, problem } from "./client.mjs";
import { mocks, serving, TOKEN } from "./hosts.mjs";
import { toured, vendors } from "./tour.mjs";

const { EDGE_HOST: host, EDGE_APP: app } = process.env;
/** The largest body that the gateway reads. */
const MOST = 1 << 20;
const CALL = "/operations/accelo.list-staff";
const TIME = { company: "Acme", minutes: 30, subject: "Review" };

let behind;
let served;
let server;

before(async () => {
  behind = await mocks();
  // A request that the vendor refuses is not repeated here, so that the test need not wait.
  served = await serving(host, app, { ...behind.settings, OUTWIT_TRIES: "1" });
  server = client(served.url);
});

after(async () => {
  await served?.stop();
  await behind?.stop();
});

test(`${host}: it says that it works, to anybody`, async () => {
  const answer = await server.request("GET", "/healthz", { token: null });
  assert.deepEqual([answer.status, await answer.json()], [200, { status: "ok" }]);
  const head = await server.request("HEAD", "/healthz", { token: null });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

test(`${host}: it lists, describes, and does all that the vendors offer`, async () => {
  const list = await server.get("/operations");
  assert.deepEqual(list.vendors.map(({ vendor }) => vendor).sort(), vendors);
  const offered = new Map(list.operations.map((operation) => [operation.id, operation]));
  for (const [id, { effect, summary }] of offered) {
    const described = await server.get(`/operations/${id}`);
    assert.deepEqual([described.id, described.effect, described.summary], [id, effect, summary]);
    assert.equal(described.input.type, "object", id);
    assert.ok("output" in described && "example" in described && "description" in described, id);
  }
  const called = [];
  for (const vendor of vendors) called.push(...(await toured(server, vendor, offered)));
  assert.deepEqual(called.sort(), [...offered.keys()].sort());
});

test(`${host}: a search finds operations by intent, as many as are asked for`, async () => {
  const { operations } = await server.get("/search?q=log+30%20minutes+in+Accelo+for+Acme");
  assert.deepEqual([operations[0].id, operations[0].effect], ["accelo.log-time", "write"]);
  assert.equal((await server.get("/search?q=list+companies&limit=1")).operations.length, 1);
  const nothing = await server.get("/search?q=brew+espresso");
  assert.deepEqual(nothing.operations, []);
  assert.match(nothing.hint, /nothing fits/);
  await server.problem(400, "GET", "/search");
});

test(`${host}: it describes itself in OpenAPI 3.1`, async () => {
  const document = await server.get("/openapi.json");
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
  const { operations } = await server.get("/operations");
  const paths = operations.map(({ id }) => `/operations/${id}`);
  const own = ["/operations", "/operations/{id}", "/search", "/healthz", "/openapi.json", "/mcp"];
  assert.deepEqual(Object.keys(document.paths).sort(), [...paths, ...own].sort());
});

test(`${host}: it has a small page for people, without a token`, async () => {
  const answer = await server.request("GET", "/docs", { token: null });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assert.match(answer.headers.get("content-security-policy"), /^default-src 'none'; script-src 'sha256-/);
  const page = await answer.text();
  assert.ok(page.startsWith("<!doctype html>") && page.length <= 15 << 10, `${page.length} bytes`);
  const part = await server.get("/openapi.json?operation=accelo.list-staff");
  assert.deepEqual(Object.keys(part.paths), [CALL]);
});

for (const version of ["2026-07-28", "2025-11-25"]) {
  test(`${host}: an MCP client of ${version} searches, describes and calls`, async (context) => {
    const modern = version === "2026-07-28";
    const known = modern ? {} : { supportedProtocolVersions: [version] };
    const versionNegotiation = { mode: modern ? { pin: version } : "legacy" };
    const agent = new Client({ name: "outwit-test", version: "1" }, { ...known, versionNegotiation });
    const requestInit = { headers: { authorization: `Bearer ${TOKEN}` } };
    const url = new URL("/mcp", served.url);
    await agent.connect(new StreamableHTTPClientTransport(url, { requestInit, fetch: fetched }));
    context.after(() => agent.close());
    assert.equal(agent.getNegotiatedProtocolVersion(), version);
    const { tools } = await agent.listTools();
    const names = ["search-operations", "describe-operation", "call-read-operation", "call-write-operation"];
    assert.deepEqual(tools.map(({ name }) => name), names);
    const done = async (name, args) => {
      const result = await agent.callTool({ name, arguments: args });
      assert.notEqual(result.isError, true, JSON.stringify(result.content));
      assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
      return result.structuredContent;
    };
    const { operations } = await done("search-operations", { intent: "log 30 minutes in Accelo for Acme" });
    assert.equal(operations[0].id, "accelo.log-time");
    const described = await done("describe-operation", { operation: "accelo.log-time" });
    assert.deepEqual([described.effect, described.input.type], ["write", "object"]);
    const { result } = await done("call-write-operation", { operation: "accelo.log-time", input: TIME });
    assert.equal(result.seconds, 1800);
    const wrong = { operation: "accelo.get-company", input: { id: "99999" } };
    const failed = await agent.callTool({ name: "call-read-operation", arguments: wrong });
    assert.deepEqual([failed.isError, failed.structuredContent.kind], [true, "not-found"]);
  });
}

test(`${host}: a bad request gets a problem document`, async () => {
  const broken = await server.problem(400, "POST", CALL, { body: '{"limit": ' });
  assert.equal(broken.operation, "accelo.list-staff");
  const unknown = await server.problem(404, "POST", "/operations/accelo.list-staf", { body: {} });
  assert.deepEqual(unknown.details.nearest, ["accelo.list-staff"]);
  const wrong = await server.problem(422, "POST", CALL, { body: { limit: 0 } });
  assert.deepEqual([wrong.kind, wrong.field], ["invalid-input", "input.limit"]);
  await server.problem(404, "GET", "/nothing");
  await server.problem(415, "POST", CALL, { body: "{}", headers: { "content-type": "text/plain" } });
  for (const [method, path, allowed] of [
    ["PUT", CALL, "GET, HEAD, POST"],
    ["DELETE", CALL, "GET, HEAD, POST"],
    ["POST", "/operations", "GET, HEAD"],
    ["GET", "/mcp", "POST"],
  ]) {
    const { headers } = await server.problem(405, method, path);
    assert.equal(headers.get("allow"), allowed, `${method} ${path}`);
  }
});

test(`${host}: a body that is too long is refused, with and without a content-length`, async () => {
  const declared = { "content-length": String(MOST + 1) };
  const inPieces = { "transfer-encoding": "chunked" };
  for (const path of [CALL, "/mcp"]) {
    assert.match((await problem(await early(served.url + path, declared), 413)).detail, /1048576/);
    await problem(await early(served.url + path, inPieces, Buffer.alloc(MOST + 1, " ")), 413);
  }
  assert.ok(Array.isArray(await server.call("accelo.list-staff", {})), "it goes on");
});

test(`${host}: without the token nothing else is answered, and pages of other sites are not let in`, async () => {
  for (const token of [null, "open-sesam", ""]) {
    for (const path of ["/operations", CALL, "/search?q=x", "/openapi.json", "/mcp", "/nothing"]) {
      const { headers, kind } = await server.problem(401, "GET", path, { token });
      assert.deepEqual([headers.get("www-authenticate"), kind], ["Bearer", "unauthenticated"]);
    }
    await server.problem(401, "POST", "/mcp", { token, body: { jsonrpc: "2.0", id: 1, method: "tools/list" } });
  }
  const origin = { origin: "https://evil.example" };
  const { headers } = await server.problem(403, "GET", "/operations", { headers: origin });
  assert.equal(headers.get("access-control-allow-origin"), null);
});

test(`${host}: when to come back to a vendor that is too busy is said in the header and in the problem`, async () => {
  await behind.set("airops", "throttle=1");
  const busy = await server.problem(429, "POST", "/operations/airops.list-workflows", { body: {} });
  assert.deepEqual([busy.kind, busy.advice, busy["vendor-status"]], ["rate-limited", "retry-later", 429]);
  assert.deepEqual([busy["retry-after-ms"], busy.headers.get("retry-after")], [1000, "1"]);
  assert.ok(Array.isArray(await server.call("airops.list-workflows", {})), "and then it is not");
});

test(`${host}: many requests at once are all answered, each with its own answer`, async () => {
  const calls = ["accelo.list-staff", "aero.list-companies", "airops.list-workflows"];
  const alone = new Map();
  for (const id of calls) alone.set(id, await server.call(id, {}));
  const together = Array.from({ length: 60 }, (_, index) => calls[index % calls.length]);
  await Promise.all(together.map(async (id) => assert.deepEqual(await server.call(id, {}), alone.get(id))));
});

test(`${host}: no answer has a key of a vendor, nor the token`, async () => {
  const { vendors } = await server.get("/operations");
  const secret = vendors.flatMap(({ settings }) => settings.filter((setting) => setting.secret).map(({ name }) => name));
  const secrets = secret.map((name) => behind.settings[name]).filter(Boolean);
  assert.ok(secrets.length >= vendors.length, secret.join());
  assert.ok(answers.length > 200, `${answers.length} answers`);
  for (const text of answers) {
    for (const secret of [...secrets, TOKEN]) assert.ok(!text.includes(secret), text);
  }
});
