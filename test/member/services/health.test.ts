import { describe, expect, test } from "vitest";
import type { HealthRequest } from "../../../src/api/requests.ts";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import { AUTH_ON, alarm, put } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

/** GET of a path as curl would write it. */
function get(path: string) {
  const [place = "", query = ""] = path.split("?");
  const [, endpoint, check = null] = place.split("/");
  const options = query.split("&");
  const request: HealthRequest = {
    endpoint: endpoint as HealthRequest["endpoint"],
    check,
    exclude: options.filter((each) => each.startsWith("exclude=")).map((each) => each.slice(8)),
    serializable: options.includes("serializable=true"),
    verbose: options.includes("verbose"),
  };
  return { type: "health", request } as const;
}

const WELL = '200 {"health":"true","reason":""}';
const ALL =
  "[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\n[+]non_learner ok\n";

/** What a real etcd 3.6.5 answers where nothing is wrong; it lists checks in no order. */
const HEALTHY = {
  "/health": WELL,
  "/health?serializable=true": WELL,
  "/health?exclude=NOSPACE": WELL,
  "/livez": "200 ok\n",
  "/readyz": "200 ok\n",
  "/readyz?verbose": `200 ${ALL}ok\n`,
  "/livez?verbose": "200 [+]serializable_read ok\nok\n",
  "/readyz?exclude=data_corruption&verbose":
    "200 [+]serializable_read ok\n[+]linearizable_read ok\n[+]non_learner ok\nok\n",
  "/readyz?exclude=nothing": "200 ok\n",
  "/readyz/non_learner": "200 ok\n",
  "/readyz/nothing": "404 404 page not found\n",
  "/livez/linearizable_read": "404 404 page not found\n",
  "/livez/serializable_read?verbose": "200 [+]serializable_read ok\nok\n",
};

const unwell = (reason: string) => `503 {"health":"false","reason":"${reason}"}\n`;

/** The same after `etcdctl`, or a PUT of an alarm, had done something; what is not named is as above. */
const FOUND: readonly (readonly [string, (lone: Lone) => void, Partial<typeof HEALTHY>])[] = [
  ["healthy", () => undefined, {}],
  [
    "out of space",
    (lone) => lone.get(alarm("ACTIVATE", "NOSPACE")),
    {
      "/health": unwell("ALARM NOSPACE"),
      "/health?serializable=true": unwell("ALARM NOSPACE"),
    },
  ],
  [
    "corrupt",
    (lone) => lone.get(alarm("ACTIVATE", "CORRUPT")),
    {
      "/health": unwell("ALARM CORRUPT"),
      "/health?serializable=true": unwell("ALARM CORRUPT"),
      "/health?exclude=NOSPACE": unwell("ALARM CORRUPT"),
      "/readyz": `503 ${ALL.replace("[+]data_corruption ok", "[-]data_corruption failed: alarm activated: CORRUPT")}\n`,
      "/readyz?verbose": `503 ${ALL.replace("[+]data_corruption ok", "[-]data_corruption failed: alarm activated: CORRUPT")}\n`,
      "/readyz?exclude=nothing": `503 ${ALL.replace("[+]data_corruption ok", "[-]data_corruption failed: alarm activated: CORRUPT")}\n`,
    },
  ],
  [
    "with auth on, whoever asks",
    (lone) => {
      for (const step of AUTH_ON) lone.get(step);
    },
    {},
  ],
];

describe("a probe is answered as by a real etcd 3.6.5", () => {
  test.each(FOUND)("that is %s", (_, prepare, different) => {
    const lone = new Lone();
    lone.get(put("a"));
    prepare(lone);
    const answers = Object.keys(HEALTHY).map((path) => {
      const { status, body } = lone.get(get(path));
      return [path, `${status} ${body}`];
    });
    expect(Object.fromEntries(answers)).toEqual({ ...HEALTHY, ...different });
  });

  /** All others stop, as by SIGSTOP, and the leader is asked. */
  function forsaken(): { trio: Trio; id: number } {
    const trio = new Trio();
    const { leader: id } = trio;
    trio.isolate(id);
    return { trio, id };
  }

  function body(trio: Trio, callId: number): string {
    const response = trio.replyTo(callId)?.response;
    return response?.type === "health"
      ? `${response.response.status} ${response.response.body}`
      : "none";
  }

  test.each([
    ["/health", unwell("RANGE ERROR:context deadline exceeded")],
    [
      "/readyz",
      `503 ${ALL.replace("[+]linearizable_read ok", "[-]linearizable_read failed: etcdserver: request timed out")}\n`,
    ],
  ])("that is forsaken, and does not know it yet: %s", (path, said) => {
    const { trio, id } = forsaken();
    const asked = trio.send(id, get(path));
    trio.pass(7 * SECOND - 1);
    expect(trio.answered(asked)).toBe(false);
    trio.pass(10 * MILLISECOND);
    expect(body(trio, asked)).toBe(said);
  });

  test("that is forsaken, and knows of no leader", () => {
    const { trio, id } = forsaken();
    trio.pass(5 * SECOND);
    const asked = ["/health", "/health?serializable=true", "/livez", "/readyz"].map((path) =>
      trio.send(id, get(path)),
    );
    trio.pass(10 * MILLISECOND);
    expect(asked.map((call) => body(trio, call))).toEqual([
      unwell("RAFT NO LEADER"),
      WELL,
      "200 ok\n",
      "none",
    ]);
  });

  test("that waits in turn behind another's read, as long as its own context lasts", () => {
    const { trio, id } = forsaken();
    trio.send(id, get("/readyz"));
    trio.pass(500 * MILLISECOND);
    const health = trio.send(id, get("/health"));
    trio.pass(7 * SECOND - 1);
    expect(trio.answered(health)).toBe(false);
    trio.pass(10 * MILLISECOND);
    expect(body(trio, health)).toBe(unwell("RANGE ERROR:context deadline exceeded"));
    // Its read was dropped, and the next one is asked for nobody: that takes its time.
    const readyz = trio.send(id, get("/readyz"));
    trio.pass(6 * SECOND);
    expect(trio.answered(readyz)).toBe(false);
    trio.pass(8 * SECOND);
    expect(body(trio, readyz)).toContain("[-]linearizable_read failed: etcdserver: request timed");
  });

  test("that has no vote", () => {
    const trio = new Trio();
    trio.cluster.inject({ type: "add-member", member: 4, learner: true });
    trio.pass(2 * SECOND);
    expect(trio.get(4, get("/readyz"))).toMatchObject({
      status: 503,
      body: `${ALL.replace("[+]non_learner ok", "[-]non_learner failed: not supported for learner")}\n`,
    });
    expect(trio.get(4, get("/readyz?exclude=non_learner")).status).toBe(200);
    expect(trio.get(4, get("/health")).status).toBe(200);
  });
});
