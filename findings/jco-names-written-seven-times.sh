#!/usr/bin/env bash
# A component that jco makes holds the name of each exported function seven times, and the name of each record three times.
#
# Versions: @bytecodealliance/jco 1.35.0 (npm, with wit-component inside), Node.js 20.
# Behaviour: for an exported interface of 40 functions with a record each, `componentNew` writes the name of a function into the core
#   module's exports, the alias of that, the imports and the exports of a component that is made for the interface, the arguments by
#   which that is instantiated, and sections of names. Twice the name has a prefix, `import-func-` or `import-type-`. With names of 28
#   instead of 8 letters, the component is 21,236 instead of 13,236 bytes: 10 bytes for each letter of a function and its record.
# Output seen:
#   a function's name: 7 times, a record's: 3 times, "import-": 160 times
#   10 bytes for each letter
#
# Why it surprises: callers see one of them. The other names connect parts of one file, where any short name would do; the documents of
#   the component model and of wit-component do not say that a descriptive name has this price.
#
# Needs node and npm. It fails if the counts or the bytes for each letter change.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"type":"module"}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts @bytecodealliance/jco@1.35.0
cat >make.js <<'JS'
import { parse, componentEmbed, componentNew } from '@bytecodealliance/jco';

// A component with this many functions and records, whose names are this long.
const size = async (count, length) => {
  const name = (kind, index) => `${kind}${'x'.repeat(length - 3)}${String(index).padStart(2, '0')}`;
  const all = [...Array(count).keys()];
  const wit = `package demo:fleet@0.1.0;
interface ships {
${all.map((i) => `  record ${name('r', i)} { a: u32 }\n  ${name('f', i)}: func(a: ${name('r', i)}) -> u32;`).join('\n')}
}
world fleet { export ships; }`;
  const wat = `(module (memory (export "memory") 1)
${all.map((i) => `(func (export "demo:fleet/ships@0.1.0#${name('f', i)}") (param i32) (result i32) (local.get 0))`).join('\n')})`;
  const component = await componentNew(await componentEmbed({ binary: await parse(wat), witSource: wit }), []);
  const text = Buffer.from(component).toString('latin1');
  const times = (what) => text.split(what).length - 1;
  return { bytes: component.length, functions: times(name('f', 7)), records: times(name('r', 7)), imports: times('import-') };
};
const short = await size(40, 8);
const long = await size(40, 28);
console.log(`a function's name: ${long.functions} times, a record's: ${long.records} times, "import-": ${long.imports} times`);
console.log(`${(long.bytes - short.bytes) / (40 * 20)} bytes for each letter`);
JS
seen=$(node make.js)
echo "$seen"
[ "$seen" = 'a function'"'"'s name: 7 times, a record'"'"'s: 3 times, "import-": 160 times
10 bytes for each letter' ]
