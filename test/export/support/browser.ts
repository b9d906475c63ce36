import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];

interface Answer {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A headless Chromium with one page, driven by the DevTools protocol over a pipe. */
export class Browser {
  /** What the page complained of: its console's errors, exceptions, what its policy forbade. */
  readonly complaints: string[] = [];
  /** What the page asked for, besides itself and what is written in it. */
  readonly requests: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #events = new Map<string, () => void>();
  #session = "";
  #id = 0;
  #rest = "";

  private constructor(program: string) {
    this.#profile = mkdtempSync(join(tmpdir(), "detcd-chromium-"));
    const args = [...FLAGS, `--user-data-dir=${this.#profile}`, "about:blank"];
    const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"] as const;
    this.#process = spawn(program, args, { stdio: [...stdio] });
    const output = this.#process.stdio[4] as Readable;
    output.setEncoding("utf8");
    output.on("data", (text: string) => this.#read(text));
  }

  /** Opens the file; `fragment` is the part of its address behind `#`. */
  static async open(
    program: string,
    file: string,
    { fragment = "", width = 1280, height = 820 } = {},
  ): Promise<Browser> {
    const browser = new Browser(program);
    const { targetId } = await browser.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#send("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Log", "Network"])
      await browser.#send(`${domain}.enable`);
    const size = { width, height, deviceScaleFactor: 1, mobile: false };
    await browser.#send("Emulation.setDeviceMetricsOverride", size);
    const loaded = new Promise<void>((done) => browser.#events.set("Page.loadEventFired", done));
    const url = `${pathToFileURL(file)}${fragment === "" ? "" : `#${fragment}`}`;
    await browser.#send("Page.navigate", { url });
    await loaded;
    return browser;
  }

  /** The value of an expression in the page. */
  async value(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  }

  /** Presses a key: `ArrowRight`, `n`, `G`. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.#send("Input.dispatchKeyEvent", { type: "keyDown", key, ...text });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", key });
  }

  async click(x: number, y: number): Promise<void> {
    const place = { x, y, button: "left", clickCount: 1 };
    await this.#send("Input.dispatchMouseEvent", { type: "mousePressed", ...place });
    await this.#send("Input.dispatchMouseEvent", { type: "mouseReleased", ...place });
  }

  async close(): Promise<void> {
    const gone = new Promise((done) => this.#process.once("exit", done));
    await this.#send("Browser.close").catch(() => this.#process.kill("SIGKILL"));
    await gone;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#id;
    const session =
      this.#session === "" || method.startsWith("Browser.") ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(
      `${JSON.stringify({ id, method, params, ...session })}\0`,
    );
    return new Promise((done, fail) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) done(result ?? {});
        else fail(new Error(`${method}: ${error.message}`));
      });
    });
  }

  #read(text: string): void {
    const parts = (this.#rest + text).split("\0");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) this.#hear(JSON.parse(part));
  }

  #hear({ id, method = "", params = {}, ...answer }: Answer): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
      return;
    }
    this.#events.get(method)?.();
    if (method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(params));
    if (method === "Log.entryAdded" || method === "Runtime.consoleAPICalled") {
      this.complaints.push(JSON.stringify(params));
    }
    if (method === "Network.requestWillBeSent") {
      const { url } = params["request"] as { url: string };
      if (!url.startsWith("data:")) this.requests.push(url);
    }
  }
}
