// The same component files in another host: Node, through jco. Settings come from the environment, requests go to the
// mock that `outwit mock` runs.
//
// node test.mjs [path of the outwit program]

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { transpile } from "@bytecodealliance/jco";

const here = dirname(fileURLToPath(import.meta.url));
const outwit = resolve(process.argv[2] ?? join(here, "../../target/debug/outwit"));

/** Runs the mock; gives its settings, and what stops it. */
async function mock(vendor) {
  const child = spawn(outwit, ["--json", "mock", vendor], { stdio: ["ignore", "pipe", "inherit"] });
  const settings = await new Promise((ready, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`outwit mock ended with ${code}`)));
    createInterface(child.stdout).once("line", (line) => ready(JSON.parse(line)));
  });
  return { settings, stop: () => child.kill() };
}

/** Runs a program to its end. */
function run(program, args, env = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } });
    child.once("error", failed);
    child.once("exit", (code) => (code === 0 ? done() : failed(new Error(`${args.join(" ")} ended with ${code}`))));
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

const folder = await mkdtemp(join(tmpdir(), "outwit-"));
await run(outwit, ["extract", "--out", folder]);
const component = await transpiled(join(folder, "accelo.wasm"));
const { settings, stop } = await mock("accelo");
try {
  // A process of its own: the shim reads the environment once, when it is loaded.
  await run(process.execPath, [join(here, "accelo.mjs"), join(component, "component.js")], settings);
} finally {
  stop();
  await rm(folder, { recursive: true });
  await rm(component, { recursive: true });
}
