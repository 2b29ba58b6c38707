// Shows one operation of the document with Swagger UI, which is loaded with the first one. Its calls are off: the page calls.

const HERE = new URL(".", import.meta.url);
/** The longest text that is handed over. */
const MOST = 5000;
const OWN = "#/components/";

const loaded = (node) =>
  new Promise((done, failed) => {
    node.addEventListener("load", done);
    node.addEventListener("error", () => failed(new Error("Swagger UI could not be loaded")));
    document.head.append(node);
  });
const style = (name) => Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(name, HERE) });
const script = Object.assign(document.createElement("script"), { src: new URL("swagger-ui.js", HERE) });
const ready = Promise.all([style("swagger-ui.css"), style("library.css"), script].map(loaded));

/** The document with texts as the page shows them, and without references to elsewhere, which Swagger UI would load. */
function clean(part, plain) {
  if (typeof part === "string") return plain(part, MOST);
  if (Array.isArray(part)) return part.map((item) => clean(item, plain));
  if (part === null || typeof part !== "object") return part;
  const foreign = ([name, value]) => name === "$ref" && !(typeof value === "string" && value.startsWith(OWN));
  const members = Object.entries(part).filter((member) => !foreign(member));
  return Object.fromEntries(members.map(([name, value]) => [plain(name, 500), clean(value, plain)]));
}

/** Texts as they are, without Markdown, and the operation without what belongs to a whole document. */
const plugin = ({ React }) => {
  const text = ({ source }) => React.createElement("div", { className: "renderedMarkdown text" }, source ?? "");
  const layout = ({ getComponent }) =>
    React.createElement("div", { className: "swagger-ui" }, React.createElement(getComponent("operations", true)));
  const nothing = () => null;
  return {
    components: { PageLayout: layout },
    wrapComponents: {
      Markdown: () => text,
      JSONSchema202012KeywordDescription: () => ({ schema }) =>
        schema?.description ? React.createElement(text, { source: schema.description }) : null,
      OperationTag: () => ({ children }) => React.createElement("div", {}, children),
      OperationSummary: () => nothing,
      CopyToClipboardBtn: () => nothing,
      // Where a link of a vendor leads can be read, and nobody gets there by a slip.
      Link: () => ({ children }) => React.createElement("span", {}, children),
    },
  };
};

/** The document of which what the page shows itself is left out. A schema that has no name gets one. */
function shown(document, plain) {
  const spec = clean(document, plain);
  for (const { post } of Object.values(spec.paths)) {
    post.summary = post.description = "";
    const media = [post.requestBody, post.responses["200"]].map((part) => part?.content["application/json"]);
    for (const [at, name] of ["Input", "Output"].entries()) {
      if (media[at]?.schema && !media[at].schema.$ref) media[at].schema.title = name;
    }
  }
  return spec;
}

export async function show(node, document, plain) {
  await ready;
  window.SwaggerUIBundle({
    spec: shown(document, plain),
    domNode: node,
    layout: "PageLayout",
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [plugin],
    docExpansion: "full",
    defaultModelRendering: "model",
    defaultModelExpandDepth: 2,
    supportedSubmitMethods: [],
    validatorUrl: null,
    deepLinking: false,
    syntaxHighlight: { activated: false },
  });
}
