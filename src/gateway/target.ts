import { binaryToBytes, bytesToBinary } from "../base/bytes.ts";
import { utf8Decode, utf8Encode } from "../base/utf8.ts";

/** A request's target, taken apart (Go's net/url). */
export interface Target {
  /** Without escapes. */
  readonly path: string;
  /** As it came, without the question mark. */
  readonly rawQuery: string;
}

/** null if there are escapes that are none, or it begins with no slash. */
export function targetOf(text: string): Target | null {
  const [, rawPath = "", rawQuery = ""] = /^([^?]*)\??(.*)$/s.exec(text) ?? [];
  const path = unescaped(rawPath);
  return path?.startsWith("/") ? { path, rawQuery } : null;
}

/** The values of a query by their names, in their order. What can't be read is left out. */
export function queryOf(rawQuery: string): ReadonlyMap<string, readonly string[]> {
  const query = new Map<string, string[]>();
  for (const part of rawQuery.split("&")) {
    if (part === "" || part.includes(";")) continue;
    const at = part.indexOf("=");
    const name = unescaped((at < 0 ? part : part.slice(0, at)).replaceAll("+", " "));
    const value = unescaped((at < 0 ? "" : part.slice(at + 1)).replaceAll("+", " "));
    if (name === null || value === null) continue;
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}

/** Go's path.Clean, but that a slash at the end stays (net/http cleanPath). */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const clean = `/${parts.join("/")}`;
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

/** As Go writes a path in a `Location`. */
export function escapedPath(path: string): string {
  const bytes = bytesToBinary(utf8Encode(path));
  return bytes.replace(
    /[^A-Za-z0-9\-_.~$&+,/:;=@!'()*]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function unescaped(text: string): string | null {
  if (!text.includes("%")) return text;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  const bytes = bytesToBinary(utf8Encode(text)).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return utf8Decode(binaryToBytes(bytes));
}
