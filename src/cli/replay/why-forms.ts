/** What `--why` may ask about, for people. */
export const WHY_FORMS =
  '"entry 7", "entry 7 on m2", "m2", "key a", "lease 7b", "call 3" or "#812"';
