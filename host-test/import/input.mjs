// Inputs made from what `describe-operation` says: its schema, and what its comments tell beyond types.

import { createRequire } from "node:module";
import { join } from "node:path";

const DEEPEST = 5;

/** An input of an operation. `fields`: "required" ones, "some" optional ones too, or "all". */
export function input(described, fields) {
  const schema = described.input ?? {};
  const maker = new Maker(schema, fields);
  return maker.value(schema, "", 0) ?? {};
}

/** The members of a record without what is said of them: records of the same names may be different ones. */
function shapeOf(properties) {
  const members = Object.entries(properties).map(([name, { type, enum: words, $ref }]) => [name, type, words, $ref]);
  return JSON.stringify(members.sort());
}

class Maker {
  /** The records that are described: the server says what a record means with the first of it. */
  #said = new Map();

  constructor(schema, fields) {
    Object.assign(this, { defs: schema.$defs ?? {}, fields });
    this.#note(schema);
  }

  #note(node) {
    if (node === null || typeof node !== "object") return;
    const { properties } = node;
    if (properties && typeof properties === "object" && isDescribed(properties)) {
      const shape = shapeOf(properties);
      if (!this.#said.has(shape)) this.#said.set(shape, properties);
    }
    Object.values(node).forEach((inner) => this.#note(inner));
  }

  #properties({ properties = {} }) {
    return isDescribed(properties) ? properties : (this.#said.get(shapeOf(properties)) ?? properties);
  }

  /** A schema with all that its reference says. What stands beside the reference counts. */
  resolved(schema) {
    if (!schema.$ref) return withExample(schema);
    const { $ref, ...beside } = schema;
    return withExample({ ...this.resolved(this.defs[$ref.replace("#/$defs/", "")] ?? {}), ...beside });
  }

  value(given, name, depth) {
    const schema = this.resolved(given);
    if (schema.enum) return schema.enum.find((word) => word !== null);
    if (schema.oneOf || schema.anyOf) {
      const of = (schema.oneOf ?? schema.anyOf).find((one) => one.type !== "null");
      return this.value({ ...schema, oneOf: undefined, anyOf: undefined, ...of }, name, depth);
    }
    const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
    switch (type) {
      case "object":
        return this.object(schema, depth);
      case "array":
        return this.list(schema, name, depth);
      case "string":
        return text(schema, name);
      case "integer":
      case "number":
        return number(schema, type === "integer");
      case "boolean":
        return schema.examples?.[0] ?? facts(schema).word !== "false";
      default:
        return schema.examples?.[0] ?? {};
    }
  }

  list(schema, name, depth) {
    if (schema.examples) return schema.examples[0];
    // A comment on a list is mostly about its items.
    const { description } = schema;
    const least = Number(description?.match(/ (?:At least|From|Exactly) (\d+) (?:to \d+ )?items?/)?.[1] ?? 1);
    const most = Number(description?.match(/ (?:At most|From \d+ to|Exactly) (\d+) items?/)?.[1] ?? Infinity);
    const words = (this.resolved(schema.items ?? {}).enum ?? []).filter((word) => word !== null);
    // Two, which show how they are separated; one where they might have to differ and nothing tells how.
    if (words.length > 1 && most > 1) return words.slice(0, Math.max(least, 2));
    const item = () => this.value({ description, ...schema.items }, name, depth + 1);
    return Array.from({ length: Math.min(Math.max(least, 1), 20) }, item);
  }

  object(schema, depth) {
    const made = {};
    const required = new Set(schema.required ?? []);
    for (const [name, member] of Object.entries(this.#properties(schema))) {
      const isOptional = !required.has(name);
      if (isOptional && !this.isWanted(name, this.resolved(member), depth)) continue;
      made[name] = this.value(member, name, depth + 1);
    }
    return made;
  }

  isWanted(name, schema, depth) {
    // Lists are never required by type.
    if (/ Required\.$/.test(schema.description ?? "")) return true;
    const hasExample = schema.examples !== undefined;
    // What takes anything does not say what it takes.
    const isKnown = schema.type || schema.enum || schema.oneOf || schema.anyOf || hasExample;
    if (this.fields === "required" || name === "extra" || !isKnown) return false;
    if (this.fields === "all") return depth < DEEPEST;
    if (depth > 0) return false;
    if (hasExample || schema.enum || ["string", "integer", "number", "boolean"].includes(schema.type)) return true;
    const item = schema.type === "array" ? this.resolved(schema.items ?? {}) : {};
    return item.enum !== undefined || ["string", "integer", "number", "boolean"].includes(item.type);
  }
}

function isDescribed(properties) {
  return Object.values(properties).some((property) => typeof property?.description === "string");
}

/** A schema with the example that its comment gives, which the server does not say twice. */
function withExample(schema) {
  const given = schema.description?.match(/such as\s+`([^`]*)`/)?.[1];
  if (schema.examples !== undefined || given === undefined || schema.enum) return schema;
  if (schema.type === "string") return { ...schema, examples: [given] };
  if (schema.type === "array" && schema.items?.type === "string") return { ...schema, examples: [[given]] };
  try {
    const value = JSON.parse(given);
    return { ...schema, examples: [schema.type === "array" && !Array.isArray(value) ? [value] : value] };
  } catch {
    return schema;
  }
}

/** What a comment says beyond the type. */
function facts(schema) {
  const comment = schema.description ?? "";
  const matched = (pattern) => comment.match(pattern)?.[1];
  const number = (text) => (text === undefined ? undefined : Number(text));
  const between = comment.match(/ From `(-?[\d.]+)` to `(-?[\d.]+)`/);
  const lengths = comment.match(/ From (\d+) to (\d+) characters/);
  const exactly = matched(/ Exactly (\d+) character/);
  return {
    example: schema.examples?.[0],
    word: matched(/(?:One of|Always) `([^`]*)`/),
    pattern: matched(/ Matches `([^`]*)`/),
    least: number(between?.[1] ?? matched(/ At least `(-?[\d.]+)`/)),
    most: number(between?.[2] ?? matched(/ At most `(-?[\d.]+)`/)),
    above: number(matched(/ More than `(-?[\d.]+)`/)),
    below: number(matched(/ Less than `(-?[\d.]+)`/)),
    shortest: number(exactly ?? lengths?.[1] ?? matched(/ At least (\d+) character/)) ?? 0,
    longest: number(exactly ?? lengths?.[2] ?? matched(/ At most (\d+) character/)) ?? Infinity,
  };
}

function number(schema, isWhole) {
  const { example, word, above, below, ...bounds } = facts(schema);
  const [least, most] = [schema.minimum ?? bounds.least, schema.maximum ?? bounds.most];
  if (example !== undefined) return example;
  if (word !== undefined && Number.isFinite(Number(word))) return Number(word);
  let value = isWhole ? 1 : 1.5;
  if (least !== undefined) value = Math.max(value, least);
  if (above !== undefined && value <= above) value = above + (isWhole ? 1 : 0.5);
  if (most !== undefined) value = Math.min(value, most);
  if (below !== undefined && value >= below) value = below - (isWhole ? 1 : 0.5);
  return value;
}

/** A text that a schema allows. */
export function text(schema, name) {
  const { example, word, pattern, shortest, longest } = facts(schema);
  if (example !== undefined) return example;
  if (word !== undefined) return word;
  if (schema.format === "date-time") return "2026-01-31T12:00:00Z";
  if (schema.format === "date") return "2026-01-31";
  if (pattern !== undefined) {
    const made = matching(pattern, shortest, longest);
    if (made !== undefined) return made;
  }
  const plain = name === "id" || name.endsWith("-id") ? "1" : "text";
  return plain.padEnd(shortest, "text").slice(0, Math.max(1, longest));
}

/** A text that matches a pattern, if the library that Prism uses can make one. */
function matching(pattern, shortest, longest) {
  const expression = new RegExp(pattern);
  const common = ["text", "1", "AA", "US", "USD", "123456", "2026-01-31", "2026-01-31T12:00:00Z", "+12025550123", "#336699"];
  const fits = (one) => expression.test(one) && one.length >= shortest && one.length <= longest;
  const known = [...common, ...["1", "a", "A"].map((letter) => letter.padEnd(shortest, letter))].find(fits);
  if (known) return known;
  const { JSONSchemaFaker } = createRequire(join(process.env.PRISM_HOME, "package.json"))("json-schema-faker");
  for (let tries = 0; tries < 20; tries += 1) {
    const made = JSONSchemaFaker.generate({ type: "string", pattern });
    if (fits(made)) return made;
  }
  return undefined;
}
