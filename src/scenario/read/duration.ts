import { MICROSECOND, MILLISECOND, MINUTE, type Ppm, SECOND } from "../../base/time.ts";

const UNITS: readonly (readonly [string, number])[] = [
  ["m", MINUTE],
  ["s", SECOND],
  ["ms", MILLISECOND],
  ["us", MICROSECOND],
];

/** As an editor's JSON Schema checks it; `parseDuration` says what is wrong in words. */
export const DURATION_PATTERN = "^-?[0-9]+(\\.[0-9]+)?(us|µs|ms|s|m)$";

/** `1.5s` → 1500000. Returns a sentence if the text is no duration; fractions of a µs are refused. */
export function parseDuration(text: string): number | string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(us|µs|ms|s|m)$/.exec(text.trim());
  if (match === null) {
    return /^-?[0-9]+(\.[0-9]+)?$/.test(text.trim())
      ? `a duration needs a unit: write "${text.trim()}ms" or "${text.trim()}s"`
      : `"${text}" is not a duration; write e.g. "1.5s", "200ms", "10us" or "2m"`;
  }
  const unit = UNITS.find(([name]) => name === match[4] || (name === "us" && match[4] === "µs"));
  const scale = unit?.[1] ?? 1;
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  // Integers all the way: .5s is 5 tenths, so that no float decides a time.
  const parts = Number(fraction) * scale;
  const tens = 10 ** fraction.length;
  if (fraction.length > 7 || parts % tens !== 0) {
    return `"${text}" is not a whole number of microseconds`;
  }
  const us = Number(match[2]) * scale + parts / tens;
  if (!Number.isSafeInteger(us)) return `"${text}" is too long a time`;
  return match[1] === "-" ? 0 - us : us;
}

/** 1500000 → `1.5s`: the shortest exact form, which `parseDuration` reads back. */
export function formatDuration(us: number): string {
  const sign = us < 0 ? "-" : "";
  const size = Math.abs(us);
  if (size === 0) return "0s";
  if (size >= SECOND) return `${sign}${size / SECOND}s`;
  if (size >= MILLISECOND) return `${sign}${size / MILLISECOND}ms`;
  return `${sign}${size}us`;
}

export const RATIO_PATTERN = "^[0-9]+(\\.[0-9]+)?(%|ppm)$";

/** `2.5%` → 25000 ppm; `40ppm` → 40. Returns a sentence if the text is no share between 0 and 100 %. */
export function parseRatio(text: string): Ppm | string {
  const match = /^([0-9]+)(?:\.([0-9]{1,4}))?(%|ppm)$/.exec(text.trim());
  if (match === null || (match[3] === "ppm" && match[2] !== undefined)) {
    return `"${text}" is not a share; write e.g. "1%", "0.05%" or "200ppm"`;
  }
  const whole = Number(match[1]);
  const ppm = match[3] === "ppm" ? whole : whole * 10_000 + Number((match[2] ?? "").padEnd(4, "0"));
  return ppm <= 1_000_000 ? ppm : `"${text}" is more than 100%`;
}

export const BYTES_PATTERN = "^[0-9]+(B|KiB|MiB)$";

/** `64KiB` → 65536. Returns a sentence if the text is no size. */
export function parseBytes(text: string): number | string {
  const match = /^([0-9]+)(B|KiB|MiB)$/.exec(text.trim());
  if (match === null) return `"${text}" is not a size; write e.g. "512B", "64KiB" or "1MiB"`;
  const scale = match[2] === "MiB" ? MIB : match[2] === "KiB" ? KIB : 1;
  const bytes = Number(match[1]) * scale;
  return Number.isSafeInteger(bytes) ? bytes : `"${text}" is too large`;
}

const KIB = 1024;
const MIB = 1_048_576;

/** 65536 → `64KiB`: what `parseBytes` reads back. */
export function formatBytes(bytes: number): string {
  if (bytes >= MIB && bytes % MIB === 0) return `${bytes / MIB}MiB`;
  return bytes >= KIB && bytes % KIB === 0 ? `${bytes / KIB}KiB` : `${bytes}B`;
}
