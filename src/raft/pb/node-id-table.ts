import { assert } from "../../base/assert.ts";
import type { NodeId } from "../types.ts";
import { NodeIdError, type NodeIdMap } from "./node-id.ts";

/**
 * Numbers a real etcd's 64-bit member ids 1, 2, 3 … in the order in which they are first seen, so
 * that its data can be read and written back.
 */
export class NodeIdTable implements NodeIdMap {
  readonly #wire: { readonly hi: number; readonly lo: number }[] = [];
  readonly #ids = new Map<string, NodeId>();

  fromWire(hi: number, lo: number): NodeId {
    assert(hi !== 0 || lo !== 0, "0 is no member");
    const key = `${hi}/${lo}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#wire.push({ hi, lo });
    this.#ids.set(key, this.#wire.length);
    return this.#wire.length;
  }

  /** Throws NodeIdError for an id that was never given out. */
  toWire(id: NodeId): { readonly hi: number; readonly lo: number } {
    const wire = this.#wire[id - 1];
    if (wire === undefined) throw new NodeIdError(`no 64-bit id is known for node ${id}`);
    return wire;
  }

  /** The 64-bit id in etcd's usual form: hex digits. */
  hex(id: NodeId): string {
    const { hi, lo } = this.toWire(id);
    return (hi === 0 ? "" : hi.toString(16)) + lo.toString(16).padStart(hi === 0 ? 1 : 8, "0");
  }
}
