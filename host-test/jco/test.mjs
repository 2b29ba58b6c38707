// The same component files in another host: Node, through jco. Settings come from the environment, requests go to the
// mocks that `outwit mock` runs. The vendors are those that `outwit extract` writes.
//
// node test.mjs [path of the outwit program]

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
function run(program, args, env = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
    let written = "";
    child.stdout.on("data", (text) => (written += text));
    child.once("error", failed);
    const ended = (code) => new Error(`${args.join(" ")} ended with ${code}`);
    child.once("close", (code) => (code === 0 ? done(written) : failed(ended(code))));
  });
}

/** Makes a JavaScript module of a component, in this folder, where Node finds the shim that it needs. */
async function transpiled(file) {
  await mkdir(join(here, "out"), { recursive: true });
  const folder = await mkdtemp(join(here, "out", "component-"));
  const { files } = await transpile(await readFile(file), { name: "component" });
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

const folder = await mkdtemp(join(tmpdir(), "outwit-"));
try {
  await run(outwit, ["extract", "--out", folder]);
  const files = (await readdir(folder)).sort();
  if (files.length === 0) throw new Error("outwit extract wrote no component");
  for (const file of files) await test(basename(file, ".wasm"), join(folder, file));
} finally {
  await rm(folder, { recursive: true });
}
