// types/voice.ts from docs/openapi.json. `--check` writes nothing and fails when the file is not what it should be.
import { readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import openapiTS, { astToString } from "openapi-typescript";
import { aliases } from "./aliases.mjs";

const root = new URL("../../../", import.meta.url);
const source = new URL("docs/openapi.json", root);
const target = new URL("types/voice.ts", root);

export async function render() {
  const text = await readFile(source, "utf8");
  const document = JSON.parse(text);
  // A field with a default may be left out of a request: it must not become a required one.
  const types = astToString(await openapiTS(document, { defaultNonNullable: false, alphabetize: true }));
  const planned = await readFile(new URL("planned.ts", import.meta.url), "utf8");
  const digest = createHash("sha256").update(text).digest("hex");
  const head = `// Made from docs/openapi.json (sha256 ${digest}) by \`make reference\`; do not edit.\n\n`;
  return `${head}${aliases(document, planned)}\n${types}`;
}

const rendered = await render();
if (!process.argv.includes("--check")) {
  await writeFile(target, rendered);
} else if ((await readFile(target, "utf8").catch(() => "")) !== rendered) {
  console.error("types/voice.ts is not what docs/openapi.json says: run `make reference`.");
  process.exit(1);
}
