// The ways in: each calls an operation, and tells how it came out: `{ kind }` of an error, or `{}`. What is no answer of
// the project's own making is thrown.

import { TOKEN } from "../edge/hosts.mjs";

const CURRENT = "2026-07-28";
const LEGACY = "2025-06-18";
/** Longer than any call: the component's deadline and the host's grace. */
const PATIENCE = 30_000;
const BOTH = "application/json, text/event-stream";

async function post(url, body, headers = {}) {
  const init = { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(url, { ...init, headers: { "content-type": "application/json", ...headers } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** What a JSON-RPC answer says, be it a document or the last event of a stream. */
function result({ status, headers, text }, id) {
  const streamed = headers.get("content-type")?.startsWith("text/event-stream");
  const events = text.split("\n").filter((line) => line.startsWith("data:") && line.trim() !== "data:");
  const message = JSON.parse(streamed ? events.at(-1).slice(5) : text);
  if (status !== 200 || message.id !== id || message.result === undefined) throw new Error(`${status}: ${text}`);
  return message.result;
}

function outcome({ isError, structuredContent }) {
  return isError ? { kind: structuredContent.kind, detail: JSON.stringify(structuredContent) } : {};
}

/** The gateway's own routes. */
export function gateway(url) {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const looks = ["/operations", "/search?q=log+half+an+hour+for+a+client", "/openapi.json", "/healthz"];
  let turn = 0;
  return {
    name: "gateway",
    async call({ operation, input }) {
      const answer = await post(`${url}/operations/${operation}`, input, headers);
      const problem = JSON.parse(answer.text);
      return answer.status === 200 ? {} : { kind: problem.kind, detail: answer.text };
    },
    async look() {
      const answer = await fetch(url + looks[turn++ % looks.length], { headers, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
      await answer.json();
    },
    async end() {},
  };
}

/** MCP of the current protocol, which has no sessions. */
export function modern(name, url, token) {
  let id = 0;
  const ask = async (method, params) => {
    id += 1;
    const meta = {
      "io.modelcontextprotocol/protocolVersion": CURRENT,
      "io.modelcontextprotocol/clientInfo": { name: "soak", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const headers = {
      accept: BOTH,
      "mcp-protocol-version": CURRENT,
      "mcp-method": method,
      ...(params.name === undefined ? {} : { "mcp-name": params.name }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = { jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } };
    return result(await post(url, body, headers), id);
  };
  return { name, ...tools(ask), async end() {} };
}

/** MCP of an older protocol: a session, which is ended and begun anew now and then. */
export function legacy(name, url) {
  const LIFE = 40;
  let [id, session] = [0, undefined];
  const headers = () => ({ accept: BOTH, "mcp-protocol-version": LEGACY, "mcp-session-id": session });
  const end = async () => {
    if (session === undefined) return;
    const answer = await fetch(url, { method: "DELETE", headers: headers(), signal: AbortSignal.timeout(PATIENCE) });
    await answer.text();
    if (!answer.ok) throw new Error(`the end of a session: ${answer.status}`);
    session = undefined;
  };
  const begin = async () => {
    const hello = { protocolVersion: LEGACY, capabilities: {}, clientInfo: { name: "soak", version: "1" } };
    const answer = await post(url, { jsonrpc: "2.0", id: 0, method: "initialize", params: hello }, { accept: BOTH });
    session = answer.headers.get("mcp-session-id");
    result(answer, 0);
    await post(url, { jsonrpc: "2.0", method: "notifications/initialized" }, headers());
  };
  const ask = async (method, params) => {
    if (id % LIFE === 0) {
      await end();
      await begin();
    }
    id += 1;
    return result(await post(url, { jsonrpc: "2.0", id, method, params }, headers()), id);
  };
  return { name, ...tools(ask), end };
}

/** Operations as the tools of an MCP server. */
function tools(ask) {
  let turn = 0;
  const looks = [
    () => ask("tools/list", {}),
    () => ask("tools/call", { name: "search-operations", arguments: { intent: "create an aero task from a template" } }),
    () => ask("tools/call", { name: "describe-operation", arguments: { operation: "accelo.create-activity" } }),
  ];
  return {
    async call({ operation, input, write }) {
      const name = write ? "call-write-operation" : "call-read-operation";
      return outcome(await ask("tools/call", { name, arguments: { operation, input } }));
    },
    async look() {
      const { isError } = await looks[turn++ % looks.length]();
      if (isError) throw new Error("a search or description failed");
    },
  };
}
