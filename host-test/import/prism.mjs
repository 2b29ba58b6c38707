// Prism in front of a document, and what records all that passes.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const home = process.env.PRISM_HOME;
// One in two lists of berths has a depth of 0, which the document excludes.
const MOST_RANDOM_ANSWERS = 50;
const UNMADE_FORMATS = ["byte", "duration", "url"];
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** A document as JSON. */
export function read(file) {
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    const yaml = createRequire(join(home, "package.json"))("js-yaml");
    // Dates stay text.
    return yaml.load(text, { schema: yaml.CORE_SCHEMA });
  }
}

/**
 * A document as Prism needs it, and the path of its server. Prism matches the paths of requests with those of the document and
 * leaves its servers out, so that the server's path stands before each. Answers for failures go, since Prism would give one of
 * them, without a reason, for a request that it refuses.
 */
export function folded(document) {
  const folded = structuredClone(document);
  const url = document.swagger ? (document.basePath ?? "") : (document.servers?.[0]?.url ?? "");
  const filled = url.replace(/\{([^}]*)\}/g, (_, name) => document.servers?.[0]?.variables?.[name]?.default ?? "1");
  const plain = filled.replace(/^([a-z0-9]+:)?\/\/[^/]*/i, "").replace(/^(?=[^/])/, "/").replace(/\/$/, "");
  for (const member of ["host", "basePath", "schemes"]) delete folded[member];
  if (!document.swagger) folded.servers = [{ url: "/" }];
  folded.paths = {};
  for (const [path, item] of Object.entries(structuredClone(document.paths ?? {}))) {
    delete item.servers;
    for (const owner of [item, ...METHODS.map((method) => item[method])]) {
      if (owner?.parameters) owner.parameters = owner.parameters.filter((parameter) => !isIgnored(document, parameter));
    }
    for (const method of METHODS.filter((method) => item[method])) {
      delete item[method].servers;
      const answers = item[method].responses ?? {};
      const succeed = Object.entries(answers).filter(([status]) => /^[23]/.test(status));
      const only = ["200", answers.default ?? { description: "Nothing is said." }];
      // Where Swagger 2.0 says nothing of media types, Prism takes no body and gives no answer.
      const isForm = (item[method].parameters ?? []).some((parameter) => parameter.in === "formData");
      if (document.swagger && !document.consumes) {
        item[method].consumes ??= [isForm ? "application/x-www-form-urlencoded" : "application/json"];
      }
      if (document.swagger && !document.produces) item[method].produces ??= ["application/json"];
      item[method].responses = Object.fromEntries(succeed.length > 0 ? succeed : [only]);
    }
    folded.paths[plain + path] = item;
  }
  withoutOddities(folded);
  return { document: folded, prefix: plain };
}

/** Whether OpenAPI says that a parameter is ignored (Parameter Object, `name`). Prism demands it. */
function isIgnored(document, parameter) {
  const names = (parameter.$ref ?? "#/").split("/").slice(1);
  const { in: place, name } = parameter.$ref?.startsWith("#") ? names.reduce((node, one) => node?.[one], document) ?? {} : parameter;
  return place === "header" && ["accept", "content-type", "authorization"].includes(name?.toLowerCase());
}

/**
 * Takes parameters from media types: Prism checks no answer whose type has some. Takes formats that Prism checks and cannot make
 * itself, so that its answers would be against the document. Takes references to other files, which are not there.
 */
function withoutOddities(node) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.$ref === "string" && !node.$ref.startsWith("#")) delete node.$ref;
  if (Array.isArray(node.parameters)) node.parameters = node.parameters.filter(({ $ref }) => !$ref || $ref.startsWith("#"));
  if (node.type === "string" && UNMADE_FORMATS.includes(node.format)) delete node.format;
  for (const [name, member] of Object.entries(node)) {
    withoutOddities(member);
    const plain = name.replace(/; *charset=.*/i, "");
    if (plain !== name && !(plain in node)) {
      node[plain] = member;
      delete node[name];
    }
  }
}

/** Prism with a document. */
export class Prism {
  #child;
  log = "";

  async start(document, folder, port) {
    const file = join(folder, "document.json");
    writeFileSync(file, JSON.stringify(document));
    const prism = join(home, "node_modules/.bin/prism");
    // With `--errors`, an answer that Prism makes against the document becomes an error, too.
    const args = [prism, "mock", "--errors", "-h", "127.0.0.1", "-p", String(port), file];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
    await new Promise((ready, failed) => {
      const hear = (text) => {
        this.log = (this.log + text).slice(-20000);
        if (this.log.includes("Prism is listening")) ready();
      };
      this.#child.stdout.on("data", hear);
      this.#child.stderr.on("data", hear);
      this.#child.once("close", (code) => failed(new Error(`Prism ended with ${code}: ${this.log.slice(-2000)}`)));
    });
  }

  stop() {
    return new Promise((done) => {
      if (!this.#child || this.#child.exitCode !== null) return done();
      this.#child.once("close", done);
      this.#child.kill();
    });
  }
}

/** A server that records each exchange, and takes its answers from another one, or else gives what it got. */
export class Recorder {
  #server;
  exchanges = [];

  async start(port) {
    this.#server = createServer(async (incoming, outgoing) => {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const { method, url, headers } = incoming;
      const exchange = { method, url, headers, body: body.toString() };
      this.exchanges.push(exchange);
      let answer = port ? await passed(port, { method, url, headers }, body) : echo();
      // What Prism makes of examples is not always what the document allows. Then Prism makes something of the schema alone, at random.
      for (let tries = 0; tries < MOST_RANDOM_ANSWERS && isUnfit(answer); tries += 1) {
        exchange.isRandom = true;
        answer = await passed(port, { method, url, headers: { ...headers, prefer: "dynamic=true" } }, body);
      }
      Object.assign(exchange, { status: answer.status, type: answer.headers["content-type"] ?? "", answer: answer.body });
      exchange.violations = violations(answer.headers["sl-violations"]);
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
    });
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", done));
    return this.#server.address().port;
  }

  stop() {
    if (!this.#server) return Promise.resolve();
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(done));
  }
}

/** Whether an answer that Prism made is not what the document allows, or Prism made none of a large schema. */
function isUnfit({ status, headers, body }) {
  return violations(headers["sl-violations"]).response.length > 0 || (status >= 500 && body.includes("#SCHEMA_TOO_COMPLEX"));
}

/** What Prism says is wrong, by whether it is about the request or the answer. */
function violations(header) {
  const said = { request: [], response: [] };
  let all = [];
  try {
    all = JSON.parse(header ?? "[]");
  } catch {
    // Cut off, since there are too many.
    said.request.push(...(/"location":\["request"/.test(header) ? [header.slice(0, 300)] : []));
    said.response.push(...(/"location":\["response"/.test(header) ? [header.slice(0, 300)] : []));
  }
  for (const { location, severity, message } of all) {
    if (severity === "Error") said[location[0]]?.push(`${location.join(".")}: ${message}`);
  }
  return said;
}

function echo() {
  return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
}

function passed(port, { method, url, headers }, body) {
  return new Promise((done) => {
    const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      const replyHeaders = { ...answer.headers };
      for (const name of ["transfer-encoding", "connection", "keep-alive", "content-length"]) delete replyHeaders[name];
      done({ status: answer.statusCode, headers: replyHeaders, body: Buffer.concat(chunks).toString() });
    });
    onward.once("error", (error) => done({ status: 599, headers: {}, body: error.message }));
    onward.end(body);
  });
}

/** A port that is free now. */
export function freePort() {
  const server = createServer();
  return new Promise((done) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    }),
  );
}
