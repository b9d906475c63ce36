import { type History, HistoryError } from "./history.ts";
import { readJepsenEdn } from "./jepsen-edn.ts";
import { isJepsenLog, readJepsenLog } from "./jepsen-log.ts";

const KNOWN =
  "Jepsen's history.edn, its log lines (INFO jepsen.util …), porcupine's {:process … :f …} lines, or a trace (detcd replay --trace)";

/** Reads what somebody else's test wrote down; throws HistoryError. Traces are read by trace-history.ts. */
export function readHistory(text: string): History {
  if (isJepsenLog(text)) return readJepsenLog(text);
  if (/^\s*[[({;#]/.test(text) && /:process\b/.test(text)) return readJepsenEdn(text);
  throw new HistoryError(0, `this is no history that detcd knows: ${KNOWN}`);
}
