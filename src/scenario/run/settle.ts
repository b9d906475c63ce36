import { type Duration, MILLISECOND, NEVER, SECOND } from "../../base/time.ts";
import { checkConvergence } from "../../check/settled/convergence.ts";
import { type HealedMember, judgeSettled } from "../../check/settled/judge-settled.ts";
import type { MemberView } from "../../sim/view.ts";
import { type Credentials, differentBackends, wrongMembers } from "./ask-members.ts";
import { SAME_BACKEND, SAME_MEMBERS } from "./checkers.ts";
import { endFaults } from "./end-faults.ts";
import { judgePrograms } from "./judge-programs.ts";
import type { World } from "./world.ts";

export interface SettlePlan {
  /** It has come to rest for as long before it is judged, however quickly it does. */
  readonly rest: Duration;
  /** By then it must have come to rest. */
  readonly within: Duration;
  /** Whose name members are asked in, if auth may be on. */
  readonly auth: Credentials | null;
}

/** How often it is looked whether the cluster has come to rest. */
const LOOK_US = 250 * MILLISECOND;
/** Elections are over by then, and what was on its way has come: who is outside now stays outside. */
const SURELY_US = 10 * SECOND;
/** How long a change may be on its way to a watcher. */
const DELIVERY_US = SECOND;

/** Even the quickest cluster takes so long: its watchers may hear late, and then it rests. */
export function leastTime({ rest, within }: Pick<SettlePlan, "rest" | "within">): Duration {
  return Math.min(within, DELIVERY_US + rest);
}

/**
 * Ends all faults, starts every member again, waits until the cluster has come to rest, and judges it as
 * it must be then: of one mind, with nothing lost and nobody waiting.
 */
export function settle(world: World, { rest, within, auth }: SettlePlan): void {
  const { cluster } = world;
  endFaults(world);
  world.clients.programs.stop();
  const calm = cluster.now;
  const deadline = calm + within;
  let rested = NEVER;
  while (cluster.now < deadline && cluster.now < rested + rest) {
    world.advanceTo(Math.min(cluster.now + LOOK_US, deadline));
    const views = cluster.views();
    if (isAtRest(world, views, calm)) rested = Math.min(rested, cluster.now);
    else rested = NEVER;
    startMissing(world, views);
    if (rested < NEVER || cluster.now >= calm + SURELY_US) stopOutsiders(world, views);
    if (world.stopped) return;
  }
  // A lease may end in this very moment, or a lock be let go.
  for (let i = 0; i < 100 && isBusy(cluster.leader(), cluster.views()); i++) {
    world.advanceTo(cluster.now + 10 * MILLISECOND);
  }
  cluster.settled();
  const rests = rested < NEVER;
  cluster.note("cluster", rests ? "the cluster has settled" : "the cluster does not settle");
  judge(world, calm);
  // Also where nobody judges: asking is a part of the run.
  compareMembers(world, auth);
  world.settledAt = cluster.now;
}

/** Starts the machines of members that were added, and nobody started. */
function startMissing(world: World, views: readonly MemberView[]): void {
  const { cluster } = world;
  for (const { conf } of views) {
    for (const member of [...conf.voters, ...conf.learners]) {
      if (!cluster.has(member)) world.undo({ type: "start", member });
    }
  }
}

/**
 * Stops members that were removed without learning of it, or that never joined, as an operator does:
 * clients that talk to them would wait for ever.
 */
function stopOutsiders(world: World, views: readonly MemberView[]): void {
  const leader = views.find(({ id }) => id === world.cluster.leader());
  if (leader === undefined) return;
  const { voters, votersOutgoing, learners } = leader.conf;
  const inside = [...voters, ...votersOutgoing, ...learners];
  for (const { id, status } of views) {
    if (status === "down" || status === "refused" || inside.includes(id)) continue;
    world.undo({ type: "crash", member: id, disk: "keep" });
  }
}

/** All of one mind, every operation answered, and every watcher told. */
function isAtRest(world: World, views: readonly MemberView[], calm: number): boolean {
  const { cluster } = world;
  if (cluster.leader() === 0 || isBusy(cluster.leader(), views)) return false;
  if (checkConvergence(views, 0, cluster.now).length > 0) return false;
  const members = views.filter(({ status }) => status === "up").map(({ id }) => id);
  const delivered = cluster.now - DELIVERY_US;
  return (
    delivered >= calm &&
    world.clients.pending === 0 &&
    world.clients.programs.done &&
    !world.checkers.isBehind(members, delivered)
  );
}

/** An entry is on its way, or some member is a moment behind. */
function isBusy(leader: number, views: readonly MemberView[]): boolean {
  const lead = views.find(({ id }) => id === leader);
  if (lead === undefined) return false;
  const { lastIndex, commit, conf } = lead;
  const belongs = (id: number) => conf.voters.includes(id) || conf.learners.includes(id);
  const behind = ({ id, status, applied }: MemberView) =>
    status === "up" && applied < lastIndex && belongs(id);
  return commit < lastIndex || views.some(behind);
}

function judge(world: World, calm: number): void {
  const { cluster, checkers } = world;
  const views: readonly HealedMember[] = cluster.views();
  const { violations, members } = judgeSettled(views, cluster.options, cluster.now, (id) =>
    cluster.hasRotted(id),
  );
  for (const violation of violations) checkers.report(violation);
  if (members === null) return;
  const delivered = cluster.now - DELIVERY_US;
  const agreed = cluster.views().filter(({ id }) => members.includes(id));
  const up = agreed.filter(({ status }) => status === "up").map(({ id }) => id);
  checkers.settled(agreed, calm, delivered, cluster.now);
  // Whose disk has rotted may be down, and has nothing.
  judgePrograms(world, up);
}

function compareMembers(world: World, auth: Credentials | null): void {
  const { cluster, checkers } = world;
  const leader = cluster.leader();
  if (leader === 0) return;
  const { conf, applied } = cluster.view(leader);
  const up = conf.voters.filter((id) => {
    if (!cluster.has(id)) return false;
    const view = cluster.view(id);
    return view.status === "up" && view.applied === applied;
  });
  const say = (invariant: string, text: string) =>
    checkers.report({ invariant, member: 0, seq: 0, at: cluster.now, text });
  const different = differentBackends(world, up, auth);
  if (different !== null) say(SAME_BACKEND, different);
  if (leader !== cluster.leader()) return;
  const listed = wrongMembers(world, leader, auth);
  if (listed !== null) say(SAME_MEMBERS, listed);
}
