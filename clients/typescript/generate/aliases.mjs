// The names that programs import: each schema by its own name, and for each operation `<Operation>Request`,
// `<Operation>Query` and `<Operation>Response`.

/** The lines of TypeScript. `planned`: declarations of operations that the document does not have yet. */
export function aliases(document, planned) {
  const named = new Map();
  for (const name of Object.keys(document.components.schemas)) {
    named.set(name, `components["schemas"]["${name}"]`);
  }
  for (const [name, type] of operations(document).flatMap(([id, operation]) => ofOperation(id, operation))) {
    if (named.has(name)) throw new Error(`${name} is the name of a schema and of an operation's type`);
    named.set(name, type);
  }
  const lines = [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => `export type ${name} = ${type};`);
  return [...lines, "", ...stillPlanned(planned, named)].join("\n");
}

function operations(document) {
  return Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => [operation.operationId, operation]),
  );
}

function ofOperation(id, operation) {
  const name = id[0].toUpperCase() + id.slice(1);
  const found = [];
  if (operation.requestBody) {
    const contentType = Object.keys(operation.requestBody.content)[0];
    found.push([`${name}Request`, `NonNullable<operations["${id}"]["requestBody"]>["content"]["${contentType}"]`]);
  }
  if ((operation.parameters ?? []).some((parameter) => parameter.in === "query")) {
    found.push([`${name}Query`, `NonNullable<operations["${id}"]["parameters"]["query"]>`]);
  }
  const status = Object.keys(operation.responses).find((each) => each.startsWith("2"));
  // Of a stream the document has the events, and those have names of their own.
  if ("application/json" in operation.responses[status].content) {
    found.push([`${name}Response`, `operations["${id}"]["responses"]["${status}"]["content"]["application/json"]`]);
  }
  return found;
}

/** Those blocks of planned.ts, separated by empty lines, whose name the document does not give. */
function stillPlanned(planned, named) {
  return planned
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => {
      const name = /^export (?:interface|type) (\w+)/m.exec(block)?.[1];
      return name !== undefined && !named.has(name);
    })
    .map((block) => `${block}\n`);
}
