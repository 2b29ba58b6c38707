// The same component files in another host: Node, through jco. Settings come from the environment, requests go to the
// mock that `outwit mock` runs.
//
// node test.mjs [path of the outwit program]

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transpile } from "@bytecodealliance/jco";

const here = dirname(fileURLToPath(import.meta.url));
const outwit = resolve(process.argv[2] ?? join(here, "../../target/debug/outwit"));

/** Runs the mock; gives its settings, and what stops it. */
async function mock(vendor) {
  const child = spawn(outwit, ["mock", vendor], { stdio: ["ignore", "pipe", "inherit"] });
  const settings = {};
  const wanted = `${vendor.toUpperCase()}_BASE_URL`;
  const started = new Promise((ready, failed) => {
    child.once("exit", (code) => failed(new Error(`outwit mock ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const set = /^export ([A-Z_]+)='?([^']*)'?$/.exec(line);
      if (set) settings[set[1]] = set[2];
      if (settings[wanted] && settings[`${vendor.toUpperCase()}_CLIENT_SECRET`]) ready();
    });
  });
  await started;
  return { settings, stop: () => child.kill() };
}

/** The component as a JavaScript module. It stands in this folder, where Node finds the shim that it needs. */
async function load(file) {
  await mkdir(join(here, "out"), { recursive: true });
  const folder = await mkdtemp(join(here, "out", "component-"));
  const { files } = await transpile(await readFile(file), { name: "component" });
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return import(pathToFileURL(join(folder, "component.js")));
}

const folder = await mkdtemp(join(process.env.TMPDIR ?? "/tmp", "outwit-"));
await new Promise((done, failed) => {
  const child = spawn(outwit, ["extract", "--out", folder], { stdio: ["ignore", "ignore", "inherit"] });
  child.once("exit", (code) => (code === 0 ? done() : failed(new Error(`outwit extract ended with ${code}`))));
});

const { settings, stop } = await mock("accelo");
try {
  Object.assign(process.env, settings);
  const { activities, operations, recipes } = await load(join(folder, "accelo.wasm"));

  const condition = { field: "against", values: ["company/311"] };
  const listed = activities.listActivities({ limit: 2, fields: [], where: [condition], any: [] });
  assert.equal(listed.length, 2);
  assert.ok(listed.every((activity) => activity.againstId === "311"), "all are against company 311");
  assert.equal(typeof listed[0].dateLogged, "bigint");

  const created = JSON.parse(
    operations.call(
      "accelo.create-activity",
      JSON.stringify({ subject: "From Node", "against-type": "company", "against-id": "311", visibility: "all" }),
    ),
  );
  assert.equal(created.subject, "From Node");
  assert.equal(activities.getActivity({ id: created.id, fields: [] }).subject, "From Node");

  const logged = recipes.logTime({ company: "Acme", minutes: 30, subject: "Review" });
  assert.deepEqual([logged.againstId, logged.seconds], ["123", 1800]);

  let refused;
  try {
    activities.getActivity({ id: "../20301", fields: [] });
  } catch (error) {
    refused = error.payload;
  }
  assert.equal(refused?.kind, "invalid-input");
  assert.equal(refused?.field, "input.id");
  console.log("4 passed, 0 failed");
} finally {
  stop();
}
// The shim's worker thread keeps Node alive otherwise.
process.exit(0);
