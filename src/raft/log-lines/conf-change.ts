import type { RaftError } from "../errors.ts";
import type { Raft } from "../raft.ts";
import { configText } from "../tracker/tracker-config.ts";
import { hex } from "./hex.ts";

export function switchedConfiguration(r: Raft): void {
  r.logger.info?.(`${hex(r.id)} switched to configuration ${configText(r.tracker.config)}`);
}

export function startedAutoLeave(r: Raft): void {
  r.logger.info?.(
    `initiating automatic transition out of joint configuration ${configText(r.tracker.config)}`,
  );
}

export function couldNotAutoLeave(r: Raft, refused: RaftError): void {
  r.logger.debug?.(
    "not initiating automatic transition out of joint configuration " +
      `${configText(r.tracker.config)}: ${refused.message}`,
  );
}
