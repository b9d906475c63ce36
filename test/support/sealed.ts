/** Everything a program can ask for that is not the same twice. */
const AMBIENT: readonly (readonly [object, string])[] = [
  [Date, "now"],
  [Math, "random"],
  [globalThis, "setTimeout"],
  [globalThis, "setInterval"],
  [globalThis, "setImmediate"],
  [globalThis, "queueMicrotask"],
  [globalThis, "fetch"],
  [performance, "now"],
  [process, "hrtime"],
  [process, "nextTick"],
  [process, "cwd"],
  [process, "memoryUsage"],
  [process, "uptime"],
  [crypto, "getRandomValues"],
  [crypto, "randomUUID"],
  [String.prototype, "localeCompare"],
  [String.prototype, "toLocaleUpperCase"],
  [String.prototype, "toLocaleLowerCase"],
  [Number.prototype, "toLocaleString"],
  [Date.prototype, "getTimezoneOffset"],
];

/**
 * The third wall of determinism: runs a synchronous body while ambient time, chance, timers,
 * locale and environment throw. `new Date()` throws as well. Whatever the body returns or throws
 * comes out, and all is as before; a body that returns a promise is refused, for it would go on
 * outside of the walls.
 */
export function sealed<T>(body: () => T): T {
  const saved = AMBIENT.map(
    ([owner, name]) => [owner, name, Object.getOwnPropertyDescriptor(owner, name)] as const,
  );
  const realDate = Object.getOwnPropertyDescriptor(globalThis, "Date") as PropertyDescriptor;
  for (const [owner, name] of AMBIENT) replace(owner, name, forbidden(name));
  replace(Date, "now", stopped);
  replace(globalThis, "Date", Object.assign(forbidden("Date"), { now: stopped }));
  try {
    const result = body();
    if (result instanceof Promise) throw new Error("a sealed body is synchronous");
    return result;
  } finally {
    Object.defineProperty(globalThis, "Date", realDate);
    for (const [owner, name, descriptor] of saved) {
      if (descriptor === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, descriptor);
    }
  }
}

function replace(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { configurable: true, writable: true, value });
}

/**
 * bcryptjs looks at the clock even when it is called synchronously, and does nothing with it: it
 * is shown one that stands still. Everybody else is refused.
 */
function stopped(): number {
  if (new Error().stack?.includes("/node_modules/bcryptjs/")) return 0;
  return forbidden("now")();
}

function forbidden(name: string): () => never {
  return function ambient() {
    throw new Error(`ambient ${name} in the deterministic core`);
  };
}
