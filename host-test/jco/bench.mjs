// Times a call of a component by name in Node.js, for the bench: the median in microseconds.
//
// node bench.mjs COMPONENT OPERATION INPUT CALLS

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transpile } from "@bytecodealliance/jco";

const [, , file, operation, input, calls] = process.argv;
// In this folder, where Node finds the shim.
const out = join(dirname(fileURLToPath(import.meta.url)), "out");
await mkdir(out, { recursive: true });
const folder = await mkdtemp(join(out, "bench-"));
try {
  const { files } = await transpile(await readFile(file), { name: "component" });
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  const { operations } = await import(pathToFileURL(join(folder, "component.js")));
  const times = [];
  // The first calls warm up.
  for (let call = -20; call < Number(calls); call += 1) {
    const begun = performance.now();
    const output = operations.call(operation, input);
    if (call >= 0) times.push((performance.now() - begun) * 1000);
    if (JSON.parse(output).length !== 20) throw new Error(output);
  }
  times.sort((one, other) => one - other);
  console.log(times[Math.floor(times.length / 2)]);
} finally {
  await rm(folder, { recursive: true });
}
process.exit(0);
