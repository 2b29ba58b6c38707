// Calls operations of a component that jco made a module of: a line `["id", "input"]` in, a line with the outcome out.
//
// node call.mjs MODULE

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { operations } = await import(pathToFileURL(process.argv[2]));

function outcome(id, input) {
  try {
    return { ok: operations.call(id, input) };
  } catch (error) {
    // What is no error of the operation is a trap, or a bug.
    return error.payload === undefined ? { trap: String(error.stack ?? error) } : { error: error.payload };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const numbers = (_, value) => (typeof value === "bigint" ? Number(value) : value);
  console.log(JSON.stringify(outcome(...JSON.parse(line)), numbers));
}
// The shim's worker thread keeps Node alive otherwise.
process.exit(0);
