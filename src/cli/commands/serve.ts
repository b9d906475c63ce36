import { Command } from "commander";
import type { Io } from "../io.ts";
import { seedOption, setOption, speedOption, wholeOption } from "../option-values.ts";
import type { ServeOptions } from "../serve/serve.ts";

/** `detcd serve`: real etcd clients against a simulated cluster. */
export function serveCommand(io: Io, done: (code: number) => void): Command {
  return new Command("serve")
    .description("gRPC and JSON in front of a simulated cluster, for any etcd client")
    .option("--members <number>", "how many (3)", wholeOption("a number of members", 1, 9))
    .option(
      "--port <number>",
      "of m1; the others have the next ones",
      wholeOption("a port", 1, 65_535),
      2379,
    )
    .option("--host <address>", "listen there", "127.0.0.1")
    .option("--etcd <release>", "be 3.4, 3.5, 3.6, 3.7, or a release of them")
    .option("--seed <number>", "all chance of the run comes from it (1)", seedOption)
    .option("--speed <factor>", "virtual seconds a second", speedOption, 1)
    .option("--scenario <what>", "its cluster, and its steps while clients are served")
    .option(
      "--set <path=value>",
      "change the cluster as in replay: cluster.disk.sync=10ms; repeatable",
      setOption,
    )
    .option("--trace <file>", "write down what comes in; `detcd replay FILE` makes the run again")
    .option("--save <file>", "write the faults of the session as a scenario when it ends")
    .option("--ui", "show the cluster on the terminal while it is served; x and : break it")
    .option("--control <port>", "faults over HTTP, on this port", wholeOption("a port", 0, 65_535))
    .option("--from-snapshot <file>", "start from a snapshot of a real etcd")
    .option("--cert-file <file>", "serve TLS with this certificate (PEM)")
    .option("--key-file <file>", "its private key (PEM)")
    .option("--trusted-ca-file <file>", "who may sign clients' certificates (PEM)")
    .option("--client-cert-auth", "clients have to show a certificate")
    .option("--auth-token <kind>", "simple, or jwt (a key of ours signs)")
    .option("--auth-token-ttl <seconds>", "how long a token is good", wholeOption("a time", 1))
    .option("--quota-backend-bytes <number>", "etcd's flag", wholeOption("a size", 0))
    .option("--auto-compaction-mode <mode>", "etcd's flag: periodic or revision")
    .option("--auto-compaction-retention <time>", "etcd's flag")
    .option("--max-request-bytes <number>", "etcd's flag", wholeOption("a size", 1))
    .option("--max-txn-ops <number>", "etcd's flag", wholeOption("a number", 1))
    .option("--watch-progress-notify-interval <time>", "etcd's flag")
    .option("--log <format>", "log requests on standard error; json is the one format")
    .addHelpText(
      "after",
      `
Prints a line a member and, once a leader is elected, one that begins with "ready". Ctrl-C ends it.
Exit codes: 0 ended by a signal, 1 the scenario's step could not be taken, 2 bad input.

Examples:
  detcd serve
  etcdctl --endpoints http://127.0.0.1:2379 put a 1
  detcd serve --control 2400 &  detcd fault crash leader
  detcd serve --etcd 3.5 --scenario slow-disk --trace session.ndjson`,
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import("../serve/serve.ts");
      done(await serve(options, io));
    });
}
