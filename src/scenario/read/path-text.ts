import type { Path } from "../language/names.ts";

/** Where in a scenario's data: `steps[2].crash`. */
export function pathText(path: Path): string {
  return path.reduce<string>((place, key) => {
    if (typeof key === "number") return `${place}[${key}]`;
    return place === "" ? String(key) : `${place}.${String(key)}`;
  }, "");
}
