import { someNames, text } from "../../read/scalars.ts";
import { callText } from "../../run/client-call.ts";
import type { World } from "../../run/world.ts";
import { refersTo } from "../names.ts";
import { all, type ExpectationKey, each, expectation, type Finding } from "./finding.ts";

/** What a probe found; a probe that nobody answered found its error. */
function found(world: World, name: string): { reason: string | null; text: string } {
  const named = world.clients.named.get(name);
  if (named === undefined) return { reason: null, text: `nobody probed "${name}"` };
  const { health, outcome, error } = named;
  if (health !== null) {
    const { healthy, reason } = health;
    return { reason, text: `${name}: ${healthy ? "healthy" : reason}` };
  }
  const isProbe = outcome === "fail" && error !== "";
  return { reason: isProbe ? error : null, text: callText(named) };
}

/** About what probes and `etcdctl endpoint health` found. */
export const HEALTH_EXPECTATIONS = {
  healthy: expectation(
    "the probes of these names found their members well",
    someNames,
    refersTo("operation"),
    (input) => (world) => {
      const listed = typeof input === "string" ? [input] : input;
      return all(
        listed.map((name): Finding => {
          const seen = found(world, name);
          return { ok: seen.reason === "", found: seen.text };
        }),
      );
    },
  ),
  unhealthy: each(
    "what the probes of these names found wrong, in etcd's words: `{probe: RAFT NO LEADER}`",
    text.refine((reason) => reason !== "", { error: "a reason is never empty" }),
    refersTo("operation"),
    (world, name, reason) => {
      const seen = found(world, name);
      return { ok: seen.reason === reason, found: seen.text };
    },
  ),
} satisfies Record<string, ExpectationKey>;
