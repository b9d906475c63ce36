import { z } from "zod";
import { HEALTH_CHECKS, type HealthRequest } from "../../../api/health-requests.ts";
import { MILLISECOND, SECOND } from "../../../base/time.ts";
import { endpointHealth } from "../../../client/recipes/endpoint-health.ts";
import { ONCE } from "../../../client/retry-policy.ts";
import { durationFrom, expected, flag, members, record, text } from "../../read/scalars.ts";
import type { Health } from "../../run/client-call.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import type { NamesOf } from "../names.ts";
import type { Selector } from "../selectors.ts";
import { type Action, action } from "./action.ts";
import { clientId, giveClient } from "./addressed.ts";

/** Longer than a member waits for the read by which it finds out. */
const PROBE_TIMEOUT_US = 10 * SECOND;
const COMMAND_TIMEOUT_US = 5 * SECOND;

const ALARMS = ["NOSPACE", "CORRUPT"] as const;
const READYZ = HEALTH_CHECKS.readyz;

/** Who is asked, by whom, for how long, and what that is called. */
const probeShape = { member: members, client: clientId.default(1), as: text.optional() };
const timeout = durationFrom(MILLISECOND).default(PROBE_TIMEOUT_US);

const alarmKind = z.enum(ALARMS, {
  error: (issue) => expected("NOSPACE or CORRUPT", issue.input),
});
const check = z.enum(READYZ, {
  error: (issue) => expected(`a check: ${READYZ.join(", ")}`, issue.input),
});

/** A member, or more to say. */
function probe<S extends z.ZodRawShape>(noun: string, shape: S) {
  return z.union([members, record(`key of ${noun}`, { ...probeShape, timeout, ...shape })], {
    error: (issue) => expected("a member, or {member: …}", issue.input),
  });
}

/** What a body of /health, /livez or /readyz says is wrong, in one line. */
function healthIn(body: string): Health {
  const json = /^\{"health":"(true|false)","reason":"(.*)"\}/.exec(body);
  if (json !== null) return { healthy: json[1] === "true", reason: json[2] ?? "" };
  const failed = body.split("\n").filter((line) => line.startsWith("[-]"));
  const reason = failed.map((line) => line.slice("[-]".length)).join("; ");
  return { healthy: body.endsWith("ok\n") && failed.length === 0, reason };
}

interface Probe {
  readonly member: Selector;
  readonly client: number;
  readonly as?: string | undefined;
  readonly timeout: number;
}

function ask(
  world: World,
  { member, client, as, timeout: timeoutUs }: Probe,
  request: HealthRequest,
) {
  const id = world.member(member);
  const { endpoint } = request;
  const name = as ?? probeName(endpoint, id);
  const options = { to: id, pin: true, timeoutUs, policy: ONCE };
  const what = `probe /${endpoint} of m${id}`;
  world.clients.ask(client, { type: "health", request }, what, name, options, (answered) => {
    const { response } = answered;
    if (response?.type === "health") answered.health = healthIn(response.response.body);
  });
}

/** What a probe is called without `as`. */
function probeName(word: string, id: number): string {
  return `${word} m${id}`;
}

/** Which member is asked that is named by its role is known only in the run: it may be any. */
function giveProbe(word: string): NamesOf<Selector | Omit<Probe, "timeout">> {
  return (names, input) => {
    const { member, client, as } =
      "member" in input ? input : { member: input, client: 1, as: undefined };
    giveClient(names, client);
    referToMembers(names, member, "member");
    const [first] = member;
    const isOne = member.length === 1 && typeof first === "number";
    const operations = (isOne ? [first] : [...names.whole.members]).map((id) =>
      probeName(word, id),
    );
    if (as !== undefined) names.reserve(as);
    for (const name of as === undefined ? operations : [as]) names.give("operation", name);
  };
}

const PLAIN = { client: 1, timeout: PROBE_TIMEOUT_US };
const ALL_CHECKS = { ...PLAIN, check: undefined, exclude: [] };

function checks(endpoint: "livez" | "readyz", about: string): Action {
  const known: readonly string[] = HEALTH_CHECKS[endpoint];
  const ofEndpoint = check.refine((name) => known.includes(name), {
    error: () => `/${endpoint} has no other check than ${known.join(", ")}`,
  });
  const schema = probe(endpoint, {
    check: ofEndpoint.optional(),
    exclude: z.array(ofEndpoint).default([]),
  });
  return action(about, schema, giveProbe(endpoint), (world, input) => {
    const whole = "member" in input ? input : { ...ALL_CHECKS, member: input };
    const { check: one = null, exclude } = whole;
    const plain = { endpoint, check: one, exclude, serializable: false, verbose: false };
    ask(world, whole, plain);
  });
}

/** What those ask who look after a cluster: over HTTP, and by etcdctl. */
export const HEALTH_ACTIONS = {
  health: action(
    "A probe asks a member's /health: no alarm (but for those to `exclude`), a leader, and a linearizable read (a `serializable` one needs no leader).",
    probe("health", { exclude: z.array(alarmKind).default([]), serializable: flag.default(false) }),
    giveProbe("health"),
    (world, input) => {
      const whole =
        "member" in input ? input : { ...PLAIN, member: input, exclude: [], serializable: false };
      const { exclude, serializable } = whole;
      const plain = { endpoint: "health", check: null, exclude, serializable } as const;
      ask(world, whole, { ...plain, verbose: false });
    },
  ),
  livez: checks("livez", "A probe asks a member's /livez (since 3.5): can it read by itself?"),
  readyz: checks(
    "readyz",
    `A probe asks a member's /readyz (since 3.5): all of ${READYZ.join(", ")}, one \`check\`, or all but some.`,
  ),
  "endpoint-health": action(
    "An operator runs `etcdctl endpoint health`: a linearizable get, which permission may be denied for, then the alarms.",
    z.union(
      [
        members,
        record("key of endpoint-health", {
          ...probeShape,
          timeout: durationFrom(MILLISECOND).default(COMMAND_TIMEOUT_US),
        }),
      ],
      {
        error: (issue) => expected("a member, or {member: …}", issue.input),
      },
    ),
    giveProbe("endpoint-health"),
    (world, input) => {
      const whole =
        "member" in input
          ? input
          : { client: 1, timeout: COMMAND_TIMEOUT_US, member: input, as: undefined };
      const id = world.member(whole.member);
      const what = `look at the health of m${id}`;
      const name = whole.as ?? probeName("endpoint-health", id);
      world.clients.perform(whole.client, what, name, function* (client, probed) {
        const { healthy, error } = yield* endpointHealth(client, id, whole.timeout);
        probed.health = { healthy, reason: error.trimEnd() };
      });
    },
  ),
} satisfies Record<string, Action>;
