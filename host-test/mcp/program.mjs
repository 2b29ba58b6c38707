// The program `outwit` for these tests, as a mock and as a server.
//
// OUTWIT=PATH in the environment names another program than that of the build.

import { spawn } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const outwit = resolve(process.env.OUTWIT ?? join(here, "../../target/debug/outwit"));

/** Runs the program until its first line on one of its streams; gives the line, and what stops it. */
function started(args, env, stream) {
  const stdio = ["ignore", "pipe", "pipe"];
  const child = spawn(outwit, args, { stdio, env: { ...process.env, ...env } });
  // What it says is of interest only where it does not start.
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  child.stdout.on("data", () => {});
  const stop = () =>
    new Promise((done) => {
      child.once("close", done);
      child.kill("SIGTERM");
    });
  return new Promise((ready, failed) => {
    child.once("error", failed);
    child.once("close", (code) => failed(new Error(`outwit ${args.join(" ")} ended with ${code}: ${said}`)));
    createInterface(child[stream]).once("line", (line) => ready({ line, stop }));
  });
}

/** A mock of a vendor: the settings that point at it, what sets its switches, and what stops it. */
export async function mock(vendor) {
  const { line, stop } = await started(["--json", "mock", vendor], {}, "stdout");
  const settings = JSON.parse(line);
  const url = settings[`${vendor.toUpperCase()}_BASE_URL`];
  const set = async (switches) => {
    const answer = await fetch(`${url}/mock?${switches}`, { method: "POST" });
    if (!answer.ok) throw new Error(`${switches}: ${answer.status}`);
  };
  return { settings, set, stop };
}

/** A server over HTTP: its address, and what stops it. */
export async function served(args, env = {}) {
  const { line, stop } = await started(["mcp", "--http", "127.0.0.1:0", ...args], env, "stderr");
  return { url: new URL(line), stop };
}
