import { timeText } from "./dom.ts";
import type { Model, Stretch } from "./model.ts";

const LANE = 17;
const MARKS = 20;
const CALLS = 12;
const AXIS = 18;
const LEFT = 38;
const RIGHT = 14;
/** The shortest stretch that can be zoomed to, µs. */
const SHORTEST = 500;

/**
 * The whole run, or a part of it, in a line: elections and faults, a lane a member (its term's colour, full
 * where it leads), and the clients' calls.
 */
export class Timeline {
  readonly #canvas: HTMLCanvasElement;
  readonly #cursor: HTMLElement;
  readonly #model: Model;
  readonly #lanes: ReadonlyMap<number, readonly Stretch[]>;
  #from = 0;
  #to: number;

  constructor(
    canvas: HTMLCanvasElement,
    cursor: HTMLElement,
    model: Model,
    seek: (time: number) => void,
  ) {
    this.#canvas = canvas;
    this.#cursor = cursor;
    this.#model = model;
    this.#lanes = model.stretches();
    this.#to = this.#whole;
    const box = canvas.parentElement as HTMLElement;
    const scrub = (event: PointerEvent) => seek(this.#timeAt(event.clientX));
    box.addEventListener("pointerdown", (event) => {
      box.setPointerCapture(event.pointerId);
      scrub(event);
    });
    box.addEventListener("pointermove", (event) => {
      if (box.hasPointerCapture(event.pointerId)) scrub(event);
    });
    box.addEventListener("dblclick", () => this.zoom(0));
    box.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        if (event.shiftKey || event.deltaX !== 0) this.#pan((event.deltaX + event.deltaY) / 400);
        else this.zoom(event.deltaY < 0 ? 0.7 : 1 / 0.7, this.#timeAt(event.clientX));
      },
      { passive: false },
    );
    canvas.height = 1;
  }

  get #whole(): number {
    return Math.max(1, this.#model.data.end);
  }

  /** Shows `factor` of what is shown, around `time`; 0: the whole run. */
  zoom(factor: number, time = (this.#from + this.#to) / 2): void {
    const whole = this.#whole;
    const span = this.#to - this.#from;
    const wanted = factor === 0 ? whole : Math.min(whole, Math.max(SHORTEST, span * factor));
    const part = (time - this.#from) / span;
    this.#move(factor === 0 ? 0 : time - part * wanted, wanted);
  }

  /** Keeps `time` in sight. */
  reveal(time: number): void {
    const span = this.#to - this.#from;
    if (time < this.#from || time > this.#to) this.#move(time - span / 2, span);
    this.place(time);
  }

  /** Puts the cursor at `time`. */
  place(time: number): void {
    this.#cursor.style.transform = `translateX(${this.#xOf(time)}px)`;
    this.#cursor.hidden = time < this.#from || time > this.#to;
    this.#cursor.dataset["time"] = timeText(time);
    this.#cursor.classList.toggle("right", this.#xOf(time) > this.#width - 90);
  }

  #pan(part: number): void {
    const span = this.#to - this.#from;
    this.#move(this.#from + part * span, span);
  }

  #move(from: number, span: number): void {
    this.#from = Math.max(0, Math.min(from, this.#whole - span));
    this.#to = this.#from + span;
    this.draw();
    this.#canvas.dispatchEvent(new Event("moved"));
  }

  get #width(): number {
    return this.#canvas.clientWidth;
  }

  #xOf(time: number): number {
    const width = this.#width - LEFT - RIGHT;
    return LEFT + ((time - this.#from) / (this.#to - this.#from)) * width;
  }

  #timeAt(clientX: number): number {
    const x = clientX - this.#canvas.getBoundingClientRect().left;
    const part = (x - LEFT) / (this.#width - LEFT - RIGHT);
    const time = this.#from + part * (this.#to - this.#from);
    return Math.max(0, Math.min(this.#model.data.end, Math.round(time)));
  }

  draw(): void {
    const { members, data } = this.#model;
    const clients = [...new Set(data.calls.map(([client]) => client))].sort((a, b) => a - b);
    const rows = clients.length > 4 ? [] : clients;
    const callRows = clients.length === 0 ? 0 : Math.max(1, rows.length);
    const height = MARKS + members.length * LANE + callRows * CALLS + AXIS + 6;
    const canvas = this.#canvas;
    canvas.style.height = `${height}px`;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(this.#width * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    if (pen === null) return;
    pen.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const colour = (name: string) => style.getPropertyValue(name);
    pen.font = `11px ${style.fontFamily}`;
    pen.textBaseline = "middle";

    this.#axis(pen, height, colour);
    for (const [i, { id }] of members.entries()) {
      const top = MARKS + i * LANE;
      pen.fillStyle = colour("--dim");
      pen.fillText(`m${id}`, 12, top + LANE / 2);
      for (const stretch of this.#lanes.get(id) ?? []) this.#stretch(pen, stretch, top, colour);
    }
    const callsTop = MARKS + members.length * LANE + 3;
    for (let r = 0; r < callRows; r++) {
      pen.fillStyle = colour("--dim");
      const label = rows.length === 0 ? `c×${clients.length}` : `c${rows[r]}`;
      pen.fillText(label, 12, callsTop + r * CALLS + CALLS / 2);
    }
    for (const [client, since, until, outcome] of data.calls) {
      const row = rows.length === 0 ? 0 : rows.indexOf(client);
      const x = this.#xOf(since);
      const end = this.#xOf(until < 0 ? data.end : until);
      if (end < LEFT || x > this.#width - RIGHT) continue;
      pen.fillStyle = colour(outcome === 0 ? "--cyan" : outcome === 1 ? "--yellow" : "--red");
      pen.globalAlpha = outcome === 0 ? 0.75 : 1;
      const left = Math.max(LEFT, x);
      pen.fillRect(left, callsTop + row * CALLS + 3, Math.max(1.5, end - left), CALLS - 6);
    }
    pen.globalAlpha = 1;
    this.#marks(pen, colour);
  }

  #stretch(
    pen: CanvasRenderingContext2D,
    { from, to, status, role, term }: Stretch,
    top: number,
    colour: (name: string) => string,
  ): void {
    if (to < this.#from || from > this.#to || status === "absent") return;
    const x = Math.max(LEFT, this.#xOf(from));
    const width = Math.max(1, Math.min(this.#width - RIGHT, this.#xOf(to)) - x);
    const hue = term === 0 ? colour("--faint") : colour(`--term-${(term - 1) % 6}`);
    if (status !== "up") {
      pen.fillStyle = colour("--red");
      pen.globalAlpha = status === "paused" ? 0.5 : 0.85;
      for (let dash = x; dash < x + width; dash += 7) {
        pen.fillRect(dash, top + LANE / 2 - 1, Math.min(4, x + width - dash), 2);
      }
      pen.globalAlpha = 1;
      return;
    }
    const leads = role === "leader";
    const campaigns = role === "candidate" || role === "pre-candidate";
    pen.fillStyle = campaigns ? colour("--yellow") : hue;
    pen.globalAlpha = leads || campaigns ? 1 : 0.3;
    const inset = leads ? 2 : 5;
    pen.beginPath();
    pen.roundRect(x, top + inset, Math.max(campaigns ? 2.5 : 1, width - 0.5), LANE - 2 * inset, 2);
    pen.fill();
    pen.globalAlpha = 1;
    if (leads && width > 52) {
      pen.fillStyle = colour("--on-colour");
      pen.fillText(`term ${term}`, x + 6, top + LANE / 2 + 0.5);
    }
  }

  #marks(pen: CanvasRenderingContext2D, colour: (name: string) => string): void {
    pen.textAlign = "center";
    for (const [, at, , , , , weight] of this.#model.data.story) {
      if (weight < 2 || at < this.#from || at > this.#to) continue;
      pen.fillStyle = colour(weight === 3 ? "--red" : "--green");
      pen.fillText(weight === 3 ? "✗" : "★", this.#xOf(at), MARKS / 2);
    }
    pen.textAlign = "start";
  }

  #axis(pen: CanvasRenderingContext2D, height: number, colour: (name: string) => string): void {
    const span = this.#to - this.#from;
    const step = stepFor(span, Math.max(2, (this.#width - LEFT - RIGHT) / 90));
    pen.textAlign = "center";
    const digits = step >= 1e6 ? 0 : step >= 1e5 ? 1 : step >= 1e4 ? 2 : step >= 1e3 ? 3 : 4;
    for (let time = Math.ceil(this.#from / step) * step; time <= this.#to; time += step) {
      const x = this.#xOf(time);
      pen.fillStyle = colour("--line");
      pen.fillRect(x, MARKS, 1, height - MARKS - AXIS);
      pen.fillStyle = colour("--dim");
      pen.fillText(`${(time / 1e6).toFixed(digits)}s`, x, height - AXIS / 2);
    }
    pen.textAlign = "start";
  }
}

/** A round step in which `span` has at most `most` of them. */
function stepFor(span: number, most: number): number {
  let step = 10;
  for (let i = 0; span / step > most; i++) step *= [2, 2.5, 2][i % 3] as number;
  return step;
}
