// The page /docs in a browser: search, reference, calls, refusals, streams, and texts of a vendor that means harm.
//
// DOCS_APP=FILE node --test test.mjs: FILE is a composed file. The light page is that of the file in wasmtime.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missing, mocks, serving, TOKEN } from "../edge/hosts.mjs";
import { served } from "../mcp/program.mjs";
import { accessible, call, clean, launched, open, opened } from "./browser.mjs";

const { DOCS_APP: app, DOCS_REQUIRED: required } = process.env;
const token = TOKEN;
let behind, browser, gateway;

before(async () => {
  behind = await mocks();
  gateway = await serving("outwit", app, behind.settings);
  browser = await launched();
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
  await behind?.stop();
});

test("an intent leads to an operation, its example is filled in, and a call shows the result", async () => {
  const seen = await opened(browser, gateway.url, { token });
  const { page } = seen;
  assert.match(await page.locator("#said").textContent(), /^\d+ operations of \d+ vendors$/);
  await page.getByLabel("Search by intent").fill("list activities");
  await page.locator("#found").getByRole("link", { name: "accelo.list-activities", exact: true }).click();
  await page.waitForSelector("#reference .opblock");
  const reference = await page.locator("#reference").innerText();
  assert.match(reference, /accelo\.activity-query/);
  assert.match(reference, /Page size, at most 100/);
  const example = JSON.parse(await page.getByLabel("Input", { exact: true }).inputValue());
  assert.deepEqual(example, { limit: 20 });
  await call(page, { limit: 2 });
  const result = JSON.parse(await page.locator("#result").textContent());
  assert.equal(result.length, 2);
  await accessible(page);
  clean(seen);
  // The token is in the page's memory alone.
  const stored = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href]);
  assert.deepEqual(stored.slice(0, 3), [0, 0, ""]);
  assert.ok(!stored[3].includes(token) && !seen.requests.some((url) => url.includes(token)));
  await page.reload();
  await page.getByText("Enter the token of this server.").waitFor();
  await seen.close();
});

test("an error is shown with kind, advice and field", async () => {
  const seen = await opened(browser, gateway.url, { path: "/docs/#%zz", token, colorScheme: "dark" });
  assert.match(await seen.page.getByRole("alert").innerText(), /^404 /);
  await open(seen.page, "accelo.log-time");
  await call(seen.page, { company: "Acme", minutes: -1, subject: "Review" });
  const error = await seen.page.getByRole("alert").innerText();
  for (const expected of [/invalid-input/, /change-input Another input is needed/, /input\.minutes/]) assert.match(error, expected);
  await accessible(seen.page);
  clean(seen);
  await seen.close();
});

test("a stream is shown as it comes", async () => {
  const seen = await opened(browser, gateway.url, { token });
  const { page } = seen;
  await open(page, "airops.stream-chat");
  await page.evaluate(() => {
    window.shown = [];
    const look = () => {
      const events = document.querySelector("#events")?.textContent.split("\n").length ?? 0;
      window.shown.push([events, document.querySelector("#result") !== null]);
    };
    new MutationObserver(look).observe(document.querySelector("#output"), { childList: true, subtree: true });
  });
  // A busy machine may show several events at once; then it is called again.
  let early = [];
  for (let attempt = 0; attempt < 5 && new Set(early).size <= 3; attempt += 1) {
    await page.evaluate(() => { window.shown = []; });
    await call(page, { "agent-id": "agt_helpdesk", message: "Which plans do you offer?" });
    early = (await page.evaluate(() => window.shown)).filter(([, result]) => !result).map(([events]) => events);
  }
  assert.ok(new Set(early).size > 3, `before the result: ${early}`);
  const events = await page.locator("#events").textContent();
  const tokens = [...events.matchAll(/"token":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => JSON.parse(`"${text}"`));
  const { response, complete } = JSON.parse(await page.locator("#result").textContent());
  assert.deepEqual([tokens.join(""), complete], [response, true]);
  await accessible(page);
  clean(seen);
  await seen.close();
});

test("an MCP server has the page, and refuses there what nobody approved", async () => {
  const server = await served(["--mock", "--vendors", "accelo", "--confirm", "write"], { OUTWIT_MCP_TOKEN: token });
  const seen = await opened(browser, server.url, { token });
  await open(seen.page, "accelo.log-time");
  await call(seen.page, { company: "Acme", minutes: 30, subject: "Review" });
  const error = await seen.page.getByRole("alert").innerText();
  for (const expected of [/^403 /, /denied/, /ask-person A person has to act/]) assert.match(error, expected);
  await open(seen.page, "accelo.list-staff");
  await call(seen.page, {});
  assert.ok(JSON.parse(await seen.page.locator("#result").textContent()).length > 0);
  clean(seen);
  await seen.close();
  await server.stop();
});

test("what is beyond the scope of an MCP server is neither listed nor opened, and the page can be left out", async () => {
  const server = await served(["--mock", "--vendors", "accelo", "--grant", "read"]);
  const seen = await opened(browser, server.url);
  const { operations } = await (await fetch(new URL("/operations", server.url))).json();
  assert.ok(operations.length > 5 && operations.every(({ effect }) => effect === "read"));
  await seen.page.evaluate(() => (location.hash = "#accelo.log-time"));
  assert.match(await seen.page.getByRole("alert").innerText(), /denied/);
  await seen.close();
  await server.stop();
  const without = await served(["--mock", "--vendors", "accelo", "--no-docs"]);
  assert.equal((await fetch(new URL("/docs", without.url))).status, 404);
  await without.stop();
});

const hostile = [
  "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script>",
  "[click](javascript:window.harmed=1) ![x](http://example.com/x.png) <a href=http://example.com>x</a>",
  "\u001b[2K\u001b]0;title\u0007 \u202egnp.exe \u2066x\u2069 \u200bzero \u0000",
].join(" ");
const long = "w".repeat(1 << 20);

test("texts of a vendor that means harm are shown as text", async () => {
  const seen = await opened(browser, gateway.url, { token });
  const { page } = seen;
  // One operation in a list has the long word, and everything that is shown of one.
  const spoiled = (value, word, name = "") => {
    if (typeof value === "string") return ["summary", "description", "title"].includes(name) ? hostile + word : value;
    if (Array.isArray(value)) return value.map((item) => spoiled(item, word || item.id !== "accelo.log-time" ? word : long, name));
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).map(([key, item]) => [key, spoiled(item, word, key)]);
    // A field of a schema, and a reference to elsewhere.
    if (name === "properties") {
      members.push([hostile.slice(0, 300), { $ref: "http://example.com/schema.json" }]);
      members.push(["linked", { type: "string", externalDocs: { url: "https://example.com/linked", description: "more of it" } }]);
    }
    return Object.fromEntries(members);
  };
  await page.route(/\/(openapi\.json|operations|search)(\?|$)/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: spoiled(await answer.json(), /openapi/.test(route.request().url()) ? long : "") });
  });
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Use" }).click();
  await page.locator("#vendors details summary").first().click();
  await page.getByLabel("Search by intent").fill("log time");
  await page.waitForSelector("#found li");
  await open(page, "accelo.log-time");
  const text = await page.evaluate(() => document.body.innerText);
  assert.ok(text.includes("<img src=x onerror=") && text.includes("[click](javascript:"));
  assert.ok(text.includes("\\u{202e}gnp.exe") && text.includes("\\u{1b}[2K"));
  assert.ok(!/[\u0000-\u0008\u001b\u200b\u202a-\u202e\u2066-\u2069]/.test(text), "controls are shown as they are");
  assert.match(text, /more characters/);
  // What is expanded comes later, and may be expanded again.
  const expanded = () => {
    for (const button of document.querySelectorAll("#reference .json-schema-2020-12-expand-deep-button")) {
      if (button.textContent === "Expand all") button.click();
    }
    return document.querySelector("#reference").innerText.includes("https://example.com/linked");
  };
  await page.waitForFunction(expanded, undefined, { polling: 500 });
  const nodes = () => [...document.querySelectorAll("main :is(img, script, iframe, a[href])")].map((node) => node.outerHTML.slice(0, 200));
  assert.deepEqual(await page.evaluate(nodes), []);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "a long word makes the page wider than the window");
  await call(page, { company: "Acme", minutes: 30, subject: "Review" });
  await page.waitForSelector("#result");
  clean(seen);
  await seen.close();
});

test("the composed file alone has the light page", async (context) => {
  const why = missing("wasmtime");
  if (why && !required) return context.skip(`SKIPPED: ${why}`);
  const alone = await serving("wasmtime", app, behind.settings);
  const answer = await fetch(new URL("/docs", alone.url));
  assert.equal(answer.headers.get("content-encoding"), "gzip");
  const length = (await answer.text()).length;
  assert.ok(length > 5000 && length <= 15 << 10, `${length} bytes`);
  for (const colorScheme of ["light", "dark"]) {
    const seen = await opened(browser, alone.url, { token, colorScheme });
    await open(seen.page, "accelo.get-staff");
    assert.match(await seen.page.locator("#reference .schema").first().innerText(), /id .*required/);
    await call(seen.page);
    await seen.page.waitForSelector("#result, #error");
    await accessible(seen.page);
    clean(seen);
    await seen.close();
  }
  await alone.stop();
});
