import { parseArgs } from "node:util";
import { lineOf } from "../../../src/profile/lines.ts";
import { releases } from "../../support/real-etcd.ts";
import { type Compared, duel } from "./duel.ts";
import { AREAS } from "./lines/index.ts";
import { has } from "./player.ts";

/** `npm run differential:ctl -- --etcd 3.7.3 [--area get] [--all]`: etcdctl against a real cluster and ours. */
const { values } = parseArgs({
  options: {
    etcd: { type: "string", default: "3.7.3" },
    area: { type: "string", multiple: true, default: [] },
    /** Those too that take minutes. */
    all: { type: "boolean", default: false },
    bugs: { type: "string", default: "" },
    show: { type: "boolean", default: false },
  },
});

const found = releases().find(({ version }) => version === values.etcd);
if (found === undefined) {
  console.error(`no etcd ${values.etcd} here`);
  process.exit(2);
}
const line = lineOf(found.version);
let lines = 0;
let different = 0;
let stopped = 0;
for (const area of AREAS) {
  if (values.area.length > 0 ? !values.area.includes(area.name) : area.slow && !values.all)
    continue;
  if (!has(area, line)) continue;
  const from = Date.now();
  let compared: readonly Compared[] = [];
  try {
    compared = await duel(area, {
      line,
      release: found.version,
      binaries: found.folder,
      bugs: values.bugs === "" ? [] : values.bugs.split(","),
      onCompared: show,
    });
  } catch (error) {
    console.log(`### ${area.name}: ${(error as Error).message}`);
    stopped++;
  }
  const wrong = compared.filter(({ equal }) => !equal).length;
  lines += compared.length;
  different += wrong;
  const seconds = ((Date.now() - from) / 1000).toFixed(0);
  console.log(`${area.name}: ${compared.length} lines, ${wrong} differ (${seconds} s)`);
}
const stops = stopped === 0 ? "" : `, and ${stopped} areas stopped in the midst`;
console.log(`etcdctl ${found.version}: ${lines} command lines, ${different} differ${stops}`);
process.exitCode = different + stopped === 0 ? 0 : 1;

function show({ area, line, real, ours, equal }: Compared): void {
  if (equal && !values.show) return;
  console.log(`${equal ? "    " : "### "}${area}: etcdctl ${line}`);
  if (/^goroutine /m.test(`${real.stderr}${ours.stderr}`)) {
    console.log("  etcdctl fell over: the line is to be taken out");
    return;
  }
  for (const part of ["exit", "stdout", "stderr"] as const) {
    const [a, b] = [String(real[part]), String(ours[part])];
    if (a === b) {
      if (values.show && a !== "") console.log(`  ${part}: ${a.trimEnd()}`);
    } else console.log(`  ${part} of etcd:\n${a.trimEnd()}\n  ${part} of detcd:\n${b.trimEnd()}`);
  }
}
