// The same component files in another host: Node, through jco. Settings come from the environment, requests go to the
// mocks that `outwit mock` runs. The vendors are those that `outwit extract` writes.
//
// node test.mjs [path of the outwit program]

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { transpile } from "@bytecodealliance/jco";

const here = dirname(fileURLToPath(import.meta.url));
const outwit = resolve(process.argv[2] ?? join(here, "../../target/debug/outwit"));

/** Runs the mock; gives its settings, and what stops it. */
async function mock(vendor) {
  const child = spawn(outwit, ["--json", "mock", vendor], { stdio: ["ignore", "pipe", "pipe"] });
  // What it says is of interest only where it does not start.
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const settings = await new Promise((ready, failed) => {
    child.once("error", failed);
    child.once("close", (code) => failed(new Error(`outwit mock ${vendor} ended with ${code}: ${said}`)));
    createInterface(child.stdout).once("line", (line) => ready(JSON.parse(line)));
  });
  return { settings, stop: () => child.kill() };
}

/** Runs a program to its end; gives what it wrote. */
function run(program, args, env = {}, errors = "inherit") {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", errors], env: { ...process.env, ...env } });
    let written = "";
    child.stdout.on("data", (text) => (written += text));
    child.once("error", failed);
    const ended = (code) => new Error(`${args.join(" ")} ended with ${code}`);
    child.once("close", (code) => (code === 0 ? done(written) : failed(ended(code))));
  });
}

/** Makes a JavaScript module of a component, in this folder, where Node finds the shim that it needs. */
async function transpiled(file, options = {}) {
  await mkdir(join(here, "out"), { recursive: true });
  const folder = await mkdtemp(join(here, "out", "component-"));
  const { files } = await transpile(await readFile(file), { name: "component", ...options });
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

/** Runs the tour of a vendor's component. */
async function test(vendor, file) {
  const component = await transpiled(file);
  const { settings, stop } = await mock(vendor);
  try {
    // A process of its own: the shim reads the environment once, when it is loaded.
    const args = [join(here, "tour.mjs"), vendor, join(component, "component.js")];
    process.stdout.write(await run(process.execPath, args, settings));
  } finally {
    stop();
    await rm(component, { recursive: true });
  }
}

/** Runs the tour with what `outwit policy` grants, and then without each single grant, which has to fail. */
async function testPolicy(vendor, file) {
  const component = await transpiled(file, { instantiation: { tag: "async" } });
  const { settings, stop } = await mock(vendor);
  try {
    const url = settings[`${vendor.toUpperCase()}_BASE_URL`];
    const policy = await run(outwit, ["policy", "--host", "jco", "--base-url", url, vendor]);
    const written = join(component, "policy.mjs");
    const tour = async (text, errors) => {
      await writeFile(written, text);
      await run(process.execPath, [join(here, "tour.mjs"), vendor, join(component, "component.js"), written], settings, errors);
    };
    await tour(policy);
    const [line, list] = /^const names = \[(.*)\];$/m.exec(policy);
    const names = list.split(", ");
    const lesser = names.map((gone) => [gone, line.replace(list, names.filter((name) => name !== gone).join(", "))]);
    const changes = lesser.map(([gone, less]) => [gone, policy.replace(line, less)]);
    changes.push([new URL(url).origin, policy.replace(new URL(url).origin, "http://127.0.0.2:1")]);
    for (const [gone, text] of changes) {
      assert.notEqual(text, policy);
      await assert.rejects(tour(text, "ignore"), undefined, `${vendor} works without ${gone}`);
    }
    console.log(`${vendor}: works with ${changes.length} grants, and without any one of them fails`);
  } finally {
    stop();
    await rm(component, { recursive: true });
  }
}

const folder = await mkdtemp(join(tmpdir(), "outwit-"));
try {
  await run(outwit, ["extract", "--out", folder]);
  const files = (await readdir(folder)).sort();
  if (files.length === 0) throw new Error("outwit extract wrote no component");
  for (const file of files) await test(basename(file, ".wasm"), join(folder, file));
  for (const file of files) await testPolicy(basename(file, ".wasm"), join(folder, file));
} finally {
  await rm(folder, { recursive: true });
}
