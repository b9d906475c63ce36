import { makeConfig, ReadOnlyOption } from "../../raft/config.ts";
import { electionTimeoutsFrom } from "../../raft/election-timeout.ts";
import { RawNode } from "../../raft/raw-node.ts";
import type { MemberHost } from "../host.ts";
import { foundingContexts } from "../membership/change-context.ts";
import type { MemberConfig } from "../settings.ts";
import type { MemberTracer } from "../tracing/tracer.ts";
import type { Recovered } from "./recover.ts";

/**
 * Nothing was ever made durable: a first start, or one after a crash that came before the entries
 * that found the cluster. It has promised nobody anything, and founds it (again).
 */
function isBlank({ snapshot, entries, hardState }: Recovered): boolean {
  return snapshot === null && entries.length === 0 && hardState.term === 0;
}

/** Raft as it goes on from what was found on disk, or founds the cluster `clusterToken` names. */
export function startRaft(
  config: MemberConfig,
  found: Recovered,
  host: MemberHost,
  tracer: MemberTracer,
  clusterToken: string,
): RawNode {
  const node = new RawNode(
    makeConfig({
      id: config.id,
      storage: found.storage,
      electionTick: config.electionTicks,
      heartbeatTick: config.heartbeatTicks,
      // Raft hands out again what comes after the snapshot; the state machine knows what it has.
      applied: found.snapshot?.metadata.index ?? 0,
      maxSizePerMsg: config.maxSizePerMsg,
      maxInflightMsgs: config.maxInflightMsgs,
      checkQuorum: config.checkQuorum,
      preVote: config.preVote,
      readOnlyOption: config.readOnly === "safe" ? ReadOnlyOption.Safe : ReadOnlyOption.LeaseBased,
      stepDownOnRemoval: config.stepDownOnRemoval,
      omitsUnset: config.profile.omitsUnset,
      randomElectionTimeout: electionTimeoutsFrom(host.random.fork("election timeout")),
      observer: host.trace.layers === 0 ? null : tracer,
      mistakes: config.mistakes,
    }),
  );
  if (isBlank(found) && config.initialVoters.length > 0) {
    node.bootstrap(foundingContexts(config.initialVoters, clusterToken));
  }
  return node;
}
