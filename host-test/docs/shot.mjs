// Takes the picture of the documents: DOCS_APP=FILE node shot.mjs ../../docs/docs-page.png

import { mocks, serving, TOKEN as token } from "../edge/hosts.mjs";
import { call, clean, launched, open, opened } from "./browser.mjs";

const behind = await mocks();
const server = await serving("outwit", process.env.DOCS_APP, behind.settings);
const browser = await launched();
try {
  const seen = await opened(browser, server.url, { token, colorScheme: process.argv[3], viewport: { width: 860, height: 520 } });
  await seen.page.getByLabel("Search by intent").fill("log half an hour");
  await seen.page.waitForSelector("#found li");
  await open(seen.page, "accelo.log-time");
  await call(seen.page, { company: "Acme", minutes: -5, subject: "Review" });
  await seen.page.screenshot({ path: process.argv[2] });
  clean(seen);
} finally {
  await browser.close();
  await server.stop();
  await behind.stop();
}
