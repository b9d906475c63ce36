/** What commands end with: the README's table. */
export const EXIT = { held: 0, failed: 1, badInput: 2, nondeterminism: 3, stopped: 4 } as const;
