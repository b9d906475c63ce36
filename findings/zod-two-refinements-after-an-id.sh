#!/usr/bin/env bash
# zod 4.6.7: two refinements after `meta({ id })` write the schema's keywords beside its own $ref.
#
# A schema with an id becomes a definition, and z.toJSONSchema refers to it by $ref where it is used. One
# refine() behind the meta() keeps that. Of two, the use holds "type" and "pattern" once more, beside the $ref;
# three and more do the same. The refinements themselves are in no JSON Schema, as documented, so one function
# that checks both says the same and gives the plain reference. Who compares or publishes such schemas (for
# editors, as here) gets another file for the same types, and validators of drafts before 2019-09 ignore the rest.
#
# Seen: 0 and 1 refinements {"$ref"}, 2 and 3 {"type","pattern","$ref"}. Exits 0 if it is still so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 >/dev/null
cat >refine.mjs <<'JS'
import { z } from "zod";

function usedWith(count) {
  let named = z.string().regex(/^x/).meta({ id: "Name" });
  for (let i = 0; i < count; i++) named = named.refine(() => true);
  return Object.keys(z.toJSONSchema(z.object({ name: named })).properties.name).join();
}

const seen = [0, 1, 2, 3].map(usedWith);
seen.forEach((keys, count) => console.log(`${count} refinements: ${keys}`));
const expected = ["$ref", "$ref", "type,pattern,$ref", "type,pattern,$ref"];
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1);
JS
node refine.mjs
