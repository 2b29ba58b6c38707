// A client that remembers all it is answered, so that it can be told at the end whether a secret was among it.

import assert from "node:assert/strict";
import http from "node:http";
import { TOKEN } from "./hosts.mjs";

/** Every answer as a text, with its headers. */
export const answers = [];

/** `fetch`, remembering the answer. */
export async function fetched(url, init) {
  const answer = await fetch(url, init);
  const text = await answer.clone().text();
  answers.push(JSON.stringify([...answer.headers]) + text);
  return answer;
}

/** Requests to a server; with the token, if nothing else is said. */
export function client(url) {
  const request = (method, path, { body, token = TOKEN, headers = {} } = {}) => {
    const allowed = token === null ? {} : { authorization: `Bearer ${token}` };
    const typed = body === undefined ? {} : { "content-type": "application/json" };
    const text = typeof body === "object" && !(body instanceof ReadableStream) ? JSON.stringify(body) : body;
    return fetched(url + path, { method, body: text, duplex: "half", headers: { ...allowed, ...typed, ...headers } });
  };
  const json = async (method, path, options) => {
    const answer = await request(method, path, options);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${method} ${path}: ${text}`);
    assert.equal(answer.headers.get("content-type"), "application/json");
    return JSON.parse(text);
  };
  return {
    request,
    get: (path) => json("GET", path),
    call: (id, input) => json("POST", `/operations/${id}`, { body: input }),
    /** What is wrong, as problem details (RFC 9457). */
    problem: async (expected, method, path, options) => problem(await request(method, path, options), expected),
  };
}

/** Reads problem details, and holds them against what every problem has. */
export async function problem(answer, expected) {
  const text = await answer.text();
  assert.equal(answer.status, expected, text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  const details = JSON.parse(text);
  assert.equal(details.status, expected);
  for (const name of ["type", "title", "detail", "kind", "advice"]) {
    assert.ok(typeof details[name] === "string" && details[name] !== "", `${name} of ${text}`);
  }
  assert.equal(typeof details["maybe-done"], "boolean");
  return { ...details, headers: answer.headers };
}

/**
 * The answer to a POST that may come while the body is still sent, which `fetch` takes for a failure. Nothing more is sent
 * once it is there.
 */
export function early(url, headers, body) {
  return new Promise((done, failed) => {
    const sent = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers };
    const request = http.request(url, { method: "POST", headers: sent, agent: false });
    request.once("error", failed);
    // A server that wants to read it all waits for what does not come.
    request.setTimeout(10_000, () => request.destroy(new Error(`no answer to ${JSON.stringify(headers)}`)));
    request.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => (text += piece));
      answer.once("end", () => {
        answers.push(JSON.stringify(answer.headers) + text);
        // A connection that is reset now does not matter any more.
        request.removeListener("error", failed).on("error", () => {}).destroy();
        done(new Response(text, { status: answer.statusCode, headers: answer.headers }));
      });
    });
    request.flushHeaders();
    if (body !== undefined) request.end(body);
  });
}
