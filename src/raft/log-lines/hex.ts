/** etcd prints node ids with `%x`. The storage threads have the last two ids of 64 bits there. */
export function hex(id: number): string {
  if (id >= 0) return id.toString(16);
  return `fffffffffffffff${(id + 16).toString(16)}`;
}
