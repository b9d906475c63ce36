import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { TIME_LIMIT_MS } from "./test/support/time-limit.ts";

export default defineConfig({
  // The examples name the package as its users do.
  resolve: {
    alias: [
      { find: /^detcd$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
      {
        find: "detcd/testing",
        replacement: fileURLToPath(new URL("src/testing/index.ts", import.meta.url)),
      },
    ],
  },
  test: {
    pool: "forks",
    // One process on each core for many files, which import nearly the same: code is loaded and made
    // fast once, and what a file finds does not depend on those that ran before it in the process.
    isolate: false,
    maxWorkers: "100%",
    // Runs make much that is soon forgotten: with more room for it an eighth less time is spent.
    execArgv: ["--max-semi-space-size=64"],
    // Ink draws nothing while CI is set; colours must not depend on who runs the tests.
    env: { FORCE_COLOR: "1", CI: "false" },
    testTimeout: TIME_LIMIT_MS,
    hookTimeout: TIME_LIMIT_MS,
    projects: [
      { extends: true, test: { name: "core", include: ["test/**/*.test.ts"] } },
      { extends: true, test: { name: "ui", include: ["test/ui/**/*.test.tsx"] } },
    ],
  },
});
