/**
 * What two clusters can't agree on, put aside: the same on both sides, each with its reason. None of them is
 * wider than a value which nobody could have foretold.
 */

/** What is known of one of the two clusters. */
export interface Known {
  /** Values of its own, by what they are called: an id, an endpoint, a folder. The longest go first. */
  readonly names: ReadonlyMap<string, string>;
  /** Its term, now. */
  readonly term: string;
}

export interface Rule {
  readonly name: string;
  readonly why: string;
  apply(text: string, known: Known): string;
}

/** Where a term stands: in a header, alone or in a message, and in a member's status. */
const TERM =
  /("raft_?term":|"RaftTerm" : |^1\.4: |^1: [^\n]+\n2: [^\n]+\n(?:3: \d+\n)?4: )(\d+)/gim;

/** The terms that a text tells of. */
export function termsIn(text: string): string[] {
  return [...text.matchAll(TERM)].map(([, , term]) => term ?? "");
}

const replacing =
  (pattern: RegExp, by: string) =>
  (text: string): string =>
    text.replace(pattern, by);

/** Every line of a table's, with its cells. */
function inTables(
  text: string,
  cells: (row: string[], titles: readonly string[]) => string[],
): string {
  let titles: readonly string[] = [];
  return text.replace(/^([│|]) (.*) [│|]$/gm, (_, bar: string, inside: string) => {
    const row = inside.split(bar).map((cell) => cell.trim());
    if (titles.length === 0) titles = row;
    return `${bar} ${cells(row, titles).join(` ${bar} `)} ${bar}`;
  });
}

/** `endpoint status` without titles: which of its cells are what. */
const STATUS: Readonly<Record<number, readonly string[]>> = {
  10: ["", "", "", "size", "", "", "term", "index", "index", ""],
  9: ["", "", "", "size", "", "", "term", "index", "index"],
  16: ["", "", "", "", "size", "size", "share", "", "", "", "term", "index", "index", "", "", ""],
  // Before 3.7.
};

const TITLES: Readonly<Record<string, string>> = {
  "DB SIZE": "size",
  "IN USE": "size",
  "PERCENTAGE NOT IN USE": "share",
  "RAFT TERM": "term",
  "RAFT INDEX": "index",
  "RAFT APPLIED INDEX": "index",
  TOOK: "time",
};

const SHAPES: Readonly<Record<string, RegExp>> = {
  size: /^\d+(\.\d+)? ([kMG]?B)$/,
  share: /^\d+%$/,
  index: /^[1-9]\d*$/,
  time: /^[\d.]+(ns|µs|ms|s)$/,
};

function cell(kind: string | undefined, text: string, { term }: Known): string {
  if (kind === "term") return text === term ? "⟨term⟩" : text;
  return SHAPES[kind ?? ""]?.test(text) ? `⟨${kind}⟩` : text;
}

const SESSION_JSON = /"key":"([^"]+)"([^{}]*)"lease":(\d+)/g;
const SESSION_FIELDS =
  /("Key" : "[^"\n]*\/)([0-9a-f]{15,16})"((?:\n"\w+" : [^\n]*)*?\n)"Lease" : (\d+)/g;

export const RULES: readonly Rule[] = [
  {
    name: "own values",
    why: "Ids are hashes of addresses or drawn by chance, ports are the host's: each stands for what it was learnt as. One that nobody knows is left as it is, and so is one of another member.",
    apply: (text, { names }) => {
      const values = [...names.keys()].toSorted((a, b) => b.length - a.length);
      if (values.length === 0) return text;
      const any = new RegExp(
        `(?<![0-9a-zA-Z])(?:${values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![0-9a-zA-Z])`,
        "g",
      );
      return text.replace(any, (value) => `⟨${names.get(value)}⟩`);
    },
  },
  {
    name: "terms",
    why: "How many elections there were is chance. Only the number that is the cluster's term now is put aside.",
    apply: (text, { term }) =>
      text.replace(TERM, (all, before: string, value: string) =>
        value === term ? `${before}⟨term⟩` : all,
      ),
  },
  {
    name: "raft's indexes",
    why: "Elections, new versions and names take entries, too. They have to be there, and above 0.",
    apply: replacing(/("raft(?:Applied)?Index":|"Raft(?:Applied)?Index" : )[1-9]\d*/g, "$1⟨index⟩"),
  },
  {
    name: "sizes",
    why: "How full pages are differs by what else is in the file: ids, terms, free pages. Quotas are compared.",
    apply: replacing(
      /("dbSize(?:InUse)?":|"DBSize(?:InUse)?" : |"fetched snapshot".*"size":)([1-9]\d*|"\d+(?:\.\d+)? [kM]?B")/g,
      "$1⟨size⟩",
    ),
  },
  {
    name: "status",
    why: "The same figures as cells.",
    apply: (text, known) =>
      text.replace(/^⟨m\d⟩, .*$/gm, (line) => {
        const cells = line.split(/, ?/);
        const kinds = STATUS[cells.length];
        return kinds === undefined
          ? line
          : cells.map((text, i) => cell(kinds[i], text, known)).join(", ");
      }),
  },
  {
    name: "tables",
    why: "Columns are as wide as the longest of such values.",
    apply: (text, known) =>
      inTables(text, (row, titles) =>
        row.map((text, i) => cell(TITLES[titles[i] ?? ""], text, known)),
      ).replace(/[─-]{3,}/g, "─"),
  },
  {
    name: "how long it took",
    why: "Time.",
    apply: replacing(
      /((?:took|Took|took =|took"?:|"Took" :|in) ?"?)\d+(?:\.\d+)?(?:ns|µs|ms|s)\b/g,
      "$1⟨time⟩",
    ),
  },
  {
    name: "what is left of a lease",
    why: "Up to five seconds may have gone, or the rounding of one second; nothing else.",
    apply: (text) =>
      text
        .replace(
          /granted with TTL\((\d+)s\), remaining\((\d+)s\)/g,
          (all, granted: string, left: string) =>
            isALittleLess(granted, left)
              ? `granted with TTL(${granted}s), remaining(⟨a little less⟩)`
              : all,
        )
        .replace(/"ttl":(\d+),"granted-ttl":(\d+)/g, (all, left: string, granted: string) =>
          isALittleLess(granted, left) ? `"ttl":⟨a little less⟩,"granted-ttl":${granted}` : all,
        )
        .replace(/"TTL" : (\d+)\n"GrantedTTL" : (\d+)/g, (all, left: string, granted: string) =>
          isALittleLess(granted, left) ? `"TTL" : ⟨a little less⟩\n"GrantedTTL" : ${granted}` : all,
        ),
  },
  {
    name: "the log of etcdctl",
    why: "Moments, addresses in memory and local ports of the client's own log; what it tells of is compared.",
    apply: (text) =>
      text
        .replace(/"ts":"[^"]*"/g, '"ts":⟨time⟩')
        .replace(/"target":"[^"]*"/g, '"target":⟨target⟩')
        .replace(/LocalAddr: '[^']*'/g, "LocalAddr: ⟨address⟩")
        .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/gm, "⟨time⟩"),
  },
  {
    name: "blanks before a short id",
    why: "An id below 2^60 has fewer digits, and some lines of `member` fill it up.",
    apply: replacing(/^Member +(?=⟨)/gm, "Member "),
  },
  {
    name: "whose deadline",
    why: "Client and server look at the same deadline, each by its own clock; whoever is first words it in the client's log. The line of the error is compared.",
    apply: replacing(
      /desc = (?:context deadline exceeded|stream terminated by RST_STREAM with error code: CANCEL)(?="\})/g,
      "desc = ⟨too late⟩",
    ),
  },
  {
    name: "spaces between fields",
    why: "Google's protobuf library writes one or two into texts, as the program happened to be built.",
    apply: replacing(/(memberID:⟨m\d id⟩) {1,2}(?=alarm:)/g, "$1 "),
  },
  {
    name: "sessions",
    why: "The key of a lock or of a candidate ends in the id of its session's lease, which is drawn by chance; key and lease have to agree.",
    apply: (text) =>
      text
        .replace(SESSION_JSON, (all, key: string, between: string, lease: string) => {
          const name = /^(.*\/)([0-9a-f]{15,16})$/.exec(
            Buffer.from(key, "base64").toString("latin1"),
          );
          return String(BigInt(`0x${name?.[2] ?? "0"}`)) === lease
            ? `"key":⟨${name?.[1]}session⟩${between}"lease":⟨session⟩`
            : all;
        })
        .replace(
          SESSION_FIELDS,
          (all, key: string, session: string, between: string, lease: string) =>
            String(BigInt(`0x${session}`)) === lease
              ? `${key}⟨session⟩"${between}"Lease" : ⟨session⟩`
              : all,
        )
        .replace(/(?<=\/|^)[0-9a-f]{15,16}\b/gm, "⟨session⟩"),
  },
];

function isALittleLess(granted: string, left: string): boolean {
  return Number(left) <= Number(granted) && Number(left) >= Number(granted) - 6;
}

export function normal(text: string, known: Known): string {
  return RULES.reduce((now, { apply }) => apply(now, known), text);
}
