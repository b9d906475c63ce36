import { createHash } from "node:crypto";
import { escaped } from "../markup.ts";
import type { Write } from "../options.ts";
import { collect } from "./collect.ts";
import type { PageData } from "./page-data.ts";
import { SCRIPT, STYLE } from "./viewer-bundle.ts";

/**
 * The run as one page: its data, and a script that draws any moment of it. Nothing is loaded from
 * anywhere, and the page's own policy forbids that: it only allows this script and this style, by their hashes.
 */
export const writeHtml: Write = function* (run, options, note) {
  const data = collect(run, options);
  for (const sentence of data.leftOut) note(sentence);
  const title = escaped(data.title === "" ? data.name : data.title);
  const policy = `default-src 'none'; script-src '${hash(SCRIPT)}'; style-src '${hash(STYLE)}'; base-uri 'none'; form-action 'none'`;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="detcd">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body(data, title)}
<script type="application/json" id="run">`;
  yield inScript(JSON.stringify(data));
  yield `</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
};

function body(data: PageData, title: string): string {
  const teaches = data.teaches.trim();
  const lesson =
    teaches === ""
      ? ""
      : `<details><summary>What it shows</summary><p>${escaped(teaches)}</p></details>\n`;
  const leftOut =
    data.leftOut.length === 0 ? "" : `<p class="left-out">${escaped(data.leftOut.join(" "))}</p>\n`;
  return `<header>
<div>
<h1>${title}</h1>
<small>${escaped(data.name)} · seed ${data.seed}</small>
</div>
<nav>
<span id="clock">0.000s</span>
<button id="back" aria-label="previous line of the story" title="previous line (←)">‹</button>
<button id="play" aria-label="play" title="play, pause (space)">▶</button>
<button id="forth" aria-label="next line of the story" title="next line (→)">›</button>
<button id="slower" aria-label="slower" title="slower (-)">−</button>
<span id="speed">1×</span>
<button id="faster" aria-label="faster" title="faster (+)">+</button>
<button id="theme" aria-label="light or dark" title="light or dark (t)">◐</button>
<button id="keys" aria-label="keys" title="keys (?)">?</button>
</nav>
</header>
<section id="timeline" class="card" role="slider" tabindex="0" aria-label="time" aria-valuemin="0" aria-valuemax="${Math.floor(data.end / 1000)}"><canvas id="lanes"></canvas><div id="cursor"></div></section>
<main>
<div class="left">
<section class="card"><svg id="cluster" role="img" aria-label="the members and the messages between them"></svg><div id="calls"></div></section>
<section class="card"><div id="logs"></div><div id="entry">Point at an entry to see what it holds.</div></section>
</div>
<aside class="card">
${lesson}<div class="search"><input id="filter" type="search" placeholder="Filter the story ( / )" aria-label="filter the story"></div>
<ol id="lines" aria-label="the story"></ol>
${leftOut}</aside>
</main>
<dialog id="help">
<dl>${KEYS.map(([keys, what]) => `<dt>${keys}</dt><dd>${what}</dd>`).join("")}</dl>
<button id="close">close (esc)</button>
</dialog>
<noscript>This page draws a run with JavaScript. <code>detcd replay ${escaped(data.name)} --plain</code> tells it as text.</noscript>`;
}

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["space", "play, pause"],
  ["→ ←", "to the next, the previous line of the story"],
  [". ,", "to the next, the previous change of a member"],
  ["n N", "to the next, the previous election won"],
  ["f F", "to the next, the previous fault"],
  ["g G", "to the start, to the end"],
  ["+ −", "faster, slower"],
  ["i o z", "zoom the timeline in, out, all of it (or the wheel)"],
  ["[ ]", "the logs: earlier, later entries"],
  ["/", "filter the story"],
  ["t", "light or dark"],
  ["★ ▲ △ ○", "leader, candidate, pre-candidate, follower"],
  ["✗ ‖", "down, paused; on a message: lost"],
  [
    "cells",
    "a log entry each, with its term: full where the member knows it committed, dashed where not; the line is its commit index",
  ],
];

/** JSON that no `</script>` or `<!--` can end. */
function inScript(json: string): string {
  return json
    .replace(/</g, "\\u003c")
    .replace(/[\u2028\u2029]/g, (char) => (char === "\u2028" ? "\\u2028" : "\\u2029"));
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
