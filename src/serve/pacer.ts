import { type Duration, type Instant, MILLISECOND, NEVER } from "../base/time.ts";
import type { LiveInput } from "../live/input.ts";
import type { LiveListener, LiveRun } from "../live/live-run.ts";

/** How virtual time goes. */
export interface Pace {
  /** Virtual seconds a second. */
  readonly speed: number;
  /**
   * Whether time stands still while nobody waits for anything: it passes while a call waits for its reply,
   * a little after each thing that comes in, and by `advance`.
   */
  readonly byHand: boolean;
}

/**
 * How far virtual time may be ahead of the host's, so that what takes less than the host's timers can tell
 * apart is not waited for.
 */
const AHEAD: Duration = MILLISECOND;
/** How long the run may keep the host from its sockets, in real ms. */
const SLICE_MS = 4;
/** A host that slept for longer has not let the cluster live meanwhile: no time has passed there, either. In ms. */
const SLEPT_MS = 1_000;
/** A sleep of ours is never taken for one of the host's. */
const SLEEP_MAX_MS = SLEPT_MS / 4;
/** By hand: how much time passes after something came in, so that what follows from it happens. */
const AFTERWARDS: Duration = 50 * MILLISECOND;

/** Drives a run by the host's clock. */
export class Pacer {
  readonly run: LiveRun;
  /** Called after the run has gone on: what the members are may have changed. */
  onProgress: () => void = () => undefined;
  /** Called with what was thrown, after which nothing happens any more. */
  onFailure: (error: unknown) => void;
  private readonly pace: Pace;
  /** At this moment of the host virtual time was `originUs`. */
  private originMs: number;
  private originUs: Instant = 0;
  private lastMs: number;
  /** By hand: virtual time goes on to here. */
  private until: Instant = 0;
  private timer: NodeJS.Timeout | null = null;
  private immediate: NodeJS.Immediate | null = null;
  private stopped = false;
  private lastId = 0;

  constructor(run: LiveRun, pace: Pace, onFailure: (error: unknown) => void) {
    this.run = run;
    this.pace = pace;
    this.onFailure = onFailure;
    this.originMs = performance.now();
    this.lastMs = this.originMs;
  }

  start(): void {
    this.later();
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.immediate !== null) clearImmediate(this.immediate);
  }

  /** A number for a call, a stream or a connection. */
  nextId(): number {
    return ++this.lastId;
  }

  /** Something comes in, now. Throws as {@link LiveRun.take}. */
  take(input: LiveInput, listener?: LiveListener): void {
    if (this.stopped) return;
    this.goOn();
    this.run.take(input, listener);
    this.until = Math.max(this.until, this.run.now + AFTERWARDS);
    this.later();
  }

  /** Lets so much time pass at once. */
  advance(us: Duration): void {
    if (this.stopped) return;
    const target = this.run.now + us;
    this.run.advanceTo(target);
    this.set(target);
    this.onProgress();
    this.later();
  }

  /** Lets time pass, as much as is needed, until `holds`, but not more than `most`; whether it does. */
  advanceUntil(holds: () => boolean, most: Duration): boolean {
    const { run } = this;
    const latest = run.now + most;
    while (!holds()) {
      const next = run.nextAt();
      if (next > latest) {
        run.advanceTo(latest);
        break;
      }
      run.advanceTo(Math.max(next, run.now));
    }
    this.set(run.now);
    this.onProgress();
    this.later();
    return holds();
  }

  /** From now on virtual time is counted from here. */
  private set(now: Instant): void {
    this.originMs = performance.now();
    this.lastMs = this.originMs;
    this.originUs = now;
    this.until = Math.max(this.until, now + AFTERWARDS);
  }

  /** The virtual time by the host's clock. */
  private get due(): Instant {
    const now = performance.now();
    const { pace, run } = this;
    if (now - this.lastMs > SLEPT_MS) this.originMs += now - this.lastMs;
    this.lastMs = now;
    const by = this.originUs + Math.floor((now - this.originMs) * MILLISECOND * pace.speed);
    if (!pace.byHand) return by;
    if (run.waiting > 0) this.until = Math.max(this.until, run.now + AFTERWARDS);
    if (by <= this.until) return by;
    this.originUs = this.until;
    this.originMs = now;
    return this.until;
  }

  /** Executes what is due, as far as there is time for it; whether more is. */
  private goOn(): boolean {
    const { run } = this;
    const target = this.due;
    const ends = performance.now() + SLICE_MS;
    for (let n = 1; ; n++) {
      const next = run.nextAt();
      if (next > target) break;
      run.advanceTo(Math.max(next, run.now));
      // The clock is not asked after each event.
      if (n % 16 === 0 && performance.now() > ends) return true;
    }
    if (target > run.now) run.advanceTo(target);
    return false;
  }

  private readonly pump = (): void => {
    this.immediate = null;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    try {
      const more = this.goOn() || this.hurry();
      this.onProgress();
      if (this.stopped) return;
      if (more) this.later();
      else this.sleep();
    } catch (error) {
      this.stop();
      this.onFailure(error);
    }
  };

  /** While somebody waits, what comes within a moment comes now; whether there may be more of it. */
  private hurry(): boolean {
    const { run } = this;
    if (run.waiting === 0) return false;
    const target = this.due + AHEAD * Math.max(1, this.pace.speed);
    const ends = performance.now() + SLICE_MS;
    for (let n = 1; run.waiting > 0; n++) {
      const next = run.nextAt();
      if (next > target) return false;
      run.advanceTo(Math.max(next, run.now));
      if (n % 16 === 0 && performance.now() > ends) return true;
    }
    return false;
  }

  private later(): void {
    if (this.stopped || this.immediate !== null) return;
    this.immediate = setImmediate(this.pump);
  }

  private sleep(): void {
    const { run, pace } = this;
    const next = Math.max(run.nextAt(), run.now);
    if (next === NEVER) return;
    if (pace.byHand && next > this.until && run.waiting === 0) return;
    const ms =
      (next - this.originUs) / (MILLISECOND * pace.speed) - (performance.now() - this.originMs);
    this.timer = setTimeout(this.pump, Math.min(Math.max(1, Math.ceil(ms)), SLEEP_MAX_MS));
  }
}
