// The program `outwit` as these tests use it: an import, and a server over standard input and output.

import { execFile, spawn } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { text } from "./input.mjs";

const here = dirname(fileURLToPath(import.meta.url));
export const outwit = resolve(process.env.OUTWIT ?? join(here, "../../target/debug/outwit"));

/** Runs the program with `--json`; gives whether it failed, and what it prints. */
function ran(args, settings) {
  return new Promise((done) => {
    const options = { maxBuffer: 1 << 28, env: { ...process.env, ...settings } };
    execFile(outwit, ["--json", ...args], options, (error, stdout, stderr) => {
      const text = (error ? stderr || stdout : stdout).trim();
      try {
        done({ isError: error !== null, value: JSON.parse(text) });
      } catch {
        done({ isError: true, value: { kind: "program", message: text || error?.message } });
      }
    });
  });
}

/** Runs the program with `--json`; gives what it prints. */
export async function printed(args) {
  const { isError, value } = await ran(args);
  if (isError) throw new Error(`outwit ${args.join(" ")}: ${value.message}`);
  return value;
}

/** An MCP server of one vendor, as a process of its own. */
export class Server {
  #child;
  #waiting = new Map();
  #last = 0;
  #stderr = "";
  #place;
  #settings;

  constructor(plugins, vendor, settings) {
    this.#place = plugins ? ["--plugins", plugins] : [];
    this.#settings = settings;
    const args = [...this.#place, "mcp", "--vendors", vendor, "--budget", String(64 << 20)];
    this.#child = spawn(outwit, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...settings } });
    this.#child.stderr.on("data", (text) => (this.#stderr = (this.#stderr + text).slice(-4000)));
    this.#child.once("close", (code) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(`outwit mcp ended with ${code}: ${this.#stderr}`));
    });
    createInterface(this.#child.stdout).on("line", (line) => {
      const message = JSON.parse(line);
      this.#waiting.get(message.id)?.done(message);
      this.#waiting.delete(message.id);
    });
  }

  #ask(method, params) {
    const id = ++this.#last;
    const answer = new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
    this.#send({ id, method, params });
    return answer;
  }

  #send(message) {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  async start() {
    const clientInfo = { name: "outwit-import-test", version: "0.1.0" };
    await this.#ask("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
    this.#send({ method: "notifications/initialized" });
  }

  async #tool(name, args) {
    const { result, error } = await this.#ask("tools/call", { name, arguments: args });
    if (error) return { isError: true, value: { kind: "protocol", message: error.message } };
    const value = result.structuredContent ?? JSON.parse(result.content?.[0]?.text ?? "null");
    return { isError: result.isError === true, value };
  }

  async describe({ id, secret }) {
    if (secret) return printed([...this.#place, "describe", id]);
    const { isError, value } = await this.#tool("describe-operation", { operation: id });
    if (isError) throw new Error(`${id}: ${value.message}`);
    return value;
  }

  /** Calls an operation; gives whether it failed, and the result or the error. */
  call({ id, effect, secret }, input) {
    // What gives or takes a credential is no matter of agents.
    if (secret) return ran([...this.#place, "call", "--reveal", id, JSON.stringify(input)], this.#settings);
    return this.#tool(effect === "read" ? "call-read-operation" : "call-write-operation", { operation: id, input });
  }

  stop() {
    return new Promise((done) => {
      if (this.#child.exitCode !== null) return done();
      this.#child.once("close", done);
      this.#child.stdin.end();
      setTimeout(() => this.#child.kill(), 2000).unref();
    });
  }
}

/** A value for each setting of a vendor that has none, such that its requests go to an address. */
export function settings(described, base) {
  const of = { [`${described.vendor.toUpperCase().replaceAll("-", "_")}_BASE_URL`]: base, OUTWIT_TRIES: "1" };
  for (const { name, description, default: given } of described.settings) {
    if (name in of || name in process.env || name.startsWith("OUTWIT_") || given != null) continue;
    // Fits a number, an id and a text, where the description demands nothing else.
    of[name] = name.endsWith("_TOKEN") || name.endsWith("_KEY") ? "dummy-credential" : text({ description }, "id");
  }
  return of;
}
