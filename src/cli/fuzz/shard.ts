import { InputError } from "../../scenario/read/input-error.ts";

/** Part `index` of `count`, from 1 on. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** A shard, and who said so: the option or the variables of the environment. */
export interface Sharding {
  readonly shard: Shard;
  readonly rule: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Which part of a campaign this process is to run: what `--shard` says, or else the environment that batch
 * engines give their tasks. Null: the whole. An environment that says half of it, or two different things,
 * is an InputError: sixteen tasks that each run the whole, or the same part, would look like success.
 */
export function shardOf(flag: Shard | undefined, env: Env): Sharding | null {
  if (flag !== undefined) return { shard: flag, rule: "--shard" };
  const found = [ofDetcd, ofKubernetes, ofSlurm, ofGitlab]
    .map((rule) => rule(env))
    .filter((sharding) => sharding !== null);
  const [first, ...others] = found;
  for (const other of others) {
    if (shardText(other.shard) === shardText((first as Sharding).shard)) continue;
    throw InputError.plain(
      `${(first as Sharding).rule} says shard ${shardText((first as Sharding).shard)}, ${other.rule} says ` +
        `${shardText(other.shard)}: take one of them away, or say which with --shard I/N`,
    );
  }
  const count = countIn(env, "DETCD_SHARDS");
  if (first === undefined) {
    if (count === null) return null;
    throw InputError.plain(
      `DETCD_SHARDS is ${count}, but nothing says which of them this is: set DETCD_SHARD=I/N, or give --shard I/N`,
    );
  }
  if (count !== null && count !== first.shard.count) {
    throw InputError.plain(
      `DETCD_SHARDS is ${count}, but ${first.rule} says shard ${shardText(first.shard)}: ` +
        "to run a single one again, give --shard I/N",
    );
  }
  return first;
}

export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** What the files of a shard are named with: `-3-of-16`. */
export function suffixOf(shard: Shard | null): string {
  return shard === null ? "" : `-${shard.index}-of-${shard.count}`;
}

/** `3/16`; null: it is none. */
export function parseShard(text: string): Shard | null {
  const [, first = "", second = ""] = /^([0-9]{1,9})\/([0-9]{1,9})$/.exec(text) ?? [];
  const shard = { index: Number(first), count: Number(second) };
  return shard.index >= 1 && shard.index <= shard.count ? shard : null;
}

/** `DETCD_SHARD=3/16`, as the matrix of a workflow can give it. */
function ofDetcd({ DETCD_SHARD: text = "" }: Env): Sharding | null {
  if (text === "") return null;
  const shard = parseShard(text);
  if (shard !== null) return { shard, rule: "DETCD_SHARD" };
  throw InputError.plain(
    `DETCD_SHARD is "${text}", but a shard is written I/N, from 1 to N: "3/16"`,
  );
}

/** Kubernetes tells the pods of an Indexed Job their number, from 0 on, but not how many they are. */
function ofKubernetes(env: Env): Sharding | null {
  const name = "JOB_COMPLETION_INDEX";
  const index = numberIn(env, name);
  if (index === null) return null;
  const count = countIn(env, "DETCD_SHARDS");
  if (count === null) {
    throw InputError.plain(
      `${name} is ${index}, but nothing says how many shards there are: ` +
        "set DETCD_SHARDS to the completions of the Job, or give --shard I/N",
    );
  }
  if (index >= count) {
    throw InputError.plain(
      `${name} is ${index}, but DETCD_SHARDS is ${count}, and indexes count from 0: ` +
        "set DETCD_SHARDS to the completions of the Job",
    );
  }
  return { shard: { index: index + 1, count }, rule: name };
}

/** A Slurm array tells its tasks how many they are, and the bounds and the step of their ids. */
function ofSlurm(env: Env): Sharding | null {
  const name = "SLURM_ARRAY_TASK_ID";
  const id = numberIn(env, name);
  if (id === null) return null;
  const count = countIn(env, "SLURM_ARRAY_TASK_COUNT");
  const min = numberIn(env, "SLURM_ARRAY_TASK_MIN");
  const step = countIn(env, "SLURM_ARRAY_TASK_STEP") ?? 1;
  if (count === null || min === null) {
    const missing = `SLURM_ARRAY_TASK_${count === null ? "COUNT" : "MIN"}`;
    throw InputError.plain(`${name} is ${id}, but ${missing} is not set: give --shard I/N`);
  }
  // A task that is run again alone believes that it is the whole array.
  if (count === 1 && id > 1) {
    throw InputError.plain(
      `${name} is ${id}, but SLURM_ARRAY_TASK_COUNT is 1: to run a single shard again, give --shard I/N`,
    );
  }
  const index = (id - min) / step + 1;
  if (!Number.isInteger(index) || index < 1 || index > count) {
    throw InputError.plain(
      `${name} is ${id}, but the array has ${count} tasks from ${min} on, in steps of ${step} ` +
        "(SLURM_ARRAY_TASK_COUNT, _MIN, _STEP): give an array without gaps, or --shard I/N",
    );
  }
  const max = numberIn(env, "SLURM_ARRAY_TASK_MAX");
  if (max !== null && max !== min + (count - 1) * step) {
    throw InputError.plain(
      `SLURM_ARRAY_TASK_MAX is ${max}, but the array has ${count} tasks from ${min} on, in steps of ${step} ` +
        "(SLURM_ARRAY_TASK_COUNT, _MIN, _STEP): give an array without gaps, or --shard I/N",
    );
  }
  return { shard: { index, count }, rule: name };
}

/** GitLab sets the total of every job, to 1 where it is not parallel, and an index from 1 where it is. */
function ofGitlab(env: Env): Sharding | null {
  const index = numberIn(env, "CI_NODE_INDEX");
  const count = countIn(env, "CI_NODE_TOTAL");
  if (index === null) {
    if (count === null || count === 1) return null;
    throw InputError.plain(
      `CI_NODE_TOTAL is ${count}, but CI_NODE_INDEX is not set: give --shard I/N`,
    );
  }
  if (count === null) {
    throw InputError.plain(
      `CI_NODE_INDEX is ${index}, but CI_NODE_TOTAL is not set: give --shard I/N`,
    );
  }
  if (index < 1 || index > count) {
    throw InputError.plain(
      `CI_NODE_INDEX is ${index}, but nodes count from 1 to CI_NODE_TOTAL, which is ${count}: ` +
        "give --shard I/N where they count from 0",
    );
  }
  return { shard: { index, count }, rule: "CI_NODE_INDEX" };
}

/** A whole number from 0 on; null: the variable is not set, or empty. */
function numberIn(env: Env, name: string): number | null {
  const text = env[name] ?? "";
  if (text === "") return null;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw InputError.plain(`${name} is "${text}", but it must be a whole number: give --shard I/N`);
}

function countIn(env: Env, name: string): number | null {
  const count = numberIn(env, name);
  if (count !== 0) return count;
  throw InputError.plain(`${name} is 0, but there is at least one shard: give --shard I/N`);
}
