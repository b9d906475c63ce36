import { spawnSync } from "node:child_process";

/** Programs that open what is exported; a test that needs one says so where it is missing. */

/** The first of these names that can be started here, or null. */
export function programOf(names: readonly string[], args = ["--version"]): string | null {
  for (const name of names) {
    if (spawnSync(name, args, { stdio: "ignore" }).status === 0) return name;
  }
  return null;
}

/** asciinema, of PyPI (2) or of crates.io (3); `DETCD_ASCIINEMA` names another one than that in PATH. */
export function asciinema(): { readonly program: string; readonly version: number } | null {
  const program = programOf([process.env["DETCD_ASCIINEMA"] ?? "", "asciinema"].filter(Boolean));
  if (program === null) return null;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return { program, version: Number(/(\d+)\./.exec(stdout)?.[1]) };
}

/**
 * Perfetto's trace processor. The `perfetto` package of PyPI fetches its binary from a place that not every
 * machine reaches: `DETCD_TRACE_PROCESSOR` names one, or it is in PATH.
 */
export function traceProcessor(): string | null {
  const named = process.env["DETCD_TRACE_PROCESSOR"] ?? "";
  return programOf([named, "trace_processor_shell", "trace_processor"].filter(Boolean));
}

/** Chromium, for pages and pictures. */
export function chromium(): string | null {
  const named = process.env["DETCD_CHROMIUM"] ?? "";
  return programOf([named, "chromium", "chromium-browser", "google-chrome"].filter(Boolean));
}
