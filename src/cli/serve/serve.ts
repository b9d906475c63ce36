import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { LiveRun } from "../../live/live-run.ts";
import { dataOf } from "../../scenario/read/data-of.ts";
import { formatDuration } from "../../scenario/read/duration.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import {
  type ScenarioData,
  type StepData,
  scenarioYaml,
} from "../../scenario/read/scenario-data.ts";
import { NOTHING_VIOLATED } from "../../scenario/run/checkers.ts";
import { StepFailure } from "../../scenario/run/steps.ts";
import { servedScenario } from "../../serve/cluster-of.ts";
import { ControlServer } from "../../serve/control/control-server.ts";
import { SessionRecorder } from "../../serve/recorder.ts";
import { Server } from "../../serve/server.ts";
import { FaultError } from "../../sim/faults.ts";
import { EXIT } from "../exit-codes.ts";
import { tryOutput } from "../files/output-file.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";
import { seedOfEnvironment } from "../option-values.ts";
import { findSource } from "../sources/find.ts";
import { readScenario } from "../sources/read.ts";
import type { Source } from "../sources/source.ts";
import { clusterWords, type ServeOptions, tlsOptions } from "./options.ts";
import { ScreenSink, showSession } from "./screen.ts";

export type { ServeOptions } from "./options.ts";

/** Serves until a signal comes; the exit code. Throws InputError. */
export async function serve(options: ServeOptions, io: Io): Promise<number> {
  if (options.log !== undefined && options.log !== "json") {
    throw InputError.plain(`--log ${options.log}: json is the one format`);
  }
  if (options.ui && !io.interactive) throw InputError.plain("--ui needs a terminal");
  const tls = tlsOptions(options, io);
  const scheme = tls === null ? "http" : "https";
  const data = readData(options, `${scheme}://${options.host}:${options.port}`, io);
  for (const name of ["trace", "save"] as const) {
    const file = options[name];
    if (file !== undefined) tryOutput(`--${name}`, file, [], io);
  }
  const backup = options.fromSnapshot === undefined ? null : readBackup(options.fromSnapshot, io);
  const recorder =
    options.trace === undefined
      ? null
      : new SessionRecorder(resolve(io.cwd, options.trace), data, backup);
  const screen = options.ui ? new ScreenSink() : null;
  const sinks = [recorder?.digest, screen].filter((sink) => sink != null);
  const run = liveRun(data, sinks, backup);
  const steps: StepData[] = [];
  run.onInput = (at, input) => {
    recorder?.input(at, input);
    if (input.kind === "step") steps.push({ at: formatDuration(at), ...input.step });
  };
  let code: number = EXIT.held;
  const ended = new Promise<void>((end) => {
    const server = new Server(
      run,
      {
        host: options.host,
        port: options.port,
        pace: { speed: options.speed, byHand: false },
        tls,
        ...(options.log === undefined
          ? {}
          : { onLogged: (request) => io.error(`${JSON.stringify(request)}\n`) }),
      },
      (error) => {
        if (!(error instanceof StepFailure)) throw error;
        io.error(`detcd: step ${error.step.number} (${error.step.text}): ${error.message}\n`);
        code = EXIT.failed;
        stop();
      },
    );
    const control =
      options.control === undefined
        ? null
        : new ControlServer({
            pacer: server.pacer,
            faults: server.faults,
            endpoint: (member) => server.endpoint(member),
            scenario: () => sessionYaml(data, steps),
            trace: () => recorder?.soFar() ?? null,
          });
    const stop = () => {
      process.removeListener("SIGINT", stop);
      process.removeListener("SIGTERM", stop);
      server.stop();
      control?.stop();
      end();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    const listen = async () => {
      const port = await control?.start(options.host, options.control ?? 0);
      await server.start();
      if (screen !== null) {
        const soFar = () => sessionOf(data, steps);
        await showSession(screen, server.pacer, data, soFar, io);
        stop();
        return;
      }
      for (const id of run.cluster.memberIds()) io.out(`m${id} ${server.endpoint(id)}\n`);
      if (port !== undefined) io.out(`control http://${options.host}:${port}\n`);
      io.out(readyLine(run, data.seed));
    };
    listen().catch((error: unknown) => {
      io.error(`detcd: ${listenProblem(error)}\n`);
      code = EXIT.badInput;
      stop();
    });
  });
  await ended;
  recorder?.end(run.now);
  if (options.save !== undefined) save(options.save, data, steps, io);
  return code;
}

function listenProblem(error: unknown): string {
  const { code, port, address, message } = error as NodeJS.ErrnoException & {
    readonly port?: number;
    readonly address?: string;
  };
  if (code === "EADDRINUSE") {
    return `port ${port} is taken: name another one by --port, or --control`;
  }
  if (code === "EADDRNOTAVAIL") return `${address} is no address of this machine (--host)`;
  if (code === "EACCES") return `port ${port}: not allowed`;
  return message;
}

function readyLine({ cluster }: LiveRun, seed: number): string {
  return `ready: m${cluster.leader()} leads, etcd ${cluster.options.serverVersion}, seed ${seed}\n`;
}

function readData(options: ServeOptions, clientUrl: string, io: Io): ScenarioData {
  const { scenario: what, set = [] } = options;
  const source = what === undefined ? NOTHING : findSource(what, io);
  const read = readScenario(source, set);
  const seed = options.seed ?? seedOfEnvironment(io.env) ?? read.cluster.seed;
  const scenario = dataOf(read, seed);
  return servedScenario({
    seed,
    scenario: what === undefined ? { ...scenario, steps: [] } : scenario,
    cluster: { "client-url": clientUrl, ...clusterWords(options) },
  });
}

/** Where no scenario is named: one that `--set` can change. Its step, which a scenario has to have, is not taken. */
const NOTHING: Source = {
  ...{ label: "the cluster", path: null, isWhole: true, library: null },
  text: `name: served
title: A cluster that real clients talk to
teaches: Whatever its clients do.
seed: 1
cluster: {}
steps: [{ after: 0s, note: it is served }]
expect: [${NOTHING_VIOLATED}]
`,
};

/** The session as a scenario: what was done to the cluster, without its clients. */
function save(file: string, data: ScenarioData, steps: readonly StepData[], io: Io): void {
  try {
    writeFileSync(resolve(io.cwd, file), sessionYaml(data, steps));
  } catch (error) {
    throw InputError.plain(`--save ${file}: it can't be written: ${reason(error)}`);
  }
}

function sessionYaml(data: ScenarioData, steps: readonly StepData[]): string {
  return scenarioYaml(sessionOf(data, steps));
}

function sessionOf(data: ScenarioData, steps: readonly StepData[]): ScenarioData {
  // A scenario has a step at least.
  const all = [...data.steps, ...steps];
  const none = [{ after: "1s", note: "nothing was done to it" }];
  return { ...data, name: "session", steps: all.length === 0 ? none : all };
}

function readBackup(file: string, io: Io): Uint8Array {
  try {
    return readFileSync(resolve(io.cwd, file));
  } catch (error) {
    throw InputError.plain(`--from-snapshot ${file}: ${reason(error)}`);
  }
}

function liveRun(...given: ConstructorParameters<typeof LiveRun>): LiveRun {
  try {
    return new LiveRun(...given);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    throw InputError.plain(`--from-snapshot: ${error.message}`);
  }
}
