import type { Language } from "../../learn/words.ts";

/** What `detcd learn` was told. */
export interface LearnOptions {
  readonly list?: boolean;
  readonly plain?: boolean;
  readonly lang?: Language;
  readonly teacher?: string;
  readonly schema?: boolean;
}
