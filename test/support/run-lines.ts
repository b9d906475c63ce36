import { processIo } from "../../src/cli/io.ts";
import { main } from "../../src/cli/program.ts";

// `run-lines.ts JSON`: command lines of detcd, one after the other in one process.
for (const line of JSON.parse(process.argv[2] ?? "[]")) {
  const code = await main(line, { ...processIo(), out: () => {} });
  if (code !== 0) throw new Error(`detcd ${line.join(" ")}: exit code ${code}`);
}
