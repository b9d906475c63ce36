import type { Server, SpecMessage } from "./spec-state.ts";

type Append = Extract<SpecMessage, { kind: "append" }>;
type Vote = Extract<SpecMessage, { kind: "vote" }>;

/**
 * Receive(m) of the specification, repeated until the message is used up. Returns the answer, if
 * there is one; throws if no step is enabled.
 */
export function receive(server: Server, m: SpecMessage): SpecMessage | null {
  // UpdateTerm: the message stays, and is looked at again.
  if (m.term > server.term) server.becomeFollower(m.term);
  switch (m.kind) {
    case "vote":
      return onVote(server, m);
    case "vote-response":
      if (m.term < server.term) return null;
      server.responded.add(m.from);
      if (m.granted) server.granted.add(m.from);
      return null;
    case "append":
      return onAppend(server, m);
    case "append-response":
      if (m.term < server.term || !m.success) return null;
      server.match.set(m.from, Math.max(server.match.get(m.from) ?? 0, m.match));
      return null;
  }
}

function onVote(server: Server, m: Vote): SpecMessage {
  const upToDate =
    m.lastTerm > server.lastTerm ||
    (m.lastTerm === server.lastTerm && m.lastIndex >= server.log.length);
  const free = server.vote === "0" || server.vote === m.from;
  const granted = m.term === server.term && upToDate && free;
  if (granted) server.vote = m.from;
  return { kind: "vote-response", term: server.term, from: server.id, to: m.from, granted };
}

function onAppend(server: Server, m: Append): SpecMessage {
  const answer = { kind: "append-response", from: server.id, to: m.from } as const;
  const { prevIndex, entries } = m;
  const index = prevIndex + 1;
  const last = prevIndex + entries.length;
  if (m.term === server.term && server.role === "StateCandidate") server.role = "StateFollower";
  const known = prevIndex <= server.log.length && server.termAt(prevIndex) === m.prevTerm;
  const logOk = prevIndex === 0 || known;
  if (m.term < server.term || (server.role === "StateFollower" && !logOk)) {
    return { ...answer, sub: "app", term: server.term, success: false, match: 0 };
  }
  if (server.role !== "StateFollower") throw new Error("a leader receives an append of its term");
  if (index > server.commit && entries.length > 0) {
    // ConflictAppendEntriesRequest drops one entry at a time.
    while (!server.hasNoConflict(index, entries)) server.log.pop();
    // NoConflictAppendEntriesRequest
    if (last > server.log.length) server.log.push(...entries.slice(server.log.length - index + 1));
  }
  const heartbeat = m.sub === "heartbeat";
  const old = index <= server.commit;
  const match = heartbeat || !old ? last : server.commit;
  const commit = old ? (heartbeat ? m.commit : 0) : Math.min(m.commit, last);
  server.commit = Math.max(server.commit, commit);
  return { ...answer, sub: m.sub, term: server.term, success: true, match };
}
