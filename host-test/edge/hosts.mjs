// The hosts that serve a composed file over HTTP, each as the program that is started for it, and the mocks behind them.
//
// OUTWIT=PATH in the environment names another program than that of the build.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const outwit = resolve(process.env.OUTWIT ?? join(root, "target/debug/outwit"));
const wasmtime = join(root, "target/python/bin/wasmtime");
const jco = join(here, "node_modules/.bin/jco");

/** How long a host may take until it answers; jco makes JavaScript of the file first. */
const STARTING = 120_000;

/** What clients have to bring. */
export const TOKEN = "open-sesame";

// Values come from the environment of the program, where no list of processes shows them.
const HOSTS = {
  outwit: {
    program: outwit,
    args: ({ app }) => ["serve", "--addr", "127.0.0.1:0", app],
    address: /^(http:\/\/\S+)/,
  },
  wasmtime: {
    program: wasmtime,
    // Unless it is told otherwise, wasmtime has room for 1000 core instances, and answers 500 where there is none. A file
    // has 7 for each vendor; further requests wait.
    args: ({ app, names }) => [
      ...["serve", "-S", "cli", "--max-concurrent-requests", "16", "--addr", "127.0.0.1:0"],
      ...names.flatMap((name) => ["--env", name]),
      app,
    ],
    address: /(http:\/\/[\d.]+:\d+)/,
  },
  jco: {
    program: jco,
    // It cannot say which port it took.
    args: ({ app, port }) => ["serve", "--host", "127.0.0.1", "--port", String(port), app],
    address: /Server listening/,
  },
};

export const names = Object.keys(HOSTS);

/** Why a host cannot be used here; undefined where it can. */
export function missing(name) {
  if (!(name in HOSTS)) throw new Error(`there is no host ${name}; there are: ${names.join(", ")}`);
  const { program } = HOSTS[name];
  return existsSync(program) ? undefined : `${program} is not there`;
}

/** Starts a program of its own process group; `said` is all that it has said on its standard error. */
function started(program, args, env) {
  const stdio = ["ignore", "pipe", "pipe"];
  const child = spawn(program, args, { stdio, detached: true, env: { ...process.env, ...env } });
  const running = { child, said: "" };
  child.stderr.on("data", (text) => (running.said += text));
  const ended = new Promise((done) => child.once("close", done));
  running.ended = ended.then((code) => {
    throw new Error(`${[program, ...args].join(" ")} ended with ${code}: ${running.said}`);
  });
  running.ended.catch(() => {});
  // jco runs the component in a process of its own.
  running.stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  };
  return running;
}

/** The first line of a stream that the pattern matches. */
function line(stream, pattern) {
  return new Promise((found) => {
    createInterface(stream).on("line", (text) => {
      const match = pattern.exec(text);
      if (match !== null) found(match);
    });
  });
}

/** Mocks of all vendors: their settings, what sets the switches of one, and what stops them. */
export async function mocks() {
  const running = started(outwit, ["--json", "mock"], {});
  const [text] = await Promise.race([line(running.child.stdout, /^{.*/), running.ended]);
  const settings = JSON.parse(text);
  const set = async (vendor, switches) => {
    const answer = await fetch(`${settings[`${vendor.toUpperCase()}_BASE_URL`]}/mock?${switches}`, { method: "POST" });
    if (!answer.ok) throw new Error(`${switches}: ${answer.status}`);
  };
  return { settings, set, stop: running.stop };
}

/** A host that serves a composed file, once it answers: its address, its process, and what stops it. */
export async function serving(name, app, settings) {
  const { program, args, address } = HOSTS[name];
  const env = { ...settings, OUTWIT_GATEWAY_TOKEN: TOKEN };
  const port = await free();
  const running = started(program, args({ app, port, names: Object.keys(env) }), env);
  running.child.stdout.resume();
  try {
    const [, announced] = await within(Promise.race([line(running.child.stderr, address), running.ended]), running);
    const url = announced ?? `http://127.0.0.1:${port}`;
    await Promise.race([answering(url), running.ended]);
    return { url, pid: running.child.pid, stop: running.stop };
  } catch (problem) {
    await running.stop();
    throw problem;
  }
}

async function within(promise, running) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`no address in ${STARTING} ms: ${running.said}`)), STARTING);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function answering(url) {
  const begun = Date.now();
  for (;;) {
    try {
      return await fetch(`${url}/healthz`);
    } catch (problem) {
      if (Date.now() - begun > STARTING) throw problem;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

/** A port that was free a moment ago. */
function free() {
  return new Promise((found, failed) => {
    const server = createServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}
