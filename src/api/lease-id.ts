/** A lease's id as etcd prints it, also in the keys of locks: hex of the unsigned 64 bits; "" for none. */
export function leaseIdHex(id: bigint): string {
  return id === 0n ? "" : BigInt.asUintN(64, id).toString(16);
}
