#!/usr/bin/env node
import { processIo } from "./io.ts";
import { main } from "./program.ts";

// `detcd replay x | head`: whoever read us has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  process.stderr.write(`detcd: the output can't be written: ${error.message}\n`);
  process.exit(2);
});

const code = await main(process.argv.slice(2), processIo());
if (code !== 0) process.exitCode = code;
