import { createHook } from "node:async_hooks";
import { currentRun } from "./context.ts";

/**
 * A workload waited for something of the host, which comes when it likes: a timer, a file, the network.
 *
 * @public
 */
export class HostError extends Error {
  override name = "HostError";
  /** What it used: `setTimeout`, `fetch`, `fs.readFile` … */
  readonly used: string;

  constructor(used: string, remedy: string, place: string) {
    super(
      `the workload used ${used} of the host${place === "" ? "" : ` (${place})`}: nothing outside of the simulation may decide when it goes on, or no run would be the same twice. ${remedy}`,
    );
    this.used = used;
  }
}

const TIMERS = "Use sim.sleep(ms) instead: it waits by the virtual clock.";
const NETWORK =
  "Talk to the simulated cluster with sim.client(), and give code that talks to others a substitute.";
const FILES = "Read files before the simulation, or synchronously.";
const OTHERS = "Do it before the simulation, or after.";

/** The kinds of asynchronous resources that the host completes (async_hooks), by name and remedy. */
const HOST: Readonly<Record<string, readonly [used: string, remedy: string]>> = {
  Timeout: ["setTimeout or setInterval", TIMERS],
  Immediate: ["setImmediate", "Use sim.sleep(0) instead."],
  TCPWRAP: ["the network", NETWORK],
  TCPSERVERWRAP: ["a server", NETWORK],
  TCPCONNECTWRAP: ["the network", NETWORK],
  PIPEWRAP: ["a pipe", NETWORK],
  PIPESERVERWRAP: ["a server", NETWORK],
  PIPECONNECTWRAP: ["a pipe", NETWORK],
  TLSWRAP: ["the network", NETWORK],
  UDPWRAP: ["the network", NETWORK],
  UDPSENDWRAP: ["the network", NETWORK],
  HTTPCLIENTREQUEST: ["http", NETWORK],
  HTTP2SESSION: ["http2", NETWORK],
  GETADDRINFOREQWRAP: ["dns", NETWORK],
  GETNAMEINFOREQWRAP: ["dns", NETWORK],
  QUERYWRAP: ["dns", NETWORK],
  FSREQCALLBACK: ["fs", FILES],
  FSREQPROMISE: ["fs", FILES],
  FILEHANDLE: ["fs", FILES],
  FILEHANDLECLOSEREQ: ["fs", FILES],
  FSEVENTWRAP: ["fs.watch", FILES],
  STATWATCHER: ["fs.watchFile", FILES],
  PROCESSWRAP: ["a child process", OTHERS],
  SIGNALWRAP: ["a signal", OTHERS],
  WORKER: ["a worker", OTHERS],
  MESSAGEPORT: ["a message port", OTHERS],
  RANDOMBYTESREQUEST: ["crypto's chance", "Use sim.random instead."],
  PBKDF2REQUEST: ["crypto", OTHERS],
  SCRYPTREQUEST: ["crypto", OTHERS],
  HKDFREQUEST: ["crypto", OTHERS],
  HASHREQUEST: ["crypto", OTHERS],
  SIGNREQUEST: ["crypto", OTHERS],
  CIPHERREQUEST: ["crypto", OTHERS],
  KEYPAIRGENREQUEST: ["crypto", OTHERS],
  KEYGENREQUEST: ["crypto", OTHERS],
  ZLIB: ["zlib", OTHERS],
};

/** fetch alone takes thirty. */
const FRAMES = 100;

/** What is allowed although it takes a timer or writes a file: what is printed changes nothing. */
const PRINTING = /node:internal\/console\//;
/** `at new Timeout (node:internal/timers:581:17)`, `at Module.readFile [as x] (node:fs:3:1)` */
const FRAME_OF_NODE = /\bat (.*?) ?\(?(node:[\w/-]+):\d/;
const FRAME = /\(?((?:file:\/\/)?\/[^()]*:\d+:\d+|[A-Za-z]:[^()]*:\d+:\d+)\)?$/;

/** The function that was called, and from where, as the stack tells; "" where it does not. */
function caller(stack: string): { readonly name: string; readonly place: string } {
  let name = "";
  for (const line of stack.split("\n").slice(1)) {
    const node = FRAME_OF_NODE.exec(line);
    if (node !== null) {
      const [, called = "", module = ""] = node;
      // What is not exported begins anew with each frame; the last before the user's own is the one.
      const plain = called.replace(/^(new|async) | \[as .*|<anonymous>/g, "");
      if (plain !== "" && !/async_hooks/.test(module)) name = nameOf(plain, module);
      continue;
    }
    // `new Promise (<anonymous>)`: the engine's own.
    if (line.endsWith("(<anonymous>)")) continue;
    return { name, place: FRAME.exec(line)?.[1] ?? "" };
  }
  return { name, place: "" };
}

function nameOf(called: string, module: string): string {
  if (/undici/.test(module)) return "fetch";
  const short = called.replace(/^.*\./, "");
  if (module === "node:fs" || module === "node:internal/fs/promises") return `fs.${short}`;
  if (module === "node:child_process") return `child_process.${short}`;
  if (/^node:(net|dns|http|https|http2|dgram|tls|zlib|crypto)$/.test(module)) {
    return `${module.slice("node:".length)}.${short}`;
  }
  return short;
}

/** What the workload is told that called `name` just now. */
export function usedNetwork(name: string): HostError {
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, usedNetwork);
  // The first frame is what was put in the place of the host's function.
  const frames = (here.stack ?? "").split("\n").slice(2);
  return new HostError(name, NETWORK, FRAME.exec(frames[0] ?? "")?.[1] ?? "");
}

function init(_id: number, type: string): void {
  const known = HOST[type];
  if (known === undefined) return;
  const run = currentRun();
  if (run === undefined) return;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, init);
  Error.stackTraceLimit = limit;
  const stack = here.stack ?? "";
  if (PRINTING.test(stack)) return;
  const [used, remedy] = known;
  const { name, place } = caller(stack);
  const web = /undici/.test(stack);
  // A hook must not throw: the process would end.
  run.refuse(
    new HostError(web ? "fetch" : name === "" ? used : name, web ? NETWORK : remedy, place),
  );
}

// Nothing is asked of promises: where Node can leave them out, they cost nothing.
const hook = createHook({ init, trackPromises: false } as Parameters<typeof createHook>[0]);
let guarded = 0;

/** Has an eye on what workloads use of the host, until what it returns is called. */
export function guardHost(): () => void {
  if (guarded++ === 0) hook.enable();
  return () => {
    if (--guarded === 0) hook.disable();
  };
}
