import { type LeaseFrame, leaseOf } from "../../trace/frames/data-frame.ts";
import { plural, printable } from "../../trace/names.ts";
import type { KeyVersion } from "../store-index.ts";
import { dim, fitted, plain, type Row, rule, type Segment, sized } from "../style.ts";
import { clientsCount, clientsRows, leftText, shortLease } from "./clients.ts";
import { filled, type View, type ViewEntry } from "./view.ts";

/** The keys with their revisions, and what clients have besides: leases, watches, locks. */
export const STORE: ViewEntry = {
  name: "store",
  key: "d",
  title: "store",
  shows: "keys and revisions, leases with the time they have left, watches and where they stand",
  draw: drawStore,
  reach: (recording, state) => {
    const { leases } = recording.frames.seek(state.position).data;
    return {
      up: 0,
      down: Math.max(0, recording.store.count(state.position) + leases.length - 1),
    };
  },
  asks: (view) => {
    const { key, lease } = chosenIn(view);
    if (lease !== undefined) return { about: "lease", lease: lease.id };
    return key === undefined ? null : { about: "key", key: key.key, seq: key.seq };
  },
};

interface Chosen {
  readonly place: number;
  readonly key: KeyVersion | undefined;
  readonly lease: LeaseFrame | undefined;
}

/** What the cursor is on: it goes through the keys, then through the leases, the newest first. */
function chosenIn({ recording, state, frame }: View): Chosen {
  const count = recording.store.count(state.position);
  const { leases } = frame.data;
  const place = Math.min(Math.max(0, state.cursor), Math.max(0, count + leases.length - 1));
  const [key] = recording.store.page(state.position, place, 1);
  return { place, key, lease: leases[leases.length - 1 - (place - count)] };
}

function drawStore(view: View, rows: number): Row[] {
  const { recording, state, frame, columns } = view;
  const count = recording.store.count(state.position);
  const wanted = clientsCount(view);
  // Keys get what clients leave them, and half of it at least.
  const below = Math.min(wanted, Math.floor((rows - 2) / 2));
  const room = rows - below - 1;
  const revision = Math.max(0, ...frame.members.map((member) => member.revision));
  const title: Segment[] = [
    plain("store"),
    dim(`  revision ${revision}, ${count} ${plural(count, "key")}`),
    dim(frame.data.compacted > 0 ? `, compacted at ${frame.data.compacted}` : ""),
    ...behind(view, revision),
    dim("  (↑ ↓)"),
  ];
  const { key: chosen, lease, ...at } = chosenIn(view);
  const place = Math.min(at.place, Math.max(0, count - 1));
  const past = chosen === undefined ? [] : recording.store.versions(chosen.key, state.position);
  const out: Row[] = [rule(title, columns)];
  // The past of the key at the cursor stands under it.
  const versions = past.slice(-4, -1).toReversed();
  const list = Math.max(1, room - 2 - versions.length);
  const from = Math.max(0, Math.min(place - (list >> 1), count - list));
  const shown = recording.store.page(state.position, from, list);
  const widths = widthsOf(shown, columns);
  out.push(heading(widths));
  shown.forEach((key) => {
    const isCursor = key.key === chosen?.key;
    const isNew = key.revision === revision;
    out.push(fitted(keyRow(key, view, { isCursor, isNew, widths }), columns));
    if (!isCursor) return;
    for (const version of versions) out.push(fitted(pastRow(version), columns));
  });
  const rest = count - from - list;
  if (rest > 0) out[out.length - 1] = [dim(`   … ${rest + 1} more ${plural(rest + 1, "key")}`)];
  if (count === 0) out.push([dim("   no keys")]);
  return filled([...filled(out, room), ...clientsRows(view, below, lease)], rows);
}

/** Who has not applied as much. */
function behind(view: View, revision: number): Segment[] {
  const late = view.frame.members.filter(
    (member) => member.status !== "absent" && member.revision < revision,
  );
  if (late.length === 0) return [];
  const names = late.map((member) => `m${member.id} at ${member.revision}`).join(", ");
  return [{ text: `  ${names}`, color: "yellow" }];
}

/** The widths of the columns whose texts differ in length. */
interface Widths {
  readonly key: number;
  readonly value: number;
}

const KEY_LEAST = 22;
/** Three numbers, a lease and what it has left. */
const OTHERS = 57;

/** The keys as long as the longest that is shown, where that leaves their values room. */
function widthsOf(keys: readonly KeyVersion[], columns: number): Widths {
  const longest = Math.max(KEY_LEAST, ...keys.map(({ key }) => printable(key).length));
  const key = Math.min(longest, Math.max(KEY_LEAST, Math.floor(columns / 3)));
  return { key, value: Math.max(8, Math.min(60, columns - key - OTHERS)) };
}

function heading({ key, value }: Widths): Row {
  return [dim(`   ${"key".padEnd(key)} ${"value".padEnd(value)} modified created version lease`)];
}

interface KeyLook {
  readonly isCursor: boolean;
  readonly isNew: boolean;
  readonly widths: Widths;
}

function keyRow(key: KeyVersion, view: View, look: KeyLook): Row {
  const { isCursor, isNew, widths } = look;
  const lease = key.lease === "" ? undefined : leaseOf(view.frame.data, key.lease);
  const held =
    key.lease === ""
      ? ""
      : `${shortLease(key.lease)} ${lease === undefined ? "gone" : leftText(lease, view)}`;
  const value = sized(printable(key.value), widths.value);
  return [
    isCursor ? { text: " ▸ ", color: "cyan", bold: true } : plain("   "),
    { text: sized(printable(key.key), widths.key), bold: isCursor },
    { text: ` ${value}`, ...(isNew ? { color: "green" as const, bold: true } : {}) },
    plain(
      ` ${String(key.revision).padStart(8)}${String(key.createRevision).padStart(8)}${String(key.version).padStart(8)}`,
    ),
    dim(` ${held}`),
  ];
}

function pastRow(version: KeyVersion): Row {
  const what = version.type === "delete" ? "deleted" : printable(version.value);
  return [dim(`      └ before: ${what}  at revision ${version.revision}`)];
}
