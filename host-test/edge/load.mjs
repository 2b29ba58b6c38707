// Load on a composed file in a host, with mocks behind it: no request may fail, and the memory of the host may not grow.
//
// EDGE_APP=FILE node load.mjs SECONDS HOST…

import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mocks, serving, TOKEN } from "./hosts.mjs";

const [seconds, ...hosts] = process.argv.slice(2);
/** Below this nothing is said about the memory: pools are still filled. */
const SETTLED = 24;
/** How much more the last third may need than the one before: an allocator's breath, and not a leak of a request's instance. */
const GROWTH = 0.2;
const mix = fileURLToPath(new URL("mix.lua", import.meta.url));

/** Runs wrk; gives its numbers. */
function loaded(url) {
  const args = ["--threads", "2", "--connections", "16", "--timeout", "10s", "--duration", `${seconds}s`];
  const env = { ...process.env, OUTWIT_GATEWAY_TOKEN: TOKEN };
  const wrk = spawn("wrk", [...args, "--script", mix, url], { stdio: ["ignore", "pipe", "inherit"], env });
  let said = "";
  wrk.stdout.on("data", (text) => (said += text));
  return new Promise((done, failed) => {
    wrk.once("error", failed);
    wrk.once("close", (code) => {
      const numbers = /^{.*}$/m.exec(said);
      if (code === 0 && numbers !== null) done(JSON.parse(numbers[0]));
      else failed(new Error(`wrk ended with ${code}: ${said}`));
    });
  });
}

/** What a process and those that it started hold in memory, in MiB. */
function resident(pid) {
  const pids = execFileSync("ps", ["-o", "pid=", "-g", String(pid)], { encoding: "utf8" }).split("\n").filter(Boolean);
  const of = (pid) => {
    const status = readFileSync(`/proc/${Number(pid)}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  };
  return pids.reduce((sum, pid) => sum + of(pid), 0);
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** What is wrong with what was seen; empty where nothing is. */
function wrong({ requests, connect, read, write, timeout, status }, memory) {
  const problems = [];
  const failed = connect + read + write + timeout + status;
  if (failed > 0) problems.push(`${failed} failed: ${JSON.stringify({ connect, read, write, timeout, status })}`);
  if (requests < 10 * seconds) problems.push(`only ${requests} requests`);
  if (seconds < SETTLED) return problems;
  const third = Math.floor(memory.length / 3);
  const [before, last] = [mean(memory.slice(third, 2 * third)), mean(memory.slice(2 * third))];
  const growth = last / before - 1;
  const percent = `${(100 * growth).toFixed(1)} %`;
  console.log(`  mean of the middle third ${before.toFixed(1)} MiB, of the last ${last.toFixed(1)} MiB: ${percent}`);
  if (growth > GROWTH) problems.push(`the memory grew by ${percent}, more than ${100 * GROWTH} %`);
  return problems;
}

let failed = false;
for (const host of hosts) {
  const behind = await mocks();
  // The mock counts requests as the vendor does, which allows 5000 an hour.
  await behind.set("accelo", "quota=1000000000");
  const served = await serving(host, process.env.EDGE_APP, behind.settings);
  const memory = [];
  const sampling = setInterval(() => memory.push(resident(served.pid)), 1000);
  try {
    const numbers = await loaded(served.url);
    console.log(`${host}: ${JSON.stringify(numbers)}`);
    console.log(`  resident each second, in MiB: ${memory.map((mib) => mib.toFixed(0)).join(" ")}`);
    for (const problem of wrong(numbers, memory)) {
      console.error(`${host}: ${problem}`);
      failed = true;
    }
  } finally {
    clearInterval(sampling);
    await served.stop();
    await behind.stop();
  }
}
if (failed) process.exit(1);
