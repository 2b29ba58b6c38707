#!/usr/bin/env bash
# openapi-down-convert leaves `const: false`, `const: 0` and `const: ""` in an OpenAPI 3.0 document, where `const` has no meaning.
#
# Versions: @apiture/openapi-down-convert 0.14.2 (npm), Node.js 20.
# Behaviour: `const: true` and `const: 1` become an `enum` of one value. The three values that are false in JavaScript are left as
#   they are. A property that is called `const` is taken for the keyword, and comes out as a property `enum` whose schema is a
#   list. The conversion reports success.
# Output seen:
#   true {"enum":[true]}, 1 {"enum":[1]}, "a" {"enum":["a"]}
#   false {"const":false}, 0 {"const":0}, "" {"const":""}
#   properties const, name -> enum [{"type":"string"}], name {"type":"string"}
#
# Why it surprises: the package's README, "Convert const to enum", names no value that is left out. JSON Schema 2020-12, Validation,
#   section 6.1.3, has `const` with a value of any type. OpenAPI 3.0.3, Schema Object, has no such keyword, so a tool for 3.0
#   ignores it: a field that must be `false` may be anything, and a `oneOf` that tells two objects apart by `true` and `false`
#   matches both.
#
# Needs node and npm. It fails if one of the values is converted, or the property is preserved.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @apiture/openapi-down-convert@0.14.2
cat >convert.cjs <<'JS'
const { Converter } = require('@apiture/openapi-down-convert');

const convert = (schema) => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Tides', version: '1' },
    paths: {},
    components: { schemas: { Gauge: schema } },
  };
  return new Converter(document).convert().components.schemas.Gauge;
};
const show = (value) => `${JSON.stringify(value)} ${JSON.stringify(convert({ const: value }))}`;
console.log([true, 1, 'a'].map(show).join(', '));
console.log([false, 0, ''].map(show).join(', '));
const { properties } = convert({ type: 'object', properties: { const: { type: 'string' }, name: { type: 'string' } } });
const written = Object.entries(properties).sort().map(([name, schema]) => `${name} ${JSON.stringify(schema)}`);
console.log(`properties const, name -> ${written.join(', ')}`);
JS
seen=$(node convert.cjs)
echo "$seen"
[ "$seen" = 'true {"enum":[true]}, 1 {"enum":[1]}, "a" {"enum":["a"]}
false {"const":false}, 0 {"const":0}, "" {"const":""}
properties const, name -> enum [{"type":"string"}], name {"type":"string"}' ]
