import type { Entry } from "../types.ts";
import { entriesEncodingSize, NO_LIMIT } from "./limit-size.ts";

/**
 * Bounds the encoded bytes of committed entries that were handed to the state machine and not yet
 * confirmed by it. A page that had to be cut pauses the hand-out until something is confirmed.
 */
export class ApplyQuota {
  readonly max: number;
  private used = 0;
  private isPaused = false;

  constructor(max: number) {
    this.max = max;
  }

  get paused(): boolean {
    return this.isPaused;
  }

  /** Bytes left for the next page. */
  get room(): number {
    return this.max - this.used;
  }

  /** What `entries` take of the quota; 0 without one, where nobody counts. */
  sizeOf(entries: readonly Entry[]): number {
    return this.max === NO_LIMIT ? 0 : entriesEncodingSize(entries);
  }

  /** A page of `size` bytes is handed out; `cut`: there was more to apply than fitted. */
  charge(size: number, cut: boolean): void {
    this.used += size;
    this.isPaused = cut || this.used >= this.max;
  }

  /** `size` bytes are applied. What a snapshot replaced is never confirmed: hence the floor. */
  release(size: number): void {
    this.used = this.used > size ? this.used - size : 0;
    this.isPaused = this.used >= this.max;
  }
}
