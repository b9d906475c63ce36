import { byId, h, memberName, termColour } from "./dom.ts";
import type { Member, Model } from "./model.ts";

const CELL = 30;

/** A row a member: what it knows, and its log, a cell an entry. The same columns are the same index. */
export class LogsView {
  readonly #element: HTMLElement;
  readonly #detail: HTMLElement;
  readonly #model: Model;
  /** How many entries back from the newest the window ends. */
  #back = 0;

  constructor(element: HTMLElement, model: Model) {
    this.#element = element;
    this.#detail = byId("entry");
    this.#model = model;
    element.addEventListener("mouseover", (event) => this.#explain(event.target));
    element.addEventListener("focusin", (event) => this.#explain(event.target));
    element.addEventListener(
      "wheel",
      (event) => {
        if (Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
        event.preventDefault();
        this.scroll(Math.sign(event.deltaX) * -3);
        this.draw();
      },
      { passive: false },
    );
  }

  /** Moves the window; the caller draws. */
  scroll(entries: number): void {
    this.#back = Math.max(0, this.#back + entries);
  }

  draw(): void {
    const { members } = this.#model;
    const shown = members.filter(({ status }) => status !== "absent");
    const newest = Math.max(1, ...shown.map(({ log }) => log.length - 1));
    const count = Math.max(4, Math.floor((this.#element.clientWidth - 20) / CELL));
    this.#back = Math.min(this.#back, Math.max(0, newest - count));
    const to = Math.max(count, newest + 1 - this.#back);
    const from = to - count + 1;
    const ruler = h("div", { class: "cells ruler" });
    for (let index = from; index <= to; index++) {
      ruler.append(h("span", {}, index % 5 === 0 || index === from ? String(index) : ""));
    }
    this.#element.replaceChildren(ruler, ...shown.map((member) => this.#row(member, from, to)));
  }

  #row(member: Member, from: number, to: number): HTMLElement {
    const { id, status, role, term, vote, lead, commit, applied, revision } = member;
    const up = status === "up";
    const fact = (name: string, value: number | string) =>
      h("span", { class: "fact" }, h("i", {}, `${name} `), String(value));
    const badge = h("b", { class: `badge ${up ? role : status}` }, up ? role : status);
    const head = h(
      "div",
      { class: "facts" },
      h("b", { class: "who" }, `m${id}`),
      badge,
      fact("term", term),
      fact("vote", memberName(vote)),
      fact("lead", memberName(lead)),
      fact("commit", commit),
      fact("applied", applied),
      fact("rev", revision),
    );
    badge.style.setProperty("--of-term", up ? termColour(term) : "var(--red)");
    const cells = h("div", { class: `cells ${up ? "" : "off"}` });
    for (let index = from; index <= to; index++) cells.append(this.#cell(member, index));
    return h("div", { class: "member" }, head, cells);
  }

  #cell({ id, log, snapshot, commit, applied }: Member, index: number): HTMLElement {
    const number = log[index];
    const last = log.length - 1;
    if (index <= snapshot)
      return h("span", { class: "cell compacted", title: `index ${index} is in a snapshot` });
    if (index > last || number === undefined) {
      return h("span", { class: index === commit ? "cell none commit" : "cell none" });
    }
    const { terms } = this.#model.data.entries;
    const term = terms[number] as number;
    const state = index <= commit ? (index <= applied ? "applied" : "committed") : "uncommitted";
    const cell = h(
      "span",
      {
        class: `cell ${state}${index === commit ? " commit" : ""}`,
        "data-entry": number,
        "data-member": id,
        tabindex: -1,
      },
      String(term),
    );
    cell.style.setProperty("--of-term", termColour(term));
    return cell;
  }

  #explain(target: EventTarget | null): void {
    if (!(target instanceof HTMLElement) || target.dataset["entry"] === undefined) return;
    const number = Number(target.dataset["entry"]);
    const { indexes, terms, texts } = this.#model.data.entries;
    const holders = this.#model.members.filter(({ log }) => log.includes(number));
    const committed = holders.filter(({ commit }) => commit >= (indexes[number] as number));
    const names = (list: readonly Member[]) => list.map(({ id }) => `m${id}`).join(", ");
    this.#detail.replaceChildren(
      h("b", {}, `entry ${indexes[number]}`),
      ` of term ${terms[number]}: `,
      h(
        "code",
        {},
        texts[number] === "" ? "the empty entry of a new leader" : String(texts[number]),
      ),
      ` — on ${names(holders)}; ${committed.length === 0 ? "nobody knows it committed" : `committed as ${names(committed)} ${committed.length === 1 ? "knows" : "know"}`}`,
    );
  }
}
