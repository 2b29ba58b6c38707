// Load on all vendors for some minutes, through the gateway and the MCP server at the same time, while faults come and go.
// Every error has to be one that a fault explains, and neither memory nor file descriptors may grow.
//
// SOAK_APP=FILE node soak.mjs MINUTES

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { mocks, serving } from "../edge/hosts.mjs";
import { gateway, legacy, modern } from "./clients.mjs";
import { FAULTS, Vendor } from "./faults.mjs";

const minutes = Number(process.argv[2]);
const SECONDS = 60 * minutes;
/** How long a fault lasts, and how long it is quiet after it. Vendors take turns in these, so that they differ. */
const [LASTS, QUIET] = [8, 4];
/** How many clients of each kind, and how long one of them thinks before its next call, in milliseconds. */
const [CLIENTS, THINKS] = [3, 60];
const EACH = 5;
/** How much more memory the last third may need than the one before. */
const GROWTH = 0.2;
/** How many more descriptors: connections that happen to be open. */
const MORE = 16;
/** So many unexplained errors are told in full, and after so many it is over. */
const [TOLD, ENOUGH] = [20, 1000];

const mix = JSON.parse(readFileSync(new URL("mix.json", import.meta.url), "utf8"));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const vendorOf = ({ operation }) => operation.split(".")[0];

/** The MCP server as a process of its own. */
async function server(settings) {
  const program = process.env.OUTWIT;
  const stdio = ["ignore", "ignore", "pipe"];
  const child = spawn(program, ["mcp", "--http", "127.0.0.1:0"], { stdio, env: { ...process.env, ...settings } });
  const url = await new Promise((found, failed) => {
    child.once("close", (code) => failed(new Error(`outwit mcp ended with ${code}`)));
    createInterface(child.stderr).on("line", (line) => line.startsWith("http") && found(line.trim()));
  });
  const stop = () => new Promise((done) => (child.once("close", done), child.kill("SIGTERM")));
  return { url, pid: child.pid, stop };
}

/** What a process uses: memory in MiB, and file descriptors. */
function usage(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const memory = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) / 1024;
  return { memory, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** The fault number `turn` of a vendor: all of them in a circle, each after a quiet time. */
async function faults(vendor, offset, running) {
  const names = Object.keys(FAULTS).filter((name) => name !== "none");
  for (let turn = offset; running(); turn += 1) {
    await sleep(1000 * QUIET);
    await vendor.switchTo(names[turn % names.length]);
    for (let at = 0; at < LASTS && running(); at += 1) await sleep(1000);
    await vendor.switchTo("none");
  }
}

/** One client, until the end: each call of the mix in turn, and now and then a look around. */
async function client(way, offset, vendors, counts, running) {
  for (let turn = offset; running(); turn += 1) {
    await sleep(THINKS * (0.5 + Math.random()));
    const call = mix[turn % mix.length];
    const vendor = vendors.get(vendorOf(call));
    const begun = Date.now();
    const about = { way: way.name, fault: vendor.fault, call: call.operation };
    try {
      if (turn % 7 === 0) await way.look();
      const { kind, detail } = await way.call(call);
      const explained = vendor.explained(begun, Date.now());
      // What has to fail fails so whatever else goes on, unless a fault comes before.
      const right = kind === call.fails || explained.has(kind);
      counts.add(about, kind ?? "ok", right ? undefined : (detail ?? `succeeded, expected ${call.fails}`));
    } catch (problem) {
      counts.add(about, "no answer", `${problem.message} ${problem.cause ?? ""}`);
    }
  }
  await way.end();
}

class Counts {
  calls = 0;
  unexplained = [];
  /** How often each outcome, by the fault of the vendor when they began. */
  #by = new Map();

  add(about, outcome, problem) {
    this.calls += 1;
    const row = this.#by.get(about.fault) ?? new Map();
    this.#by.set(about.fault, row.set(outcome, (row.get(outcome) ?? 0) + 1));
    if (problem !== undefined) this.unexplained.push(`${JSON.stringify(about)} ${outcome}: ${problem.slice(0, 600)}`);
  }

  print() {
    console.log("\n| Fault when the call began | Came of it |\n|---|---|");
    for (const [fault, row] of this.#by) {
      const counts = [...row].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`);
      console.log(`| ${fault} | ${counts.join(", ")} |`);
    }
  }
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Prints how a process fared; gives what is wrong with it. */
function verdict(name, samples) {
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(2 * third)];
  const means = (what) => parts.map((part) => mean(part.map((sample) => sample[what])));
  const [memory, descriptors] = [means("memory"), means("descriptors")];
  const shown = (numbers) => numbers.map((number) => number.toFixed(1)).join(" → ");
  const most = Math.max(...samples.map(({ descriptors }) => descriptors));
  const peak = Math.max(...samples.map(({ memory }) => memory));
  console.log(`| ${name} | ${shown(memory)} | ${peak.toFixed(1)} | ${shown(descriptors)} | ${most} |`);
  const problems = [];
  if (memory[2] > memory[1] * (1 + GROWTH)) problems.push(`the memory of ${name} grew: ${shown(memory)} MiB`);
  if (descriptors[2] > descriptors[1] + MORE) problems.push(`the descriptors of ${name} grew: ${shown(descriptors)}`);
  return problems;
}

const behind = await mocks();
const settings = { ...behind.settings, OUTWIT_DEADLINE_MS: "2500", OUTWIT_TRIES: "2" };
const vendors = new Map();
for (const name of new Set(mix.map(vendorOf))) {
  const variable = `${name.toUpperCase()}_BASE_URL`;
  const vendor = new Vendor(name, behind.settings[variable], behind.set);
  settings[variable] = await vendor.listen();
  vendors.set(name, vendor);
}
await behind.set("accelo", "quota=1000000000");
await behind.set("airops", "speed=100");
const served = await serving("outwit", process.env.SOAK_APP, settings);
const mcp = await server(settings);
const processes = { "outwit serve": served.pid, "outwit mcp": mcp.pid };
const samples = Object.fromEntries(Object.keys(processes).map((name) => [name, []]));
const counts = new Counts();
const until = Date.now() + 1000 * SECONDS;
const running = () => Date.now() < until && counts.unexplained.length < ENOUGH;
const sampling = setInterval(() => {
  for (const [name, pid] of Object.entries(processes)) samples[name].push(usage(pid));
  const now = Object.entries(samples).map(([name, all]) => {
    const { memory, descriptors } = all.at(-1);
    return `${name} ${memory.toFixed(1)} MiB ${descriptors} fds`;
  });
  const left = Math.round((until - Date.now()) / 1000);
  console.log(`${left} s left: ${counts.calls} calls, ${counts.unexplained.length} unexplained; ${now.join("; ")}`);
}, 1000 * EACH);

const ways = [];
for (let index = 0; index < CLIENTS; index += 1) {
  ways.push(gateway(served.url), modern("mcp of the gateway", `${served.url}/mcp`, "open-sesame"));
  ways.push(modern("mcp", mcp.url), legacy("mcp with sessions", mcp.url));
}
const all = ways.map((way, index) => client(way, 5 * index, vendors, counts, running));
const turns = [...vendors.values()].map((vendor, index) => faults(vendor, 3 * index, running));
const begun = Date.now();
await Promise.all([...all, ...turns]);
clearInterval(sampling);

const took = (Date.now() - begun) / 1000;
counts.print();
console.log(`\n${counts.calls} calls in ${took.toFixed(0)} s, ${counts.unexplained.length} of them with an unexplained outcome\n`);
console.log("| Process | Memory of each third, MiB | Most | Descriptors of each third | Most |\n|---|---|---|---|---|");
const problems = Object.entries(samples).flatMap(([name, all]) => (all.length < 3 ? [] : verdict(name, all)));
problems.push(...counts.unexplained.slice(0, TOLD));
if (counts.calls < SECONDS) problems.push(`only ${counts.calls} calls`);
await Promise.all([served.stop(), mcp.stop(), behind.stop(), ...[...vendors.values()].map((vendor) => vendor.stop())]);
for (const problem of problems) console.error(`soak: ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);
