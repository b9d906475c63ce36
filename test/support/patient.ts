import type { KvRequest } from "../../src/api/requests.ts";
import type { Call, CallOptions } from "../../src/client/client.ts";
import { PATIENT } from "../../src/client/retry-policy.ts";
import type { Cluster } from "../../src/sim/cluster.ts";

const MADE = new WeakMap<Cluster, Call[]>();

/** Makes a call as scenarios make simple ones: tried again for long where it certainly did not happen. */
export function ask(
  cluster: Cluster,
  client: number,
  request: KvRequest,
  options: CallOptions = {},
): Call {
  const call = cluster
    .client(client)
    .call(request, () => undefined, { ...options, policy: PATIENT });
  const made = MADE.get(cluster);
  if (made === undefined) MADE.set(cluster, [call]);
  else made.push(call);
  return call;
}

/** All calls that were made so in a cluster, in their order. */
export function callsOf(cluster: Cluster): readonly Call[] {
  return MADE.get(cluster) ?? [];
}
