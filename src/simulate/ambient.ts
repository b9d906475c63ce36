import { currentRun } from "./context.ts";
import { usedNetwork } from "./host-guard.ts";
import type { HostedRun } from "./hosted-run.ts";

/**
 * Time and chance of the host, as a workload sees them: virtual ones, of its run. They are replaced and
 * not refused, for code under test takes them without waiting for anything: the time for a log, chance
 * for a back-off or an id. Everybody else, the test runner too, has the host's while a run is under way.
 */
type Replace = (owner: object, name: string, value: unknown) => void;

let users = 0;
let restore: () => void = () => undefined;

/** Puts the virtual ones in place until what it returns is called. */
export function virtualAmbience(): () => void {
  if (users++ === 0) restore = replaceAll();
  return () => {
    if (--users === 0) restore();
  };
}

function replaceAll(): () => void {
  const undo: (() => void)[] = [];
  const replace: Replace = (owner, name, value) => {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { configurable: true, writable: true, value });
    undo.push(() => {
      // Somebody else has replaced it meanwhile.
      if (Object.getOwnPropertyDescriptor(owner, name)?.value !== value) return;
      if (before === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, before);
    });
  };
  replace(globalThis, "Date", virtualDate(Date));
  replaceTime(replace);
  replaceChance(replace);
  replaceFetch(replace);
  return () => {
    for (const each of undo.reverse()) each();
  };
}

function virtualDate(real: DateConstructor): DateConstructor {
  const ms = (run: HostedRun) => Math.floor(run.wallMs());
  const now = () => {
    const run = currentRun();
    return run === undefined ? real.now() : ms(run);
  };
  const proxy: DateConstructor = new Proxy(real, {
    construct(target, args, newTarget) {
      const run = args.length === 0 ? currentRun() : undefined;
      const given = run === undefined ? args : [ms(run)];
      return Reflect.construct(target, given, newTarget === proxy ? target : newTarget) as object;
    },
    apply(target) {
      const run = currentRun();
      return run === undefined ? target() : new target(ms(run)).toString();
    },
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
  return proxy;
}

function replaceTime(replace: Replace): void {
  const { performance, process } = globalThis;
  const realNow = performance.now.bind(performance);
  replace(performance, "now", () => currentRun()?.sinceStartMs() ?? realNow());
  const realTime = process.hrtime;
  const bigint = () => {
    const run = currentRun();
    return run === undefined ? realTime.bigint() : BigInt(Math.round(run.sinceStartMs() * 1e6));
  };
  const hrtime = (since?: [number, number]): [number, number] => {
    const run = currentRun();
    if (run === undefined) return realTime(since);
    const ns = Math.round(run.sinceStartMs() * 1e6);
    const [s, rest] = since ?? [0, 0];
    const passed = ns - (s * 1e9 + rest);
    return [Math.floor(passed / 1e9), passed % 1e9];
  };
  replace(process, "hrtime", Object.assign(hrtime, { bigint }));
}

/** It may end before it comes to the network, with words that say nothing of a simulation. */
function replaceFetch(replace: Replace): void {
  const real = globalThis.fetch;
  replace(globalThis, "fetch", (...args: Parameters<typeof fetch>): Promise<Response> => {
    const run = currentRun();
    if (run === undefined) return real(...args);
    const error = usedNetwork("fetch");
    run.refuse(error);
    return Promise.reject(error);
  });
}

function replaceChance(replace: Replace): void {
  const { crypto } = globalThis;
  const realRandom = Math.random;
  replace(Math, "random", () => {
    const run = currentRun();
    return run === undefined ? realRandom() : run.ambientChance() / 2 ** 32;
  });
  const realValues = crypto.getRandomValues.bind(crypto);
  replace(crypto, "getRandomValues", (array: Uint8Array) => {
    const run = currentRun();
    if (run === undefined) return realValues(array);
    const { buffer, byteOffset, byteLength } = array;
    fill(new Uint8Array(buffer, byteOffset, byteLength), run);
    return array;
  });
  const realId = crypto.randomUUID.bind(crypto);
  replace(crypto, "randomUUID", () => {
    const run = currentRun();
    return run === undefined ? realId() : uuid(run);
  });
}

function fill(bytes: Uint8Array, run: HostedRun): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = run.ambientChance() & 0xff;
}

/** Version 4, as RFC 9562 has it. */
function uuid(run: HostedRun): string {
  const bytes = new Uint8Array(16);
  fill(bytes, run);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((from, i, all) => hex.slice(from, all[i + 1])).join("-");
}
