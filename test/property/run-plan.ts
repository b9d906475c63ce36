import { op } from "../../src/api/build.ts";
import { Coverage } from "../../src/check/coverage.ts";
import { DATA_INVARIANTS, DataMonitor } from "../../src/check/data-monitor.ts";
import { ACKNOWLEDGED_WRITES } from "../../src/check/durability/acknowledged-writes.ts";
import { LinearizabilityMonitor } from "../../src/check/linearizability/linearizability-monitor.ts";
import { LINEARIZABLE } from "../../src/check/linearizability/revision-order.ts";
import { isQuorum } from "../../src/check/model/quorum.ts";
import { RaftMonitor } from "../../src/check/raft/raft-monitor.ts";
import { CONVERGENCE, checkConvergence, hasQuorum } from "../../src/check/settled/convergence.ts";
import { type Violation, ViolationError } from "../../src/check/violation.ts";
import type { Credentials } from "../../src/client/client-conn.ts";
import type { RawNode } from "../../src/raft/raw-node.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import type { Fault } from "../../src/sim/fault.ts";
import { FaultError } from "../../src/sim/faults.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";
import type { MemberView } from "../../src/sim/view.ts";
import type { TraceSink } from "../../src/trace/trace.ts";
import { ask } from "../support/patient.ts";
import { CoreWorld } from "./core-world.ts";
import {
  differentBackends,
  PutValues,
  SAME_BACKEND,
  SAME_MEMBERS,
  wrongMembers,
} from "./oracles.ts";
import { type Action, type Plan, SETTLE_US, type Who } from "./schedule.ts";
import { ROOT } from "./users.ts";

export interface RunOptions {
  readonly bugs?: readonly string[];
  readonly sinks?: readonly TraceSink[];
  /** Default true. Without checkers nobody listens, unless `sinks` do. */
  readonly check?: boolean;
  /** Stop after the plan, without healing and settling. Default false. */
  readonly unsettled?: boolean;
  /** What is done instead of the plan's steps, by those that must look at the world. */
  readonly script?: (cluster: Cluster, act: (action: Action) => void) => void;
  /** Only these invariants end the run; default all. */
  readonly only?: readonly string[];
}

export interface Ran {
  readonly cluster: Cluster;
  /** What was broken first, and by which event of the run. */
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
}

/** Members refuse to start, and raft panics, where it would be worse to go on: both are failures. */
export const REFUSED = "starts-again";
export const PANIC = "panic";

const MONITORED = new RaftMonitor().invariants.map((invariant) => invariant.name);

/** Runs a plan, heals the world, and lets it settle. Ends at the first violation. */
export function runPlan(plan: Plan, run: RunOptions = {}): Ran {
  const { check = true, sinks = [], bugs = [] } = run;
  const { only } = run;
  const watched = only?.filter((name) => MONITORED.includes(name));
  const monitor = new RaftMonitor({
    throwAtFirst: true,
    ...(watched === undefined ? {} : { only: watched }),
  });
  const wanted = (name: string) => only === undefined || only.includes(name);
  const judged = wanted(ACKNOWLEDGED_WRITES) || wanted(LINEARIZABLE);
  const options: ClusterOptions = { ...DEFAULT_CLUSTER, ...plan.options, bugs };
  const stopped = (client: number) => world.core.stopped.has(client);
  const data = dataMonitor(plan, options, only, stopped);
  const puts = new PutValues();
  const clients = new LinearizabilityMonitor({ throwAtFirst: judged, data: data !== null });
  const coverage = new Coverage();
  const judges = data === null ? [monitor, clients, puts] : [monitor, clients, puts, data];
  const all = check ? [...judges, coverage, ...sinks] : sinks;
  const cluster = new Cluster(options, { sinks: all });
  const violations: Violation[] = [];
  const wrong = (invariant: string, text: string): void => {
    if (!check || !wanted(invariant)) return;
    throw new ViolationError({ invariant, member: 0, seq: 0, at: cluster.now, text });
  };
  const world = new PlanWorld(cluster, wrong, puts, plan.users ?? false);
  try {
    for (const { waitUs, action } of plan.steps) {
      advance(cluster, waitUs);
      world.act(action);
    }
    run.script?.(cluster, (action) => world.act(action));
    if (!(run.unsettled ?? false)) {
      world.heal();
      const calm = cluster.now;
      advance(cluster, SETTLE_US / 3);
      world.stopOutsiders();
      advance(cluster, (SETTLE_US / 3) * 2);
      // A lease may end in this very moment, or a lock be let go.
      for (let i = 0; i < 100 && isBusy(cluster); i++) advance(cluster, 10_000);
      if (check) violations.push(...settled(cluster, clients, data, calm));
      // Also where nobody judges: asking is a part of the run.
      if (violations.length === 0 && (wanted(SAME_BACKEND) || wanted(SAME_MEMBERS))) {
        sameBackends(cluster, wrong, plan.users ? ROOT : null);
      }
    }
  } catch (error) {
    if (error instanceof ViolationError) violations.push(error.violation);
    else if (check && error instanceof Error) violations.push(panic(cluster, error));
    else throw error;
  }
  return { cluster, violations: violations.filter((v) => wanted(v.invariant)), coverage };
}

/** What judges keys, watches, leases and locks; null if nobody asks for any of it. */
function dataMonitor(
  plan: Plan,
  { electionTicks, tickUs }: ClusterOptions,
  only: readonly string[] | undefined,
  paused: (client: number) => boolean,
): DataMonitor | null {
  const named = only?.filter((name) => DATA_INVARIANTS.includes(name));
  if (named?.length === 0) return null;
  const drifts = plan.steps.map(({ action }) => (action.do === "drift" ? Math.abs(action.ppm) : 0));
  return new DataMonitor({
    throwAtFirst: true,
    paused,
    ...(named === undefined ? {} : { only: named }),
    leases: { driftPpm: Math.max(0, ...drifts), electionUs: electionTicks * tickUs },
  });
}

/** A run of half a minute takes some thousand events: one that takes many more goes in circles. */
const EVENTS_MAX = 500_000;

function advance(cluster: Cluster, us: number): void {
  const until = cluster.now + us;
  while (cluster.nextAt() <= until) {
    cluster.step();
    if (cluster.events > EVENTS_MAX) throw new Error(`runaway: ${EVENTS_MAX} events`);
  }
  cluster.runUntil(until);
}

function panic(cluster: Cluster, error: Error): Violation {
  const text = `${error.name}: ${error.message}\n${error.stack ?? ""}`;
  return { invariant: PANIC, member: 0, seq: 0, at: cluster.now, text };
}

function settled(
  cluster: Cluster,
  clients: LinearizabilityMonitor,
  data: DataMonitor | null,
  calm: number,
): Violation[] {
  const views = cluster.views();
  const refused = views
    .filter((view) => view.status === "refused")
    .map((view) => ({
      invariant: REFUSED,
      member: view.id,
      seq: 0,
      at: cluster.now,
      text: `member ${view.id} refuses to start: ${view.refusal}`,
    }));
  // A member that was removed exits, and may take a joint configuration's old majority along.
  if (refused.length === 0 && !hasQuorum(views)) {
    if (views.some(({ status }) => status !== "up")) return [];
    const text = "all machines run, but are no quorum: one was counted that never was there";
    return [{ invariant: CONVERGENCE, member: 0, seq: 0, at: cluster.now, text }];
  }
  const apart = checkConvergence(views, 0, cluster.now).filter(
    ({ member }) => !isUnheard(cluster, views, member),
  );
  const nobody = !views.some((view) => mayWin(cluster, views, view));
  if (refused.length === 0 && cluster.leader() === 0 && nobody) return [];
  if (refused.length > 0 || apart.length > 0) return [...refused, ...apart];
  const belongs = cluster.view(cluster.leader()).conf.voters;
  const members = views.filter(({ id }) => belongs.includes(id) && !isUnheard(cluster, views, id));
  clients.finish(members, 0, cluster.now);
  const up = members.filter((view) => view.status === "up").map((view) => view.id);
  const delivered = cluster.now - SETTLE_US / 2;
  data?.finish({ seq: 0, at: cluster.now, calm, members: up, delivered });
  return [];
}

/**
 * Without pre-vote and check-quorum a leader never hears of a later term from somebody who asks only
 * members that are gone for their votes: its configuration is so old that it knows no other. Raft
 * proper would tell the leader, in the answer to a heartbeat; etcd-io/raft's followers keep silent to
 * lower terms, and etcd always checks its quorum.
 */
function isUnheard(cluster: Cluster, views: readonly MemberView[], id: number): boolean {
  const { preVote, checkQuorum } = cluster.options;
  const view = views.find((each) => each.id === id);
  if (view === undefined || preVote || checkQuorum) return false;
  const { voters, votersOutgoing } = view.conf;
  const others = views.filter((each) => each.id !== id && each.status === "up");
  return !others.some((other) => [...voters, ...votersOutgoing].includes(other.id));
}

/**
 * Whether those who are up would elect the member, by what each of them knows. It may be that nobody is
 * to be had: one has left the joint configuration that another, whose log is longer, still needs the
 * gone members for, since etcd-io/raft changes over when it applies; or, without pre-vote, one that
 * knows only of members that are gone has campaigned its term up beyond all others, who are silent to it
 * as it is to them.
 */
function mayWin(cluster: Cluster, views: readonly MemberView[], candidate: MemberView): boolean {
  const { preVote } = cluster.options;
  const grants = (voter: MemberView) =>
    voter.id === candidate.id ||
    (!isAhead(cluster, voter, candidate) && (preVote || voter.term <= candidate.term));
  const { status, conf } = candidate;
  if (status !== "up" || conf.voters.length === 0) return false;
  return isQuorum(conf, (id) =>
    views.some((view) => view.id === id && view.status === "up" && grants(view)),
  );
}

function isAhead(cluster: Cluster, one: MemberView, other: MemberView): boolean {
  const [mine, its] = [lastTerm(cluster, one), lastTerm(cluster, other)];
  return mine > its || (mine === its && one.lastIndex > other.lastIndex);
}

function lastTerm(cluster: Cluster, { id, lastIndex }: MemberView): number {
  const member = cluster.node(id).member as unknown as { readonly node: RawNode } | null;
  return member?.node.raft.log.term(lastIndex) ?? 0;
}

/** An entry is on its way, or some member is a moment behind. */
function isBusy(cluster: Cluster): boolean {
  const leader = cluster.leader();
  if (leader === 0) return false;
  const { lastIndex, commit, conf } = cluster.view(leader);
  const behind = (id: number) =>
    cluster.has(id) && cluster.view(id).status === "up" && cluster.view(id).applied < lastIndex;
  return commit < lastIndex || [...conf.voters, ...conf.learners].some(behind);
}

/** Of a settled cluster that has a leader. */
function sameBackends(
  cluster: Cluster,
  wrong: (invariant: string, text: string) => void,
  auth: Credentials | null,
): void {
  const leader = cluster.leader();
  if (leader === 0) return;
  const { voters } = cluster.view(leader).conf;
  const up = voters.filter((id) => {
    const view = cluster.view(id);
    return view.status === "up" && view.applied === cluster.view(leader).applied;
  });
  if (auth !== null) for (const id of up) cluster.client(60 + id, { auth });
  const different = differentBackends(cluster, up);
  if (different !== null) wrong(SAME_BACKEND, different);
  const members = leader === cluster.leader() ? wrongMembers(cluster, leader) : null;
  if (members !== null) wrong(SAME_MEMBERS, members);
}

export { CONVERGENCE };

/** Carries out the actions of a plan, as far as they are possible when their turn comes. */
export class PlanWorld {
  private readonly cluster: Cluster;
  readonly core: CoreWorld;
  private writes = 0;

  constructor(
    cluster: Cluster,
    wrong: (invariant: string, text: string) => void,
    puts: PutValues,
    users: boolean,
  ) {
    this.cluster = cluster;
    const pick = (who: Who) => this.pick(who);
    const fresh = () => this.fresh();
    this.core = new CoreWorld({ cluster, puts, pick, fresh, wrong }, users);
  }

  act(action: Action): void {
    const { cluster } = this;
    switch (action.do) {
      case "write":
      case "delete":
      case "read":
        for (let i = 0; i < action.count; i++) this.request(action);
        return;
      case "crash":
        this.inject({ type: "crash", member: this.pick(action.who), disk: action.disk });
        return;
      case "crash-all":
        for (const id of cluster.memberIds()) {
          this.inject({ type: "crash", member: id, disk: action.disk });
        }
        return;
      case "restart":
      case "pause":
      case "resume":
      case "campaign":
      case "snapshot":
        this.inject({ type: action.do, member: this.pick(action.who) });
        return;
      case "restart-all":
        for (const id of cluster.memberIds()) this.inject({ type: "restart", member: id });
        return;
      case "transfer":
        this.inject({ type: "transfer", to: this.pick(action.who) });
        return;
      case "isolate":
        this.inject({ type: "partition", groups: [[this.pick(action.who)]] });
        return;
      case "split": {
        const side = cluster.memberIds().filter((_, i) => ((action.mask >> (i % 7)) & 1) === 1);
        this.inject({ type: "partition", groups: [side] });
        return;
      }
      case "cut":
      case "clog": {
        const [from, to] = [this.pick(action.from), this.pick(action.to)];
        if (from === to) return;
        this.inject({ type: action.do, from: [from], to: [to] });
        return;
      }
      case "drop": {
        const { message, count } = action;
        const [from, to] = [this.pick(action.from), this.pick(action.to)];
        if (from === to) return;
        this.inject({ type: "drop-next", from, to, message, count });
        return;
      }
      case "heal":
      case "unclog":
        this.inject({ type: action.do });
        return;
      case "bad-links": {
        const { loss, duplicate, reorder } = action;
        this.inject({ type: "link", options: { loss, duplicate, reorder } });
        return;
      }
      case "drift":
        this.inject({ type: "drift", member: this.pick(action.who), ppm: action.ppm });
        return;
      case "slow-disk": {
        const us = action.syncMs * 1000;
        const options = { syncMinUs: 300, syncMeanUs: us, syncMaxUs: us * 3 };
        this.inject({ type: "disk-slow", member: this.pick(action.who), options });
        return;
      }
      case "full-disk":
        this.inject({ type: "disk-full", member: this.pick(action.who), full: true });
        return;
      case "skew":
        this.inject({ type: "skew", member: this.pick(action.who), us: action.ms * 1000 });
        return;
      case "add":
        this.inject({ type: "add-member", member: this.fresh(), learner: action.learner });
        return;
      case "promote":
        this.promote(this.pick(action.who));
        return;
      case "remove":
        if (this.voters().length < 2) return;
        this.inject({ type: "remove-member", member: this.pick(action.who) });
        return;
      case "replace": {
        const out = this.pick(action.who);
        if (!this.voters().includes(out)) return;
        this.inject({ type: "change", add: [this.fresh()], remove: [out], learners: [] });
        return;
      }
      default:
        this.core.act(action);
    }
  }

  /** Undoes every fault, and starts every member that is not running. */
  heal(): void {
    const { network, disk } = this.cluster.options;
    this.core.heal();
    this.inject({ type: "heal" });
    this.inject({ type: "unclog" });
    this.inject({ type: "link", options: network });
    for (const id of this.cluster.memberIds()) {
      this.inject({ type: "drift", member: id, ppm: 0 });
      this.inject({ type: "disk-slow", member: id, options: disk });
      this.inject({ type: "disk-full", member: id, full: false });
      this.inject({ type: "resume", member: id });
      this.inject({ type: "restart", member: id });
    }
  }

  /**
   * Stops members that were removed without learning of it, or that never joined, as an operator does:
   * clients that talk to them would wait for ever.
   */
  stopOutsiders(): void {
    const { cluster } = this;
    const leader = cluster.leader();
    if (leader === 0) return;
    const { voters, votersOutgoing, learners } = cluster.view(leader).conf;
    const inside = [...voters, ...votersOutgoing, ...learners];
    for (const member of cluster.memberIds()) {
      if (!inside.includes(member)) this.inject({ type: "crash", member, disk: "keep" });
    }
  }

  /** Faults that are impossible as the world is now are left out. */
  inject(fault: Fault): void {
    try {
      this.cluster.inject(fault);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
    }
  }

  private request(action: Extract<Action, { do: "write" | "delete" | "read" }>): void {
    const key = `k${action.key}`;
    const { client } = action;
    if (action.do === "write") ask(this.cluster, client, op.put(key, `v${++this.writes}`));
    else if (action.do === "delete") ask(this.cluster, client, op.delete(key));
    else ask(this.cluster, client, op.get(key, { serializable: client === 4 }));
  }

  private pick(who: Who): number {
    const ids = this.cluster.memberIds();
    const leader = this.cluster.leader();
    if (who === "leader" && leader !== 0) return leader;
    return ids[(who === "leader" ? 0 : who) % ids.length] as number;
  }

  private fresh(): number {
    return Math.max(...this.cluster.memberIds()) + 1;
  }

  private voters(): readonly number[] {
    const leader = this.cluster.leader();
    return leader === 0 ? [] : this.cluster.view(leader).conf.voters;
  }

  /** etcd promotes learners that have caught up, nothing else. */
  private promote(member: number): void {
    const leader = this.cluster.leader();
    if (leader === 0) return;
    const { conf, lastIndex } = this.cluster.view(leader);
    const learner = this.cluster.view(member);
    if (!conf.learners.includes(member) || learner.lastIndex * 10 < lastIndex * 9) return;
    this.inject({ type: "promote", member });
  }
}
