import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CATALOGUE } from "../../src/museum/catalogue.ts";
import type { KnownMistake } from "../../src/museum/known-mistake.ts";
import { foundOf, HUNTS } from "../fuzz/hunts.ts";
import { RED_SCENARIOS } from "../scenario/red-scenarios.ts";
import { REGRESSIONS } from "../scenario/regressions.ts";
import { sites } from "./sites.ts";

export const PAGE = resolve(import.meta.dirname, "../../docs/museum.md");

/** What is above this line is written by hand. */
const BORDER = "<!-- What follows is made from src/museum and the tests: npm run museum -->\n";

/** What catches a mistake that no table of the tests names, or what else is to be said of it. */
export const REMARKS: Readonly<Record<string, string>> = {
  R27: "nothing: harmless alone",
  B9: "`test/member/loop/message-order.test.ts`: refused appends and probes; never unsafe",
  A8:
    "`test/member/services/maintenance.test.ts`. Not in a whole run: a member that has not heard yet " +
    "that auth is on tells strangers, and rightly",
  L11: "growing fences (random turmoil: `test/sim/workloads/properties.test.ts`)",
  C2: "`test/client/watch/watch.test.ts`",
  C6: "`test/client/watch/watch.test.ts`",
};

const OF_RAFT = "`test/raft/museum.test.ts`";

/** The page as the catalogue and the tests have it, below what is written by hand. */
export function museumPage(): string {
  const [byHand] = readFileSync(PAGE, "utf8").split(BORDER);
  return `${byHand}${BORDER}${CATALOGUE.map(section).join("")}`;
}

function section({ area, mistakes }: (typeof CATALOGUE)[number]): string {
  const head = "| id | name in the code | what goes wrong | source | where it stands | caught by |";
  const rows = mistakes.map((known) => row(known, area === "Raft"));
  const stories = mistakes.map(({ id, story }) => `- **${id}** ${story}`);
  return `\n## ${area}\n\n${head}\n|---|---|---|---|---|---|\n${rows.join("\n")}\n\n${stories.join("\n")}\n`;
}

function row({ id, name, title, source }: KnownMistake, ofRaft: boolean): string {
  const places = SITES.filter(({ names }) => names.includes(name)).map(({ path }) => `\`${path}\``);
  const caught = catches(id);
  if (caught.length === 0 && ofRaft) caught.push(OF_RAFT);
  const cells = [id, `\`${name}\``, title, source.map(link).join(", ") || "–", places.join(", ")];
  return `| ${[...cells, caught.join("; ")].join(" | ")} |`;
}

const SITES = sites();

/** Every way in which the mistake is known to be caught. */
export function catches(id: string): string[] {
  const found = [
    ...HUNTS.filter(({ bug }) => bug === id).map((hunt) => {
      const { profile, case: number } = foundOf(hunt) ?? { profile: "default", case: 0 };
      return `${hunt.checker} (random, ${profile} ${number})`;
    }),
    ...REGRESSIONS.filter(({ bug }) => bug === id).map(
      ({ name, shows }) => `${shows[0] ?? "what becomes of it"} (\`${name}\`)`,
    ),
    ...RED_SCENARIOS.filter(([bugs]) => bugs.split(" ").includes(id)).map(
      ([bugs, scenario]) => `scenario \`${scenario}\`${bugs === id ? "" : ` (as \`${bugs}\`)`}`,
    ),
  ];
  const remark = REMARKS[id];
  return remark === undefined ? found : [...found, remark];
}

/** An issue, a pull request or a commit of GitHub's as a link to it. */
function link(source: string): string {
  const [, repository, kind, which] = /^([\w-]+\/[\w-]+)([#@])(\w+)$/.exec(source) ?? [];
  if (repository === undefined) return source;
  const path = kind === "#" ? "issues" : "commit";
  const name = repository === "etcd-io/etcd" ? "etcd" : repository.replace(/^etcd-io\//, "");
  return `[${name} ${kind === "#" ? "#" : ""}${which}](https://github.com/${repository}/${path}/${which})`;
}
