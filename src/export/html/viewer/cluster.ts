import { memberName, s, termColour } from "./dom.ts";
import type { Member, Message, Model } from "./model.ts";

const WIDTH = 640;
const HEIGHT = 280;
const RADIUS = 31;
const ASIDE = 7;
const SIZES = { heartbeat: 3, other: 6.5, election: 6.5, snapshot: 9.5 } as const;
/** So many rows of the legend fit beside the members. */
const MOST_ROWS = 4;

type Point = readonly [x: number, y: number];

/** The members in a ring, the links between them, and what is on its way. */
export class ClusterView {
  readonly #svg: SVGSVGElement;
  readonly #model: Model;
  readonly #places = new Map<number, Point>();

  constructor(svg: SVGSVGElement, model: Model) {
    this.#svg = svg;
    this.#model = model;
    svg.setAttribute("viewBox", `-100 0 ${WIDTH + 200} ${HEIGHT}`);
    const { members } = model;
    const count = members.length;
    for (const [i, { id }] of members.entries()) {
      const angle = (i / count) * 2 * Math.PI - Math.PI / 2;
      const x = count === 1 ? 0 : Math.cos(angle) * 215;
      const y = count === 1 ? 0 : Math.sin(angle) * (count === 3 ? 110 : 98);
      this.#places.set(id, [WIDTH / 2 + x, HEIGHT / 2 + y + (count === 3 ? 24 : 0)]);
    }
  }

  draw(time: number, seq: number): void {
    const { members, data } = this.#model;
    const [, cut, clogged] = data.links.findLast(([at]) => at <= time) ?? [0, [], []];
    const started = members.filter(({ status }) => status !== "absent");
    const parts: SVGElement[] = [];
    for (const [i, a] of started.entries()) {
      for (const b of started.slice(i + 1)) parts.push(...this.#link(a.id, b.id, cut, clogged));
    }
    const flights = this.#model.flights(time, seq);
    for (const message of flights) parts.push(this.#flight(message, time));
    for (const member of members) parts.push(this.#node(member));
    parts.push(...legend(flights));
    this.#svg.replaceChildren(...parts);
  }

  #at(id: number): Point {
    return this.#places.get(id) ?? [WIDTH / 2, HEIGHT / 2];
  }

  #link(
    a: number,
    b: number,
    cut: readonly (readonly [number, number])[],
    clogged: readonly (readonly [number, number])[],
  ): SVGElement[] {
    const [x1, y1] = this.#at(a);
    const [x2, y2] = this.#at(b);
    const has = (list: typeof cut, from: number, to: number) =>
      list.some((link) => link[0] === from && link[1] === to);
    const there = has(cut, a, b);
    const back = has(cut, b, a);
    const slow = has(clogged, a, b) || has(clogged, b, a);
    const look = there || back ? "cut" : slow ? "clogged" : "";
    const line = s("line", { x1, y1, x2, y2, class: `link ${look}` });
    if (!there && !back) return [line];
    // One way: the cross stands before who does not hear.
    const part = there && back ? 0.5 : there ? 0.68 : 0.32;
    const cross = s(
      "text",
      { x: x1 + (x2 - x1) * part, y: y1 + (y2 - y1) * part + 6, class: "cross" },
      "✗",
    );
    return [line, cross];
  }

  #flight(message: Message, time: number): SVGElement {
    const { from, to, sent, until, lost, kind, term } = message;
    const whole = until === Number.POSITIVE_INFINITY ? 0 : until - sent;
    const part = whole === 0 ? 0.5 : Math.min(1, (time - sent) / whole) * (lost ? 0.6 : 1);
    const [x1, y1] = this.#at(from);
    const [x2, y2] = this.#at(to);
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
    const way = RADIUS + 4 + (length - 2 * RADIUS - 8) * part;
    // Beside the link on the right of its way, so that question and answer do not meet.
    const place = { cx: x1 + ux * way - uy * ASIDE, cy: y1 + uy * way + ux * ASIDE };
    const fill = lost ? "var(--red)" : termColour(term);
    const look = {
      ...place,
      r: SIZES[kind],
      class: kind === "heartbeat" ? "beat" : "message",
      fill,
    };
    return s("circle", look, s("title", {}, sentence(message)));
  }

  #node(member: Member): SVGElement {
    const { id, status, role, term } = member;
    const [x, y] = this.#at(id);
    const up = status === "up";
    const leads = up && role === "leader";
    const colour = up ? termColour(term) : "var(--red)";
    const word = up ? role : STATUS_WORDS[status];
    const sign = up ? SIGNS[role] : STATUS_SIGNS[status];
    const node = s("g", { class: `node ${status} ${up ? role : ""}` });
    if (leads)
      node.append(s("circle", { cx: x, cy: y, r: RADIUS + 6, class: "halo", stroke: colour }));
    node.append(
      s("circle", { cx: x, cy: y, r: RADIUS, class: "body" }),
      s("circle", { cx: x, cy: y, r: RADIUS, class: "ring", stroke: colour }),
      s("text", { x, y: y - 2, class: "name" }, `m${id}`),
      s("text", { x, y: y + 16, class: "sign", fill: colour }, sign),
    );
    const below = y > HEIGHT / 2 - 20 || this.#model.members.length > 3;
    const label =
      status === "absent" ? "" : `${word}${up || status === "paused" ? ` · term ${term}` : ""}`;
    const side = this.#labelSide(x, y, below);
    node.append(
      s("text", { x: side.x, y: side.y, "text-anchor": side.anchor, class: "role" }, label),
    );
    return node;
  }

  /** Beside a member, away from the middle, so that no link runs through the words. */
  #labelSide(x: number, y: number, below: boolean): { x: number; y: number; anchor: string } {
    if (x > WIDTH / 2 + 40) return { x: x + RADIUS + 12, y: y + 4, anchor: "start" };
    if (x < WIDTH / 2 - 40) return { x: x - RADIUS - 12, y: y + 4, anchor: "end" };
    if (y < HEIGHT / 2) return { x: x + RADIUS + 14, y: y - 8, anchor: "start" };
    return { x, y: y + (below ? RADIUS + 20 : -RADIUS - 12), anchor: "middle" };
  }
}

/** What is on its way in words, in a corner: the same message to several members is one row. */
function legend(flights: readonly Message[]): SVGElement[] {
  const groups = new Map<string, Message[]>();
  for (const message of flights) {
    if (message.kind === "heartbeat") continue;
    const key = `${message.from} ${message.lost} ${message.text}`;
    groups.set(key, [...(groups.get(key) ?? []), message]);
  }
  const rows = [...groups.values()].reverse();
  const shown = rows.slice(0, rows.length > MOST_ROWS ? MOST_ROWS - 1 : MOST_ROWS);
  const out = shown.flatMap((messages, i) => {
    const { from, term, lost, text } = messages[0] as Message;
    const to = messages.map((message) => message.to).sort((a, b) => a - b);
    const words = `m${from} → ${to.map(memberName).join(", ")}  ${text}${lost ? "  lost" : ""}`;
    const y = 17 + i * 17;
    const fill = lost ? "var(--red)" : termColour(term);
    return [
      s("circle", { cx: -96, cy: y - 4, r: 4, fill }),
      s("text", { x: -86, y, class: "what" }, words),
    ];
  });
  const hidden = rows.length - shown.length;
  if (hidden === 0) return out;
  return [
    ...out,
    s("text", { x: -86, y: 17 + shown.length * 17, class: "what more" }, `and ${hidden} more`),
  ];
}

function sentence({ from, to, text, lost }: Message): string {
  return `${memberName(from)} → ${memberName(to)}: ${text}${lost ? " (lost)" : ""}`;
}

const SIGNS = { leader: "★", candidate: "▲", "pre-candidate": "△", follower: "○" } as const;
const STATUS_SIGNS = { up: "", absent: "", down: "✗", paused: "‖", refused: "!" } as const;
const STATUS_WORDS = {
  up: "",
  absent: "not started",
  down: "down",
  paused: "paused",
  refused: "refuses to start",
} as const;
