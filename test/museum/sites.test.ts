import { describe, expect, test } from "vitest";
import { KNOWN_MISTAKES, mistakeById } from "../../src/museum/catalogue.ts";
import { sites } from "./sites.ts";

const SITES = sites();
const byName = new Map(KNOWN_MISTAKES.map((known) => [known.name, known]));

describe("in the code", () => {
  test("each mistake stands somewhere", () => {
    const read = new Set(SITES.flatMap(({ names }) => names));
    expect(KNOWN_MISTAKES.filter(({ name }) => !read.has(name)).map(({ id }) => id)).toEqual([]);
  });

  test("each is explained in every file where it stands", () => {
    const silent = SITES.flatMap(({ path, names, ids }) =>
      names
        .map((name) => byName.get(name))
        .filter((known) => known !== undefined && !ids.includes(known.id))
        .map((known) => `${path}: ${known?.id} ${known?.name}`),
    );
    expect(silent).toEqual([]);
  });

  test("no comment speaks of one that is not known, or that stands elsewhere", () => {
    const wrong = SITES.flatMap(({ path, names, ids }) =>
      ids
        .filter((id) => !names.includes(mistakeById(id)?.name ?? ""))
        .map((id) => `${path}: ${id}`),
    );
    expect(wrong).toEqual([]);
  });
});
