/**
 * The id of a proposal inside a conf change's context, as decimal text. A context that holds
 * something else (a bootstrap entry, another tool's) reads as 0, which no proposal has.
 */
export function encodeProposalId(id: number): Uint8Array {
  return Uint8Array.from(String(id), (char) => char.charCodeAt(0));
}

export function decodeProposalId(context: Uint8Array): number {
  if (context.length === 0 || context.length > 16) return 0;
  let id = 0;
  for (const byte of context) {
    if (byte < 0x30 || byte > 0x39) return 0;
    id = id * 10 + (byte - 0x30);
  }
  return id;
}
