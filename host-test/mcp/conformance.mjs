// The official conformance tests for servers. conformance.yml says which of them are about what this server does not have.
//
// They import a function that Node 20 lacks, and call it only for another command: `register` gives them one.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { served } from "./program.mjs";

const hook = `
  const whole = 'export * from "node:fs"; export const globSync = () => { throw new Error("Node 22 has it"); };';
  export const resolve = (name, context, next) =>
    name === "fs" && context.parentURL?.includes("/conformance/")
      ? { url: "data:text/javascript," + encodeURIComponent(whole), format: "module", shortCircuit: true }
      : next(name, context);
`;

// This file is run a second time, as the suite.
if (process.argv[2] === "server") {
  if (Number(process.versions.node.split(".")[0]) < 22) register("data:text/javascript," + encodeURIComponent(hook));
  await import(new URL("node_modules/@modelcontextprotocol/conformance/dist/index.js", import.meta.url));
} else {
  const folder = await mkdtemp(join(tmpdir(), "outwit-"));
  const { url, stop } = await served(["--mock"]);
  try {
    const expected = fileURLToPath(new URL("conformance.yml", import.meta.url));
    const args = ["server", "--url", url.href, "--suite", "all", "--expected-failures", expected, "-o", folder];
    const code = await new Promise((done, failed) => {
      const stdio = ["ignore", "pipe", "inherit"];
      const suite = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio });
      let said = "";
      suite.stdout.on("data", (text) => (said += text));
      suite.once("error", failed);
      suite.once("close", (code) => {
        console.log(code === 0 ? said.slice(said.indexOf("=== SUMMARY")) : said);
        done(code);
      });
    });
    process.exitCode = code;
  } finally {
    await stop();
    await rm(folder, { recursive: true });
  }
}
