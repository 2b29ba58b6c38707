// Calls functions of a component that jco made a module of: a line `["interface", "function", …arguments]` in, a line with
// the outcome out.
//
// node call.mjs MODULE

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const component = await import(pathToFileURL(process.argv[2]));

function outcome(name, called, ...given) {
  try {
    return { ok: component[name][called](...given) };
  } catch (error) {
    // What is no error of the function is a trap, or a bug.
    return error.payload === undefined ? { trap: String(error.stack ?? error) } : { error: error.payload };
  }
}

/** A value of JavaScript's as JSON has it. */
function plain(_, value) {
  if (typeof value === "bigint") return Number(value);
  return ArrayBuffer.isView(value) ? [...value] : value;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(outcome(...JSON.parse(line)), plain));
}
// The shim's worker thread keeps Node alive otherwise.
process.exit(0);
