// A vendor's tour, `components/VENDOR/tour.json`, over REST. What a step means is said in `host-test/src/tour.rs`.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const components = new URL("../../components/", import.meta.url);

/** All vendors: whatever has a tour. */
export const vendors = readdirSync(components).filter((name) => existsSync(new URL(`${name}/tour.json`, components)));

/** Goes through a tour; gives the ids that were called. What is not offered has to be refused. */
export async function toured(server, vendor, offered) {
  const variables = new Map();
  const called = new Set();
  for (const { call, input, keep = {}, expect = {} } of JSON.parse(readFileSync(new URL(`${vendor}/tour.json`, components)))) {
    const id = `${vendor}.${call}`;
    if (!offered.has(id)) {
      await server.problem(403, "POST", `/operations/${id}`, { body: filled(input, variables) });
      continue;
    }
    const output = await server.call(id, filled(input, variables));
    for (const [pointer, expected] of Object.entries(expect)) {
      assert.deepEqual(at(output, pointer), filled(expected, variables), `${id} at "${pointer}"`);
    }
    for (const [name, pointer] of Object.entries(keep)) variables.set(`$${name}`, at(output, pointer));
    called.add(id);
  }
  return called;
}

/** The value with the variables in place of texts that are `$name`. */
export function filled(value, variables) {
  if (typeof value === "string") return variables.has(value) ? variables.get(value) : value;
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, variables)]));
}

/** What is at a JSON pointer without escapes. */
export function at(value, pointer) {
  return pointer.split("/").slice(1).reduce((value, name) => value?.[name], value);
}
