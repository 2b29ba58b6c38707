// Holds SBOMs against the schema of CycloneDX 1.5, which its own library brings along.
//
// node sbom.mjs FILE…

import { readFile } from "node:fs/promises";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import parse from "spdx-expression-parse";

const files = process.argv.slice(2);
if (files.length === 0) throw new Error("no SBOM is named");
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
for (const file of files) {
  const text = await readFile(file, "utf8");
  const problems = await validator.validate(text);
  if (problems !== null) throw new Error(`${file}: ${JSON.stringify(problems)}`);
  const { components } = JSON.parse(text);
  // The schema takes any text for these.
  for (const { purl, licenses } of components) {
    PackageURL.fromString(purl);
    for (const { expression } of licenses) parse(expression);
  }
  console.log(`${file}: CycloneDX 1.5, ${components.length} components`);
}
