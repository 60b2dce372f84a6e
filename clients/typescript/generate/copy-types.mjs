// The package carries the generated types with it: src/voice.ts is a copy of types/voice.ts, and not kept in the repository.
import { copyFile } from "node:fs/promises";

const root = new URL("../../../", import.meta.url);
await copyFile(new URL("types/voice.ts", root), new URL("clients/typescript/src/voice.ts", root));
