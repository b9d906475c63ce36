import { createServer, type Server } from "node:net";

const FIRST = 20_000;
/** Below what hosts choose from by themselves. */
const LAST = 32_000;
const TRIES = 200;

let next = FIRST + ((process.pid * 97) % (LAST - FIRST));

/** The first of so many ports in a row on which nobody listens. Rejects where there are none. */
export async function freePorts(host: string, count: number): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (next + count > LAST) next = FIRST;
    const first = next;
    next += count;
    if (await areFree(host, first, count)) return first;
  }
  throw new Error(`no ${count} ports in a row are free on ${host}`);
}

async function areFree(host: string, first: number, count: number): Promise<boolean> {
  const tried = await Promise.all(
    Array.from({ length: count }, (_, i) => listening(host, first + i)),
  );
  const servers = tried.filter((server) => server !== null);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return servers.length === count;
}

function listening(host: string, port: number): Promise<Server | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(null));
    server.listen(port, host, () => done(server));
  });
}
