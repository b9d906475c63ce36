/** An answer as we compare it: what differs from one member or moment to the next is replaced. */
export interface Answer {
  readonly status: number;
  /** Those that say something of the answer, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly trailers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether more may come; of nothing at all, the status is 0. */
  readonly isOpen?: true;
}

/** What is as HTTP has it, or as it happens to be sent. */
const OF_TRANSPORT = /^(?:date|content-length|connection|keep-alive|transfer-encoding)$/;

export function normalAnswer(
  status: number,
  headers: Iterable<readonly [string, string]>,
  trailers: Iterable<readonly [string, string]>,
  body: string,
  isOpen: boolean,
): Answer {
  const told = normalHeaders(headers);
  const ends = normalHeaders(trailers);
  return {
    status,
    headers: told,
    ...(Object.keys(ends).length > 0 ? { trailers: ends } : {}),
    body: told["content-type"] === "application/json" ? normalLines(body) : normalChecks(body),
    ...(isOpen ? { isOpen: true as const } : {}),
  };
}

/** What every answer has (CORS), as one. */
const CORS = {
  "access-control-allow-headers": "accept, content-type, authorization",
  "access-control-allow-methods": "POST, GET, OPTIONS, PUT, DELETE",
  "access-control-allow-origin": "*",
};

function normalHeaders(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const found = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  if (Object.entries(CORS).every(([name, value]) => found.get(name) === value)) {
    for (const name of Object.keys(CORS)) found.delete(name);
    found.set("access-control", "*");
  }
  const all = [...found];
  return Object.fromEntries(
    all.filter(([name]) => !OF_TRANSPORT.test(name)).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** etcd makes its checks in any order. */
function normalChecks(body: string): string {
  const lines = body.split("\n");
  const isCheck = (line: string) => /^\[[-+]\]/.test(line);
  const checks = lines.filter(isCheck).sort();
  return [...checks, ...lines.filter((line) => !isCheck(line))].join("\n");
}

/** Lines of JSON; of lines that are alike, one is enough. */
function normalLines(body: string): string {
  const lines = body.split("\n").map((line) => (line === "" ? "" : normalJson(line)));
  return lines.filter((line, i) => line !== lines[i - 1]).join("\n");
}

/** Which fields are each member's own, or the moment's. */
const OWN =
  /^(?:cluster_id|member_id|raft_term|raftTerm|leader|peerURLs|clientURLs|dbSize|dbSizeInUse|raftIndex|raftAppliedIndex|hash|token|blob|remaining_bytes)$/;

/** In the order of its fields, which counts; with no spaces, which don't. */
function normalJson(text: string): string {
  return (
    JSON.stringify(own(JSON.parse(text), ""))
      // Some releases were linked with a space that does not break, in place of one that does.
      .replaceAll("proto:\u00a0", "proto: ")
  );
}

function own(value: unknown, around: string): unknown {
  if (Array.isArray(value)) return value.map((each) => own(each, around));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      // The leader of an election is told in full.
      const isWhole = typeof part !== "object" || Array.isArray(part);
      const isMembers = /^members?$/.test(around) && /^(?:ID|name)$/.test(name);
      const isOwn = isWhole && (OWN.test(name) || isMembers);
      return [name, isOwn ? "*" : own(part, name)];
    }),
  );
}
