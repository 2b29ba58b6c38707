"use strict";
const at = (id) => document.getElementById(id);
const root = document.documentElement;
const library = document.querySelector("meta[name=library]").content;
// Everything that a vendor or a caller wrote goes through here and into text nodes. What would not be seen, or would move
// other characters, is shown as its number.
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
const plain = (text, most = 20000) => {
  const all = String(text);
  const more = all.length > most ? ` … (${all.length - most} more characters)` : "";
  return all.slice(0, most).replace(HIDDEN, (one) => `\\u{${one.codePointAt(0).toString(16)}}`) + more;
};
const make = (tag, given, ...inside) => {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...inside);
  return node;
};
const show = (node, ...inside) => node.replaceChildren(...inside);

// Also behind a proxy that puts something in front of the path.
const base = new URL(location.pathname.replace(/docs\/*$/, ""), location.origin);
let token = "";
let operations = new Map();
const ask = (path, more = {}) => {
  const headers = { accept: "application/json", ...more.headers };
  if (token) headers.authorization = `Bearer ${token}`;
  return fetch(new URL(path, base), { ...more, headers, credentials: "omit", cache: "no-store" });
};
const get = async (path) => {
  const answer = await ask(path);
  if (answer.ok) return answer.json();
  throw await answer.json().catch(() => ({ status: answer.status, detail: "no JSON" }));
};

const ADVICE = {
  "retry-now": "The same call may succeed now.",
  "retry-later": "The same call may succeed later.",
  "change-input": "Another input is needed.",
  "ask-person": "A person has to act: a setting, a credential, a right.",
  "give-up": "Nothing that the caller can change will help.",
};
const MEMBERS = ["operation", "step", "field", "code", "vendor-status", "retry-after-ms", "maybe-done", "details"];
const word = (value) => plain(typeof value === "object" ? JSON.stringify(value, null, 2) : value);
const failure = (problem) => {
  const list = make("dl");
  const add = (name, ...text) => list.append(make("dt", {}, name), make("dd", {}, ...text));
  const { kind, advice } = problem;
  if (kind) add("kind", make("code", {}, plain(kind)));
  if (advice) add("advice", make("code", {}, plain(advice)), ` ${ADVICE[advice] ?? ""}`);
  for (const name of MEMBERS) if (problem[name] || problem[name] === 0) add(name, word(problem[name]));
  const title = `${problem.status ?? ""} ${problem.detail ?? problem.message ?? "no answer"}`;
  return make("div", { id: "error", role: "alert" }, make("h3", {}, plain(title)), list);
};

const effect = (one) => make("b", { className: ["read", "write", "destroy"].includes(one) ? one : "" }, plain(one, 20));
const entry = ({ id, effect: does, summary, weak }) => {
  const link = make("a", { href: `#${encodeURIComponent(id)}` }, plain(id, 200));
  const item = make("li", { className: weak ? "weak" : "" }, link, " ", effect(does));
  if (weak) item.append(make("i", {}, " weak"));
  item.append(make("span", {}, plain(summary, 300)));
  return item;
};
const vendor = ({ vendor: name, title, summary }) => {
  const own = operations.get(name) ?? [];
  const list = make("ul");
  const about = `${plain(name, 100)} · ${own.length} · ${plain(summary || title || "", 200)}`;
  const box = make("details", {}, make("summary", {}, plain(title || name, 100), " ", make("span", {}, about)), list);
  box.addEventListener("toggle", () => list.childElementCount || show(list, ...own.map(entry)), { once: true });
  return box;
};

async function load() {
  show(at("said"), "Loading…");
  try {
    const all = await get("operations");
    operations = Map.groupBy(all.operations, ({ id }) => id.split(".")[0]);
    show(at("vendors"), ...all.vendors.map(vendor));
    show(at("said"), `${all.operations.length} operations of ${all.vendors.length} vendors`);
    await open();
  } catch (problem) {
    const missing = problem.status === 401;
    show(at("said"), missing ? "Enter the token of this server." : failure(problem));
    if (missing) at("token").focus();
  }
}

let asked = 0;
async function search() {
  const intent = at("intent").value.trim();
  const mine = ++asked;
  at("vendors").hidden = intent !== "";
  if (!intent) return show(at("found"));
  try {
    const found = await get(`search?${new URLSearchParams({ q: intent, limit: 20 })}`);
    // A later search may have been answered first.
    if (mine !== asked) return;
    show(at("found"), ...found.operations.map(entry));
    show(at("said"), plain(found.hint ?? `${found.operations.length} found`, 500));
  } catch (problem) {
    if (mine === asked) show(at("said"), failure(problem));
  }
}

// The fields of a schema. What it refers to is in the same document; what refers to itself ends somewhere.
const outline = (all, schema, depth = 0) => {
  const name = String(schema?.$ref ?? "").replace("#/components/schemas/", "");
  const own = (name && Object.hasOwn(all, name) ? all[name] : schema) ?? {};
  const items = own.items && outline(all, own.items, depth);
  if (items) return items;
  if (depth > 3 || !own.properties) return null;
  const field = ([key, part]) => {
    const to = part?.$ref ? plain(part.$ref.split("/").pop(), 80) : (part?.type ?? (part?.enum && part.enum.join(" | ")) ?? "");
    const need = own.required?.includes(key) ? " required" : "";
    const line = make("li", {}, make("code", {}, plain(key, 200)), make("i", {}, ` ${plain(to, 300)}${need}`));
    if (part?.description) line.append(` ${plain(part.description, 1000)}`);
    const inside = outline(all, part, depth + 1);
    if (inside) line.append(inside);
    return line;
  };
  return make("ul", { className: "schema" }, ...Object.entries(own.properties).map(field));
};

const chosen = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
};
async function open() {
  const id = chosen();
  const main = at("operation");
  if (!id) return;
  show(main, make("p", {}, "Loading…"));
  let document;
  try {
    document = await get(`openapi.json?${new URLSearchParams({ operation: id })}`);
  } catch (problem) {
    return id === chosen() && show(main, failure(problem));
  }
  // Another one may have been chosen meanwhile.
  if (id !== chosen()) return;
  const one = document.paths[`/operations/${id}`].post;
  const takes = one.requestBody?.content["application/json"];
  const input = make("textarea", { id: "input", rows: 6, spellcheck: false, value: JSON.stringify(takes?.example ?? {}, null, 2) });
  const button = make("button", { id: "call", type: "button" }, `Call (${plain(one["x-effect"], 20)})`);
  const output = make("div", { id: "output" });
  const reference = make("div", { id: "reference" });
  button.addEventListener("click", () => call(id, input.value, button, output));
  show(
    main,
    make("h2", {}, plain(id, 500), " ", effect(one["x-effect"])),
    make("pre", { className: "text" }, plain(one.description || one.summary)),
    make("h3", {}, make("label", { htmlFor: "input" }, "Input")), input, button, output,
    make("h3", {}, "Reference"), reference,
  );
  main.focus();
  main.scrollTop = 0;
  if (library) return refer(reference, document);
  const schemas = document.components.schemas;
  const gives = one.responses["200"].content["application/json"].schema;
  for (const [name, schema] of [["Input", takes?.schema], ["Output", gives]]) {
    const fields = outline(schemas, schema) ?? make("pre", {}, word(schema ?? null));
    reference.append(make("details", { open: name === "Input" }, make("summary", {}, name), fields));
  }
}

let loaded;
async function refer(node, document) {
  loaded ??= import(new URL(library, base));
  (await loaded).show(node, document, plain);
}

const scrolled = (id, ariaLabel, ...text) => make("pre", { id, ariaLabel, role: "region", tabIndex: 0 }, ...text);
// An answer that comes as events is shown as they come; the last one holds the status and the body.
async function events(answer, output) {
  const log = scrolled("events", "Events");
  const progress = make("p", { role: "status" });
  show(output, progress);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return last;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const [, name, data] = /^event: (.*)\ndata: ([^]*)$/.exec(part) ?? [];
      if (name === "answer") last = JSON.parse(data);
      if (name === "progress") show(progress, plain(Object.values(JSON.parse(data)).join(" · "), 300));
      if (name === "piece" && log.textContent.length < 200000) {
        log.append(plain(data) + "\n");
        output.append(log);
        log.scrollTop = log.scrollHeight;
      }
    }
  }
}

async function call(id, body, button, output) {
  button.disabled = true;
  show(output, make("p", { role: "status" }, "Calling…"));
  const begun = performance.now();
  try {
    const headers = { "content-type": "application/json", accept: "text/event-stream, application/json" };
    const answer = await ask(`operations/${encodeURIComponent(id)}`, { method: "POST", body, headers });
    const comes = answer.headers.get("content-type")?.startsWith("text/event-stream");
    const last = comes ? await events(answer, output) : { status: answer.status, body: await answer.text() };
    if (!last) throw { detail: "the answer ended before its end" };
    const took = `${last.status}, ${Math.round(performance.now() - begun)} ms`;
    output.querySelector("[role=status]")?.replaceChildren(took);
    if (last.status !== 200) return output.append(failure(JSON.parse(last.body)));
    // JavaScript would round long numbers.
    const text = /\d{16}/.test(last.body) ? last.body : JSON.stringify(JSON.parse(last.body), null, 2);
    output.append(scrolled("result", "Result", plain(text, 200000)));
  } catch (problem) {
    output.append(failure(problem.detail ? problem : { detail: String(problem) }));
  } finally {
    button.disabled = false;
  }
}

const dark = matchMedia("(prefers-color-scheme: dark)");
function theme(to) {
  root.dataset.theme = to;
  root.classList.toggle("dark-mode", to === "dark");
  show(at("theme"), to === "dark" ? "Light" : "Dark");
}
theme(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
at("theme").addEventListener("click", () => theme(root.dataset.theme === "dark" ? "light" : "dark"));
at("access").addEventListener("submit", (event) => {
  event.preventDefault();
  // It is kept in this variable alone.
  token = at("token").value.trim();
  at("token").value = "";
  load();
});
let later;
at("intent").addEventListener("input", () => {
  clearTimeout(later);
  later = setTimeout(search, 100);
});
at("search").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(later);
  search();
});
addEventListener("hashchange", open);
load();
