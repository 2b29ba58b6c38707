#!/usr/bin/env bash
# A component made for JavaScript by jco takes a missing or misspelt number of a record for 0, and a flag under its WIT name for
#   none.
#
# Versions: @bytecodealliance/jco 1.35.0 (npm), Node.js 20.
# Behaviour: for `record tide { high-water: u32, name: string }` the object `{"high-water": 3, name: "x"}`, with the name as the
#   WIT has it, is accepted, and the component gets 0. A missing payload of a variant's case is 0, too. A missing text is refused
#   with a TypeError, and so is an unknown case of an enum. For `flags access { read, take-over }` the object `{"take-over":
#   true}` is no flag.
# Output seen:
#   highWater: 3 -> 3, high-water: 3 -> 0, no name: TypeError
#   wind with a payload -> 7, wind without -> 0
#   takeOver -> 2, take-over -> 0
#
# Why it surprises: a field of a record is not optional in WIT; `option` exists for that. The generated types make it mandatory,
#   too, but only in TypeScript. A caller in JavaScript that passes an object from a JSON document calls the component with a 0
#   that nobody wrote.
#
# Needs node and npm. It fails if a missing number, a missing payload or an unknown flag is refused.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"type":"module"}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts @bytecodealliance/jco@1.35.0
cat >tides.wit <<'WIT'
package demo:tides@0.1.0;

interface gauge {
  record tide { high-water: u32, name: string }
  variant weather { calm, wind(u32) }
  flags access { read, take-over }
  height: func(tide: tide) -> u32;
  force: func(weather: weather) -> u32;
  bits: func(access: access) -> u32;
}

world tides {
  export gauge;
}
WIT
cat >tides.wat <<'WAT'
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "demo:tides/gauge@0.1.0#height") (param i32 i32 i32) (result i32) (local.get 0))
  (func (export "demo:tides/gauge@0.1.0#force") (param i32 i32) (result i32) (local.get 1))
  (func (export "demo:tides/gauge@0.1.0#bits") (param i32) (result i32) (local.get 0)))
WAT
cat >build.js <<'JS'
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, componentEmbed, componentNew, transpile } from '@bytecodealliance/jco';

const binary = await parse(readFileSync('tides.wat', 'utf8'));
const embedded = await componentEmbed({ binary, witSource: readFileSync('tides.wit', 'utf8') });
const { files } = await transpile(await componentNew(embedded, []), { name: 'tides' });
for (const [name, bytes] of Object.entries(files)) {
  mkdirSync(dirname(join('out', name)), { recursive: true });
  writeFileSync(join('out', name), bytes);
}
JS
cat >call.js <<'JS'
import { gauge } from './out/tides.js';

const refusal = (call) => {
  try {
    return String(call());
  } catch (error) {
    return error.constructor.name;
  }
};
const height = (tide) => refusal(() => gauge.height(tide));
const force = (weather) => refusal(() => gauge.force(weather));
const bits = (access) => refusal(() => gauge.bits(access));
console.log(
  `highWater: 3 -> ${height({ highWater: 3, name: 'x' })}, high-water: 3 -> ${height({ 'high-water': 3, name: 'x' })},`,
  `no name: ${height({ highWater: 3 })}`,
);
console.log(`wind with a payload -> ${force({ tag: 'wind', val: 7 })}, wind without -> ${force({ tag: 'wind' })}`);
console.log(`takeOver -> ${bits({ takeOver: true })}, take-over -> ${bits({ 'take-over': true })}`);
JS
node build.js
seen=$(node call.js)
echo "$seen"
[ "$seen" = 'highWater: 3 -> 3, high-water: 3 -> 0, no name: TypeError
wind with a payload -> 7, wind without -> 0
takeOver -> 2, take-over -> 0' ]
