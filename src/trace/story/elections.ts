import type { HardStateEvent, MessageSummary, RoleEvent, SendEvent } from "../events.ts";
import { votersOf } from "../frames/frame.ts";
import { durationText, memberName, memberNames, messageName } from "../names.ts";
import type { Scene, Told } from "./line.ts";
import { deliveredMessage, requestOf, sourceText, voteRequest } from "./why.ts";

/** Who stands, who votes for whom and why, who wins and who steps down. */

export function tellRole(event: RoleEvent, scene: Scene): Told | null {
  const { was } = scene;
  switch (event.role) {
    case "pre-candidate":
      return {
        text: `asks whether it could win term ${event.term + 1} (pre-vote)`,
        because: whyCampaign(event, scene),
        topic: "election",
      };
    case "candidate":
      return {
        text: `becomes candidate in term ${event.term}`,
        because: whyCampaign(event, scene),
        topic: "election",
      };
    case "leader":
      if (was.role === "leader" && was.term === event.term) return null;
      return {
        text: `becomes leader in term ${event.term}`,
        because: votes(scene),
        topic: "election",
      };
    default:
      return tellFollower(event, scene);
  }
}

function whyCampaign(event: RoleEvent, scene: Scene): string {
  const { was } = scene;
  switch (event.reason) {
    case "election timeout": {
      const waited = durationText(event.at - was.heard);
      if (was.role === "candidate" || was.role === "pre-candidate") {
        const what = was.role === "candidate" ? `its election of term ${was.term}` : "its pre-vote";
        return `${what} was not decided within ${waited} (${tally(scene)})`;
      }
      return was.lead === 0
        ? `no leader showed up for ${waited}`
        : `it heard nothing from its leader ${memberName(was.lead)} for ${waited}`;
    }
    case "pre-vote won":
      return `${memberNames([...was.granted].sort((a, b) => a - b))} would vote for it`;
    case "leadership transfer": {
      const message = deliveredMessage(event, scene.find);
      const from = message === null ? "its leader" : memberName(message.from);
      return `${from} hands its leadership over and tells it to campaign now`;
    }
    case "campaign":
      return "it was told to campaign";
    default:
      return event.reason;
  }
}

function tally(scene: Scene): string {
  const { granted, refused } = scene.was;
  const parts = [`votes from ${memberNames(granted)}`];
  if (refused.length > 0) parts.push(`refused by ${memberNames(refused)}`);
  return parts.join(", ");
}

function votes(scene: Scene): string {
  const { was } = scene;
  const voters = votersOf(was.conf);
  if (voters.length === 1) return "it is the only voter";
  const granted = [...was.granted].sort((a, b) => a - b);
  return `votes from ${memberNames(granted)} (${granted.length} of ${voters.length})`;
}

function tellFollower(event: RoleEvent, scene: Scene): Told | null {
  const { was } = scene;
  if (event.reason === "start") return null;
  if (was.role === "leader") {
    return {
      text: `steps down as leader of term ${was.term}`,
      because: whyDown(event, scene),
      topic: "election",
    };
  }
  if (was.role === "candidate" || was.role === "pre-candidate") {
    return {
      text: `gives up its campaign${event.term > was.term ? ` and enters term ${event.term}` : ""}`,
      because: whyDown(event, scene),
      topic: "election",
    };
  }
  if (event.lead !== 0 && event.lead !== was.lead) {
    return {
      text: `follows ${memberName(event.lead)} in term ${event.term}`,
      detail: "all",
      topic: "election",
    };
  }
  if (event.term === was.term && event.reason !== "leader forgotten") return null;
  return {
    text: event.term > was.term ? `enters term ${event.term}` : "has no leader now",
    because: whyDown(event, scene),
    detail: "all",
    topic: "election",
  };
}

function whyDown(event: RoleEvent, scene: Scene): string {
  const message = deliveredMessage(event, scene.find);
  switch (event.reason) {
    case "higher term":
      return message === null ? "it saw a later term" : carries(message);
    case "leader found":
      return `${memberName(event.lead)} leads term ${event.term}`;
    case "quorum lost":
      return `it did not hear from a majority for an election timeout${silent(scene)} (CheckQuorum)`;
    case "election lost":
      return `refused by ${memberNames([...scene.was.refused].sort((a, b) => a - b))}`;
    case "removed":
      return "it is no longer a voter";
    case "leader forgotten":
      return "it was told to forget its leader";
    default:
      return event.reason;
  }
}

function carries(message: MessageSummary): string {
  return `${sourceText(message)} carries term ${message.term}`;
}

function silent(scene: Scene): string {
  const { is, was, before } = scene;
  const limit = before.now - before.election;
  const quiet = was.peers.filter((peer) => peer.heard < limit && peer.id !== is.id);
  return quiet.length === 0 ? "" : `: silent are ${memberNames(quiet.map((peer) => peer.id))}`;
}

/** A vote is granted when it is about to be made durable. */
export function tellVote(event: HardStateEvent, scene: Scene): Told | null {
  const { was } = scene;
  const isNew = event.vote !== was.vote || event.term !== was.term;
  if (event.vote === 0 || event.vote === event.member || !isNew) return null;
  const cause = deliveredMessage(event, scene.find);
  // A vote that waited for the disk became durable because of something else.
  const request = cause?.type === "MsgVote" ? cause : voteRequest(event, scene.find)?.message;
  const because =
    request === undefined
      ? ""
      : logEnds(request, scene) === 0
        ? "their logs end alike"
        : `${memberName(event.vote)}'s log is more up-to-date`;
  return {
    text: `votes for ${memberName(event.vote)} in term ${event.term}`,
    because,
    topic: "election",
  };
}

/** How the sender's log compares with the receiver's: > 0 more up-to-date (Raft, 5.4.1). */
function logEnds(request: MessageSummary, scene: Scene): number {
  const { log } = scene.is;
  const terms = (request.logTerm ?? 0) - log.lastTerm;
  return terms !== 0 ? terms : (request.index ?? 0) - log.lastIndex;
}

/** Someone refuses its vote, and says so. */
export function tellRefusal(event: SendEvent, scene: Scene): Told | null {
  const { message } = event;
  const isVote = message.type === "MsgVoteResp" || message.type === "MsgPreVoteResp";
  if (!isVote || message.reject !== true) return null;
  const request = requestOf(event, scene.find)?.message;
  const what = message.type === "MsgVoteResp" ? "vote" : "pre-vote";
  return {
    text: `refuses its ${what} to ${memberName(message.to)}`,
    because: request === undefined ? "" : whyRefused(request, scene),
    topic: "election",
  };
}

function whyRefused(request: MessageSummary, scene: Scene): string {
  const { is } = scene;
  if (request.term < is.term) return `it is in term ${is.term}, the request in ${request.term}`;
  if (logEnds(request, scene) < 0) {
    const { log } = is;
    return `${memberName(request.from)}'s log ends at entry ${request.index ?? 0} of term ${request.logTerm ?? 0}, its own at entry ${log.lastIndex} of term ${log.lastTerm}`;
  }
  if (is.vote !== 0 && is.vote !== request.from) {
    return is.vote === is.id
      ? `it stands itself in term ${is.term}`
      : `it already voted for ${memberName(is.vote)} in term ${is.term}`;
  }
  return is.lead === 0 ? "" : `${memberName(is.lead)} leads term ${is.term}`;
}

/** A request for a vote that changes nothing: a member with a living leader does not listen. */
export function tellIgnored(message: MessageSummary, seq: number, scene: Scene): Told | null {
  if (message.type !== "MsgVote" && message.type !== "MsgPreVote") return null;
  const { is, after } = scene;
  if (is.lead === 0 || message.term <= is.term) return null;
  if (scene.effects(seq).some((effect) => effect.kind !== "log")) return null;
  const ago = durationText(after.now - is.heard);
  const because =
    is.lead === is.id
      ? `it takes itself for the leader of term ${is.term}`
      : `it heard from its leader ${memberName(is.lead)} only ${ago} ago`;
  return {
    text: `ignores ${memberName(message.from)}'s ${messageName(message)} for term ${message.term}`,
    because,
    topic: "election",
  };
}
