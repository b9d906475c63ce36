import { writeSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

// `node --import …/tell-loads.mjs`: each module that is loaded becomes a line `loaded URL` of standard error.
if (isMainThread) register(import.meta.url);

export function load(url, context, next) {
  writeSync(2, `loaded ${url}\n`);
  return next(url, context);
}
