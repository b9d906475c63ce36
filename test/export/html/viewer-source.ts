import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

const VIEWER = join(import.meta.dirname, "../../../src/export/html/viewer");
export const BUNDLE = join(VIEWER, "../viewer-bundle.ts");

/** The module that holds the page's script and style as text, made from `src/export/html/viewer/`. */
export function viewerModule(): string {
  const built = buildSync({
    entryPoints: [join(VIEWER, "main.ts")],
    bundle: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    minify: true,
    write: false,
    tsconfigRaw: {},
  });
  const script = built.outputFiles[0]?.text.trim() ?? "";
  const style = readFileSync(join(VIEWER, "style.css"), "utf8")
    .replace(/\s*\n\s*/g, "")
    .trim();
  return `// Made by \`npm run viewer\` from src/export/html/viewer/; not to be changed by hand.
export const SCRIPT = ${literal(script)};
export const STYLE = ${literal(style)};
`;
}

/** A template without anything to fill in: linters and formatters leave it as it is. */
function literal(text: string): string {
  return `\`${text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`)}\``;
}
