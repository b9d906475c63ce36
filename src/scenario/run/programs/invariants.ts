export const BANK_TOTAL = "bank-total";
export const QUEUE_ONCE = "queue-once";
export const MIRROR_EQUAL = "mirror-equal";

/** What programs of clients are held against at the end of a run, whatever the scenario expects. */
export const PROGRAM_INVARIANTS: readonly string[] = [BANK_TOTAL, QUEUE_ONCE, MIRROR_EQUAL];
