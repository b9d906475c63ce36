import type { World } from "./world.ts";

/** Holds what clients' programs came to against what these members store, who are of one mind. */
export function judgePrograms(
  { cluster, clients, checkers }: World,
  members: readonly number[],
): void {
  for (const { invariant, text } of clients.programs.finish({ cluster, members })) {
    checkers.report({ invariant, member: 0, seq: 0, at: cluster.now, text });
  }
}
