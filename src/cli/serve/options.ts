import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Edit } from "../../scenario/read/edit.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import type { TlsOptions } from "../../serve/member-port.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";

/** What `detcd serve` was told. */
export interface ServeOptions {
  readonly members?: number;
  readonly port: number;
  readonly host: string;
  readonly etcd?: string;
  readonly seed?: number;
  readonly speed: number;
  readonly scenario?: string;
  readonly set?: readonly Edit[];
  readonly trace?: string;
  readonly save?: string;
  readonly control?: number;
  readonly ui?: boolean;
  readonly fromSnapshot?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly trustedCaFile?: string;
  readonly clientCertAuth?: boolean;
  readonly authToken?: string;
  readonly authTokenTtl?: number;
  readonly quotaBackendBytes?: number;
  readonly autoCompactionMode?: string;
  readonly autoCompactionRetention?: string;
  readonly maxRequestBytes?: number;
  readonly maxTxnOps?: number;
  readonly watchProgressNotifyInterval?: string;
  readonly log?: string;
}

/** The words of a scenario's `cluster:` that the options stand for. Throws InputError. */
export function clusterWords(options: ServeOptions): Record<string, unknown> {
  const { quotaBackendBytes: quota, maxRequestBytes, authTokenTtl: ttl } = options;
  return given({
    members: options.members,
    etcd: options.etcd,
    // 0 is etcd's default.
    quota: quota === undefined || quota === 0 ? undefined : `${quota}B`,
    "auto-compaction": autoCompaction(options),
    "max-request": maxRequestBytes === undefined ? undefined : `${maxRequestBytes}B`,
    "max-txn-ops": options.maxTxnOps,
    "auth-token": authToken(options.authToken),
    "auth-token-ttl": ttl === undefined ? undefined : `${ttl}s`,
    "watch-progress": options.watchProgressNotifyInterval,
  });
}

function given(words: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

/** etcd's own form is `jwt,pub-key=…,sign-method=…`: the key is ours, so only the kind counts. */
function authToken(text: string | undefined): string | undefined {
  if (text === undefined || text === "simple" || text === "jwt") return text;
  const kind = text.split(",")[0];
  if (kind === "jwt") {
    throw InputError.plain(
      `--auth-token ${text}: the simulated members sign with a key of their own: say just "jwt"`,
    );
  }
  throw InputError.plain(`--auth-token is simple or jwt, not "${text}"`);
}

/** etcd takes a bare number of hours where it is periodic. */
function autoCompaction(options: ServeOptions): string | number | undefined {
  const { autoCompactionMode: mode = "periodic", autoCompactionRetention: text } = options;
  if (mode !== "periodic" && mode !== "revision") {
    throw InputError.plain(`--auto-compaction-mode is periodic or revision, not "${mode}"`);
  }
  if (text === undefined || text === "0") return undefined;
  const isNumber = /^[0-9]+$/.test(text);
  if (mode === "periodic") return isNumber ? `${text}h` : text;
  if (isNumber) return Number(text);
  throw InputError.plain(
    `--auto-compaction-retention ${text}: with the mode revision it is a number of revisions`,
  );
}

/** The files of TLS, read; null: without. Throws InputError. */
export function tlsOptions(options: ServeOptions, io: Io): TlsOptions | null {
  const { certFile, keyFile, trustedCaFile, clientCertAuth = false } = options;
  if (certFile === undefined && keyFile === undefined) {
    if (trustedCaFile !== undefined || clientCertAuth) {
      throw InputError.plain("TLS needs --cert-file and --key-file, too");
    }
    return null;
  }
  if (certFile === undefined || keyFile === undefined) {
    throw InputError.plain("--cert-file and --key-file belong together");
  }
  if (clientCertAuth && trustedCaFile === undefined) {
    throw InputError.plain("--client-cert-auth needs --trusted-ca-file: who may sign them?");
  }
  const read = (option: string, file: string): Buffer => {
    try {
      return readFileSync(resolve(io.cwd, file));
    } catch (error) {
      throw InputError.plain(`${option} ${file}: ${reason(error)}`);
    }
  };
  return {
    cert: read("--cert-file", certFile),
    key: read("--key-file", keyFile),
    ...(trustedCaFile === undefined ? {} : { ca: read("--trusted-ca-file", trustedCaFile) }),
    requestCert: trustedCaFile !== undefined,
    rejectUnauthorized: clientCertAuth,
  };
}
