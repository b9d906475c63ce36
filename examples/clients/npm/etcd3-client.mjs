/** npm's `etcd3`, told by lines what to do (see ../README.md). */
import { createInterface } from "node:readline";
import { Etcd3 } from "etcd3";

const say = (words) => process.stdout.write(`${JSON.stringify(words)}\n`);
const errorOf = (error) => ({ type: error.constructor.name, text: error.message });

let etcd;
const locks = new Map();

const COMMANDS = {
  connect({ endpoints, user, password }) {
    const auth = user === undefined ? {} : { auth: { username: user, password } };
    etcd = new Etcd3({ hosts: endpoints, ...auth });
  },

  async put({ key, value }) {
    await etcd.put(key).value(value);
  },

  get: ({ key }) => etcd.get(key).string(),

  async watch({ prefix }) {
    const builder = etcd.watch().prefix(prefix);
    const watcher = await builder.create();
    watcher.on("put", ({ key, value }) =>
      say({ event: "put", key: key.toString(), value: value.toString() }),
    );
    watcher.on("error", (error) => say({ event: "watch-error", ...errorOf(error) }));
    watcher.on("end", () => say({ event: "watch-end" }));
  },

  async lease({ ttl, key, text }) {
    const lease = etcd.lease(ttl);
    lease.on("lost", (error) => say({ event: "lease-lost", ...errorOf(error) }));
    await lease.put(key).value(text);
    return lease.grant();
  },

  async lock({ name, ttl }) {
    locks.set(name, await etcd.lock(name).ttl(ttl).acquire());
  },

  unlock: ({ name }) =>
    locks
      .get(name)
      .release()
      .then(() => undefined),
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, do: what, ...words } = JSON.parse(line);
  try {
    say({ id, value: await COMMANDS[what](words) });
  } catch (error) {
    say({ id, error: errorOf(error) });
  }
});
