import { TOPICS } from "../page-data.ts";
import { h, timeText } from "./dom.ts";
import { count, type Model } from "./model.ts";

/** The story, a line each; those that have not happened yet are pale. */
export class StoryView {
  readonly #list: HTMLElement;
  readonly #model: Model;
  readonly #rows: readonly HTMLElement[];
  #current = -1;
  #filter = "";

  constructor(list: HTMLElement, model: Model, seek: (time: number, seq: number) => void) {
    this.#list = list;
    this.#model = model;
    this.#rows = model.data.story.map(([seq, at, actor, text, because, topic, weight]) => {
      const row = h(
        "li",
        { class: `line ${TOPICS[topic]} weight-${weight} later`, "data-seq": seq },
        h("time", {}, timeText(at)),
        h("b", {}, actor),
        h("span", {}, text, ...(because === "" ? [] : [h("i", {}, `: ${because}`)])),
      );
      row.addEventListener("click", () => seek(at, seq));
      return row;
    });
    list.replaceChildren(...this.#rows);
  }

  /** How many lines are told at that moment. */
  toldAt(time: number, seq: number): number {
    const { story } = this.#model.data;
    return count(story.length, (i) => {
      const [known, at] = story[i] as (typeof story)[number];
      return at <= time && known <= seq;
    });
  }

  /** The nearest line of that weight or more before or after place `told`; undefined: there is none. */
  next(
    told: number,
    by: 1 | -1,
    weights: readonly number[],
  ): readonly [seq: number, at: number] | undefined {
    const { story } = this.#model.data;
    for (let i = by === 1 ? told : told - 2; i >= 0 && i < story.length; i += by) {
      const line = story[i] as (typeof story)[number];
      if (weights.includes(line[6])) return [line[0], line[1]];
    }
    return undefined;
  }

  filter(text: string): void {
    this.#filter = text.toLowerCase();
    for (const row of this.#rows) {
      row.hidden = this.#filter !== "" && !row.textContent.toLowerCase().includes(this.#filter);
    }
  }

  draw(told: number, smooth: boolean): void {
    const now = told - 1;
    if (now === this.#current) return;
    const [low, high] = now > this.#current ? [this.#current, now] : [now, this.#current];
    for (let i = Math.max(0, low); i <= high; i++) {
      this.#rows[i]?.classList.toggle("later", i > now);
      this.#rows[i]?.classList.toggle("now", i === now);
    }
    this.#current = now;
    const row = this.#rows[Math.max(0, now)];
    if (row === undefined || row.hidden) return;
    // Not scrollIntoView: that would move the page, too.
    const top = row.offsetTop - this.#list.clientHeight * 0.55;
    this.#list.scrollTo({ top, behavior: smooth ? "smooth" : "auto" });
  }
}
