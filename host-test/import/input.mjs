// Inputs made from what `describe-operation` says: its schema, and what its comments tell beyond types.

const DEEPEST = 5;

/** An input of an operation. `fields`: "required" ones, "some" optional ones too, or "all". */
export function input(described, fields) {
  const schema = described.input ?? {};
  const maker = new Maker(schema.$defs ?? {}, fields);
  return maker.value(schema, "", 0) ?? {};
}

class Maker {
  constructor(defs, fields) {
    Object.assign(this, { defs, fields });
  }

  /** A schema with all that its reference says. What stands beside the reference counts. */
  resolved(schema) {
    if (!schema.$ref) return schema;
    const { $ref, ...beside } = schema;
    return { ...this.resolved(this.defs[$ref.replace("#/$defs/", "")] ?? {}), ...beside };
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
        return [this.value({ description: schema.description, ...schema.items }, name, depth + 1)];
      case "string":
        return text(schema, name);
      case "integer":
      case "number":
        return number(schema, type === "integer");
      case "boolean":
        return schema.examples?.[0] ?? true;
      default:
        return schema.examples?.[0] ?? {};
    }
  }

  object(schema, depth) {
    const made = {};
    const required = new Set(schema.required ?? []);
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      const isOptional = !required.has(name);
      if (isOptional && !this.isWanted(name, this.resolved(member), depth)) continue;
      made[name] = this.value(member, name, depth + 1);
    }
    return made;
  }

  isWanted(name, schema, depth) {
    // What takes anything does not say what it takes.
    const isKnown = schema.type || schema.enum || schema.oneOf || schema.anyOf;
    if (this.fields === "required" || name === "extra" || !isKnown) return false;
    if (this.fields === "all") return depth < DEEPEST;
    const type = schema.type === "array" ? this.resolved(schema.items ?? {}).type : schema.type;
    return depth === 0 && type !== "object" && !(schema.type === "array" && !type && !this.resolved(schema.items ?? {}).enum);
  }
}

/** What a comment says beyond the type. */
function facts(schema) {
  const comment = schema.description ?? "";
  const told = (pattern) => comment.match(pattern)?.[1];
  const between = comment.match(/ From `(-?[\d.]+)` to `(-?[\d.]+)`/);
  return {
    example: schema.examples?.[0],
    word: told(/(?:One of|Always) `([^`]*)`/),
    least: between?.[1] ?? told(/ At least `(-?[\d.]+)`/),
    most: between?.[2] ?? told(/ At most `(-?[\d.]+)`/),
    comment,
  };
}

function number(schema, isWhole) {
  const { example, word, least, most } = facts(schema);
  if (example !== undefined) return example;
  if (word !== undefined && Number.isFinite(Number(word))) return Number(word);
  let value = isWhole ? 1 : 1.5;
  if (least !== undefined) value = Math.max(value, Number(least));
  if (most !== undefined) value = Math.min(value, Number(most));
  return value;
}

function text(schema, name) {
  const { example, word } = facts(schema);
  if (example !== undefined) return example;
  if (word !== undefined) return word;
  if (name === "id" || name.endsWith("-id")) return "1";
  return "text";
}
