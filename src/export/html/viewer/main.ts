import { OUTCOMES, type PageData } from "../page-data.ts";
import { ClusterView } from "./cluster.ts";
import { byId, h, timeText } from "./dom.ts";
import { LogsView } from "./logs.ts";
import { Model } from "./model.ts";
import { Pace } from "./pace.ts";
import { StoryView } from "./story.ts";
import { Timeline } from "./timeline.ts";

const NOW = Number.POSITIVE_INFINITY;

const data: PageData = JSON.parse(byId("run").textContent ?? "");
const model = new Model(data);
const pace = new Pace(model);
const stage = byId("timeline");
const timeline = new Timeline(byId<HTMLCanvasElement>("lanes"), byId("cursor"), model, (time) =>
  seek(time),
);
const cluster = new ClusterView(byId<SVGSVGElement>("cluster"), model);
const logs = new LogsView(byId("logs"), model);
const story = new StoryView(byId("lines"), model, (time, seq) => seek(time, seq));

/** Whoever asks for less motion is not scrolled smoothly. */
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The moment that is shown: a time, and the last event of it that counts. */
let time = 0;
let upTo = NOW;
let told = 0;
let playing = false;
let before = 0;

function show(smooth = false): void {
  model.seek(time, upTo);
  told = story.toldAt(time, upTo);
  cluster.draw(time, upTo);
  logs.draw();
  story.draw(told, smooth);
  timeline.reveal(time);
  byId("clock").textContent = timeText(time);
  stage.setAttribute("aria-valuenow", String(Math.floor(time / 1000)));
  stage.setAttribute("aria-valuetext", timeText(time));
  waiting();
}

/** The calls that clients wait for. */
function waiting(): void {
  const open = data.calls.filter(
    ([, since, until]) => since <= time && (until < 0 || until > time),
  );
  const ended = data.calls.filter(([, , until]) => until >= 0 && until <= time);
  const counts = OUTCOMES.slice(0, 3).map((outcome, i) => {
    const count = ended.filter(([, , , known]) => known === i).length;
    return count === 0 ? "" : `${count} ${outcome}`;
  });
  const first = open.at(0);
  const more = open.length > 1 ? ` and ${open.length - 1} more` : "";
  byId("calls").replaceChildren(
    first === undefined
      ? data.calls.length === 0
        ? ""
        : "no call is waiting"
      : `c${first[0]} waits for ${first[5]}${first[4] === 0 ? "" : ` from m${first[4]}`} (${((time - first[1]) / 1000).toFixed(1)} ms)${more}`,
    h("span", { class: "counts" }, counts.filter((text) => text !== "").join(" · ")),
  );
}

function seek(to: number, seq = NOW): void {
  pause();
  time = Math.max(0, Math.min(data.end, to));
  upTo = seq;
  show();
  remember();
}

/** The address names the moment, so that it can be sent to somebody. */
function remember(): void {
  const moment = upTo === NOW ? `${time}us` : `${time}us-${upTo}`;
  try {
    history.replaceState(null, "", `#${moment}`);
  } catch {
    // Some browsers forbid it on pages from files.
  }
}

function pause(): void {
  playing = false;
  byId("play").textContent = "▶";
  byId("play").setAttribute("aria-label", "play");
}

function play(): void {
  if (time >= data.end) time = 0;
  playing = true;
  upTo = NOW;
  pace.release();
  byId("play").textContent = "❚❚";
  byId("play").setAttribute("aria-label", "pause");
  before = performance.now();
  requestAnimationFrame(frame);
}

function frame(now: number): void {
  if (!playing) return;
  // After a while in the background the run goes on where it was.
  const ms = Math.min(100, Math.max(0, now - before));
  before = now;
  const next = data.story[told];
  const stop = next === undefined ? data.end : next[1];
  time = pace.after(time, ms, Math.max(stop, time));
  if (next !== undefined && time >= next[1]) pace.hold(next[6]);
  show(!calm.matches);
  if (time >= data.end) {
    pause();
    remember();
  } else requestAnimationFrame(frame);
}

function step(by: 1 | -1, weights: readonly number[] = [0, 1, 2, 3]): void {
  const line = story.next(told, by, weights);
  if (line !== undefined) seek(line[1], line[0]);
  else if (by === -1) seek(0);
  else if (weights.length === 4) seek(data.end);
}

function speed(by: 1 | -1): void {
  pace.faster(by);
  byId("speed").textContent = `${pace.speed}×`;
}

function theme(): void {
  const root = document.documentElement;
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset["theme"] ?? (isDark ? "dark" : "light");
  root.dataset["theme"] = now === "dark" ? "light" : "dark";
  timeline.draw();
}

const help = byId<HTMLDialogElement>("help");

const KEYS: Readonly<Record<string, () => void>> = {
  " ": () => (playing ? pause() : play()),
  ArrowRight: () => step(1),
  l: () => step(1),
  ArrowLeft: () => step(-1),
  h: () => step(-1),
  ".": () => seek(model.changeTime(time, 1)),
  ",": () => seek(model.changeTime(time, -1)),
  n: () => step(1, [2]),
  N: () => step(-1, [2]),
  f: () => step(1, [3]),
  F: () => step(-1, [3]),
  g: () => seek(0),
  Home: () => seek(0),
  G: () => seek(data.end),
  End: () => seek(data.end),
  "+": () => speed(1),
  "=": () => speed(1),
  "-": () => speed(-1),
  i: () => timeline.zoom(0.5, time),
  o: () => timeline.zoom(2, time),
  z: () => timeline.zoom(0),
  "[": () => scrollLogs(5),
  "]": () => scrollLogs(-5),
  t: theme,
  "/": () => byId("filter").focus(),
  "?": () => help.showModal(),
};

function scrollLogs(by: number): void {
  logs.scroll(by);
  logs.draw();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const filter = byId<HTMLInputElement>("filter");
  if (event.target === filter) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    if (event.key === "Escape") filter.value = "";
    story.filter(filter.value);
    filter.blur();
    return;
  }
  // A button that has the focus is pressed by space.
  if (event.key === " " && event.target instanceof HTMLButtonElement) return;
  const action = KEYS[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
});

const BUTTONS: Readonly<Record<string, () => void>> = {
  play: () => (playing ? pause() : play()),
  back: () => step(-1),
  forth: () => step(1),
  slower: () => speed(-1),
  faster: () => speed(1),
  theme,
  keys: () => help.showModal(),
  close: () => help.close(),
};
for (const [id, press] of Object.entries(BUTTONS)) byId(id).addEventListener("click", press);
byId("filter").addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement) story.filter(event.target.value);
});
byId("lanes").addEventListener("moved", () => timeline.place(time));

function resized(): void {
  timeline.draw();
  timeline.place(time);
  logs.draw();
}
new ResizeObserver(resized).observe(stage);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", resized);

function opening(): void {
  const [, at, , seq] = /^#(\d+)us(-(\d+))?$/.exec(location.hash) ?? [];
  const first = data.story[0];
  if (at !== undefined) seek(Number(at), seq === undefined ? NOW : Number(seq));
  else if (data.opens >= 0) {
    time = Math.min(data.opens, data.end);
    show();
  } else {
    time = first?.[1] ?? 0;
    upTo = first?.[0] ?? NOW;
    show();
  }
}
window.addEventListener("hashchange", opening);
timeline.draw();
opening();
