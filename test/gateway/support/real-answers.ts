import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RealEtcd, type Release } from "../../support/real-etcd.ts";
import type { Exchange } from "../exchanges.ts";
import type { Answer } from "./answer.ts";
import { askReal } from "./real.ts";

/** A cluster decides its version within so long. */
const VERSION_TRIES = 100;

/** What a fresh real etcd answers to requests, one after the other; `wanted`: what is hoped for. */
export async function realAnswers(
  { folder }: Release,
  exchanges: readonly Exchange[],
  wanted: readonly Answer[] = [],
): Promise<Answer[]> {
  const directory = mkdtempSync(join(tmpdir(), "detcd-gateway-"));
  const etcd = await RealEtcd.startOf(folder, join(directory, "data"), "--bcrypt-cost", "4");
  try {
    await versionIsDecided(etcd.endpoint);
    const answers: Answer[] = [];
    for (const [i, exchange] of exchanges.entries()) {
      answers.push(await askReal(etcd.endpoint, exchange, wanted[i]));
    }
    return answers;
  } finally {
    await etcd.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function versionIsDecided(endpoint: string): Promise<void> {
  for (let tried = 0; tried < VERSION_TRIES; tried++) {
    const { body } = await askReal(endpoint, { method: "GET", target: "/version" });
    if (!/not_decided|unknown/.test(body)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("the cluster has not decided its version");
}
