// Debian's Chromium, driven by Playwright, and what every test wants to know of a page.
//
// CHROMIUM=PATH in the environment names another browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launched = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });

/** A page of a new profile; `requests` and `problems` are all that it asked for and complained of. */
export async function opened(browser, url, options = {}) {
  const { path = "/docs", token, colorScheme = "light", viewport = { width: 1280, height: 900 } } = options;
  const context = await browser.newContext({ colorScheme, viewport });
  const page = await context.newPage();
  const seen = { page, requests: [], problems: [], close: () => context.close() };
  context.on("request", (request) => seen.requests.push(request.url()));
  page.on("pageerror", (problem) => seen.problems.push(String(problem)));
  page.on("dialog", (dialog) => (seen.problems.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("console", (said) => {
    // A refusal is an answer, and Chromium writes every one down.
    if (said.type() === "error" && !/the server responded with a status of 4/.test(said.text())) seen.problems.push(said.text());
  });
  await page.goto(new URL(path, url).href);
  if (token) {
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Use" }).click();
  }
  await page.waitForSelector("#vendors details");
  return seen;
}

/** Opens an operation by its id and waits for its reference. */
export async function open(page, id) {
  await page.evaluate((id) => (location.hash = `#${encodeURIComponent(id)}`), id);
  await page.getByRole("heading", { name: id, level: 2 }).waitFor();
  await page.waitForSelector("#reference :is(.opblock, .schema, pre)");
}

export async function call(page, input) {
  if (input !== undefined) await page.getByLabel("Input", { exact: true }).fill(JSON.stringify(input));
  await page.locator("#call").click();
  await page.waitForSelector("#call:enabled");
}

/** Everything stayed on this machine, and nothing was refused by the policy of the page. */
export function clean({ requests, problems }) {
  assert.deepEqual(problems, []);
  const foreign = requests.filter((url) => !/^(http:\/\/127\.0\.0\.1:|data:)/.test(url));
  assert.deepEqual(foreign, []);
  assert.ok(requests.length > 2, requests.join());
}

/** What axe finds that is serious or critical. */
export async function accessible(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const findings = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  assert.deepEqual(findings, []);
  assert.ok(passes.length > 10, "axe looked at too little");
}
