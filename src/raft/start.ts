import { restoreConfiguration } from "./apply-conf-change.ts";
import type { Config } from "./config.ts";
import { hex } from "./log-lines/hex.ts";
import * as lines from "./log-lines/index.ts";
import { Raft } from "./raft.ts";
import { type HardState, NONE } from "./types.ts";

/** A raft node as its storage left it: a follower that knows no leader. `config` is validated. */
export function startRaft(config: Config): Raft {
  const r = new Raft(config);
  if (r.probe !== null) r.probe.at(r, "init");
  const { hardState, confState } = config.storage.initialState();
  const lastIndex = r.log.lastIndex();
  const lastTerm = r.log.lastTerm();
  restoreConfiguration(r, confState);
  loadState(r, hardState);
  if (config.applied > 0) r.log.appliedTo(config.applied, 0);
  r.becomeFollower(r.term, NONE, "start");
  lines.started(r, lastIndex, lastTerm);
  return r;
}

function loadState(r: Raft, { term, vote, commit }: HardState): void {
  if (term === 0 && vote === NONE && commit === 0) return;
  const { log } = r;
  if (commit < log.committed || commit > log.lastIndex()) {
    r.logger.panic(
      `${hex(r.id)} state.commit ${commit} is out of range ` +
        `[${log.committed}, ${log.lastIndex()}]`,
    );
  }
  log.committed = commit;
  r.term = term;
  r.vote = vote;
}
