import type { Logger } from "../logger.ts";
import type { NodeId, Term } from "../types.ts";
import { hex } from "./hex.ts";

/** As much of a Raft as these lines name; its class, which calls them, cannot be imported here. */
interface LoggedNode {
  readonly id: NodeId;
  readonly term: Term;
  readonly logger: Logger;
}

export function becameFollower(r: LoggedNode): void {
  r.logger.info?.(`${hex(r.id)} became follower at term ${r.term}`);
}

export function becamePreCandidate(r: LoggedNode): void {
  r.logger.info?.(`${hex(r.id)} became pre-candidate at term ${r.term}`);
}

export function becameCandidate(r: LoggedNode): void {
  r.logger.info?.(`${hex(r.id)} became candidate at term ${r.term}`);
}

export function becameLeader(r: LoggedNode): void {
  r.logger.info?.(`${hex(r.id)} became leader at term ${r.term}`);
}
