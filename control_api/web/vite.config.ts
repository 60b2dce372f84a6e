import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react(), tailwindcss(), compressed()],
  resolve: { alias: { "voice-client": here("../../clients/typescript/src/index.ts") } },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  build: {
    target: "es2022",
    // The policy of the pages allows no inline file but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rollupOptions: { input: { index: here("index.html"), console: here("console.html") } },
  },
});
