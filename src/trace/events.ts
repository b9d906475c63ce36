import { CLIENT_KINDS } from "./schema/client-kinds.ts";
import { DATA_KINDS } from "./schema/data-kinds.ts";
import { DETAIL_KINDS } from "./schema/detail-kinds.ts";
import type { EventAs, Kind } from "./schema/kind.ts";
import { STATE_KINDS } from "./schema/state-kinds.ts";
import { STEP_KINDS } from "./schema/step-kinds.ts";

export type {
  AccessNeed,
  ClientOp,
  ClientResult,
  KeyOp,
  WatchedChange,
} from "./schema/client-kinds.ts";
export type { AuthChange, KeyChange, LeaseAction } from "./schema/data-kinds.ts";
export type { TraceHeader } from "./schema/header.ts";
export { Layer } from "./schema/kind.ts";
export {
  type ChangeSummary,
  type ConfSummary,
  type EntrySummary,
  type MessageSummary,
  NO_CONF,
  type PeerProgress,
  type ProgressStateName,
  type RaftStep,
  type RaftStepName,
  type RoleName,
} from "./schema/raft-shapes.ts";

/**
 * The trace vocabulary: everything that people, checkers and exports see of a run is one of these
 * events. Each carries its `seq` (1, 2, 3 …), the global virtual time `at` in µs, the member it
 * happened on (1…n; 0 is the world) and `cause`: the seq of the event that made it (0: none).
 *
 * A kind is described once, in the tables that are put together here. The types below, the digest,
 * the files and the tests' samples all follow from that; a new kind is a new row there.
 */
export const KINDS = {
  ...STEP_KINDS,
  ...STATE_KINDS,
  ...DETAIL_KINDS,
  ...DATA_KINDS,
  ...CLIENT_KINDS,
} as const satisfies Readonly<Record<string, Kind>>;

type Kinds = typeof KINDS;
export type TraceKind = keyof Kinds;
export type EventOf<K extends TraceKind> = EventAs<K, Kinds[K]>;
/**
 * What happened: one of many kinds, told apart by `kind`.
 *
 * @public
 */
export type TraceEvent = { [K in TraceKind]: EventOf<K> }[TraceKind];

export type DeliverEvent = EventOf<"deliver">;
export type RequestEvent = EventOf<"request">;
export type FaultEvent = EventOf<"fault">;
export type CrashEvent = EventOf<"crash">;
export type PanicEvent = EventOf<"panic">;
export type LinksEvent = EventOf<"links">;
export type RoleEvent = EventOf<"role">;
export type TransferEvent = EventOf<"transfer">;
export type HardStateEvent = EventOf<"hard-state">;
export type AppendEvent = EventOf<"append">;
export type CommitEvent = EventOf<"commit">;
export type ApplyEvent = EventOf<"apply">;
export type ProgressEvent = EventOf<"progress">;
export type ConfEvent = EventOf<"conf">;
export type RestoreEvent = EventOf<"restore">;
export type SnapshotEvent = EventOf<"snapshot">;
export type DiscardEvent = EventOf<"discard">;
export type RecoverEvent = EventOf<"recover">;
export type SendEvent = EventOf<"send">;
export type DropEvent = EventOf<"drop">;
export type NoteEvent = EventOf<"note">;
export type ReadyEvent = EventOf<"ready">;
export type ChangesEvent = EventOf<"changes">;
export type CompactEvent = EventOf<"compact">;
export type CompactionEvent = EventOf<"compaction">;
export type WatcherEvent = EventOf<"watcher">;
export type LeaseEvent = EventOf<"lease">;
export type AlarmEvent = EventOf<"alarm">;
export type AuthEvent = EventOf<"auth">;
export type InvokeEvent = EventOf<"invoke">;
export type AccessEvent = EventOf<"access">;
export type AttemptEvent = EventOf<"attempt">;
export type CompleteEvent = EventOf<"complete">;
export type WatchEvent = EventOf<"watch">;
export type WatchResponseEvent = EventOf<"watch-response">;
export type ProgressRequestEvent = EventOf<"progress-request">;
export type HoldEvent = EventOf<"hold">;
