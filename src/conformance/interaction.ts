import type { RaftMistakes } from "../museum/raft.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { Command } from "./command.ts";
import {
  campaign,
  forgetLeader,
  reportUnreachable,
  setRandomizedElectionTimeout,
  tickElection,
  tickHeartbeat,
  transferLeadership,
} from "./elections.ts";
import { Environment } from "./environment.ts";
import { HarnessFatal } from "./failures.ts";
import { raftLog, raftState, status } from "./inspection.ts";
import { logLevel } from "./log-level.ts";
import { deliverMsgs, sendSnapshot } from "./messages.ts";
import { addNodes, compact } from "./nodes.ts";
import { propose, proposeConfChange } from "./proposals.ts";
import { processReadyCommand, stabilizeCommand } from "./ready.ts";
import type { Directive } from "./script.ts";
import { processAppendThreadCommand, processApplyThreadCommand } from "./threads.ts";

/** The commands of etcd-io/raft's interaction files, as rafttest's InteractionEnv handles them. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  // A place for a breakpoint in a long file.
  ["_breakpoint", () => null],
  ["add-nodes", addNodes],
  ["campaign", campaign],
  ["compact", compact],
  ["deliver-msgs", deliverMsgs],
  ["forget-leader", forgetLeader],
  ["log-level", logLevel],
  ["process-append-thread", processAppendThreadCommand],
  ["process-apply-thread", processApplyThreadCommand],
  ["process-ready", processReadyCommand],
  ["propose", propose],
  ["propose-conf-change", proposeConfChange],
  ["raft-log", raftLog],
  ["raft-state", raftState],
  ["report-unreachable", reportUnreachable],
  ["send-snapshot", sendSnapshot],
  ["set-randomized-election-timeout", setRandomizedElectionTimeout],
  ["stabilize", stabilizeCommand],
  ["status", status],
  ["tick-election", tickElection],
  ["tick-heartbeat", tickHeartbeat],
  ["transfer-leadership", transferLeadership],
]);

/** A handler with a new, empty environment, whose nodes make these mistakes. */
export function interactionHandler(
  mistakes: RaftMistakes = NO_MISTAKES,
): (directive: Directive) => string {
  const environment = new Environment(mistakes);
  return (directive) => handle(environment, directive);
}

/** What the command prints, then its error; `ok` if there is neither. */
function handle(environment: Environment, { command, args, input }: Directive): string {
  const { output } = environment;
  output.take();
  const run = COMMANDS.get(command);
  let error: string | null;
  try {
    error = run === undefined ? "unknown command" : run(environment, args, input);
  } catch (thrown) {
    if (thrown instanceof HarnessFatal) throw thrown;
    // Go would have died with this text; we show it below what was printed so far.
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return `${output.take()}panic: ${text}`;
  }
  // Errors are shown even where the level silences everything else.
  if (error !== null) {
    if (output.isQuiet) return error;
    output.write(error);
  }
  return output.isEmpty ? "ok" : output.take();
}
