import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // Ink draws nothing while CI is set; colours must not depend on who runs the tests.
    env: { FORCE_COLOR: "1", CI: "false" },
    testTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "core", include: ["test/**/*.test.ts"] } },
      { extends: true, test: { name: "ui", include: ["test/ui/**/*.test.tsx"] } },
    ],
  },
});
