// A thread of its own knows nothing of TypeScript until it is told; only checkouts come by here.
import { register } from "tsx/esm/api";

register();
const { default: work } = await import("./worker.ts");

export default work;
