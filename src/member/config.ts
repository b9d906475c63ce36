import { mistakesOf } from "../museum/switches.ts";
import { inheritedBy, profileOf } from "../profile/profile.ts";
import type { NodeId } from "../raft/types.ts";
import type { MemberConfig, MemberSettings } from "./settings.ts";

/** A member as its release has it. Throws an Error if `bugs` names a mistake that nobody knows. */
export function memberConfig(
  settings: MemberSettings,
  id: NodeId,
  initialVoters: readonly NodeId[],
): MemberConfig {
  const { serverVersion, bugs } = settings;
  const mistakes = mistakesOf([...bugs, ...inheritedBy(serverVersion)]);
  return { ...settings, id, initialVoters, profile: profileOf(serverVersion), mistakes };
}
