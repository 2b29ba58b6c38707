// A tour, `components/VENDOR/tour.json`, through `operations.call`; then the typed calls of `VENDOR.mjs`, if there is one.
// Run by test.mjs with the settings of a mock. What a step means is said in `host-test/src/tour.rs`.
//
// With a policy that `outwit policy --host jco` wrote, the component has what that gives it, and nothing else.
//
// node tour.mjs VENDOR PATH_OF_THE_TRANSPILED_COMPONENT [PATH_OF_A_POLICY]

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const [, , vendor, module, policy] = process.argv;
const transpiled = await import(pathToFileURL(module));
const granted = async () => transpiled.instantiate(undefined, (await import(pathToFileURL(policy))).imports);
const component = policy === undefined ? transpiled : await granted();
/** The variables that steps saved, by `$name`. */
const variables = new Map();

/** The value with the variables in place of texts that are `$name`. */
function filled(value) {
  if (typeof value === "string") return variables.has(value) ? variables.get(value) : value;
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member)]));
}

/** What is at a JSON pointer (RFC 6901); undefined where nothing is. */
function at(value, pointer) {
  const names = pointer.split("/").slice(1);
  const member = (value, name) =>
    value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : undefined;
  return names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")).reduce(member, value);
}

/** Calls an operation by its name; where it fails, the error names it. */
function call(id, input) {
  try {
    return JSON.parse(component.operations.call(id, JSON.stringify(input)));
  } catch (error) {
    throw new Error(`${id}: ${inspect(error.payload ?? error)}`);
  }
}

const tour = JSON.parse(readFileSync(new URL(`../../components/${vendor}/tour.json`, import.meta.url)));
for (const { call: operation, input, keep = {}, expect = {} } of tour) {
  const id = `${vendor}.${operation}`;
  const output = call(id, filled(input));
  for (const [pointer, expected] of Object.entries(expect)) {
    const [got, wanted] = [at(output, pointer), filled(expected)];
    assert.deepEqual(got, wanted, `${id}: expected ${inspect(wanted)} at "${pointer}", got ${inspect(got)}`);
  }
  for (const [name, pointer] of Object.entries(keep)) {
    const value = at(output, pointer);
    assert.notEqual(value, undefined, `${id}: nothing at "${pointer}" to keep, of ${inspect(output)}`);
    variables.set(`$${name}`, value);
  }
}

const catalogue = JSON.parse(component.operations.describe());
const listed = catalogue.operations.map((operation) => operation.id).sort();
const called = [...new Set(tour.map((step) => `${vendor}.${step.call}`))].sort();
assert.deepEqual(called, listed, `${vendor}: the operations on its tour, and those that it describes`);

const typed = new URL(`${vendor}.mjs`, import.meta.url);
if (existsSync(typed)) (await import(typed)).default(component);

console.log(`${vendor}: ${tour.length} calls by name${existsSync(typed) ? ", and typed ones" : ""}`);
// The shim's worker thread keeps Node alive otherwise.
process.exit(0);
