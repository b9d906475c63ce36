/** A campaign was asked to end: by Ctrl-C, or by a batch engine whose patience is up. */
export interface Interrupt {
  /** The signal that did; null: none yet. */
  readonly by: "SIGINT" | "SIGTERM" | null;
  /** Listens no more: the next signal ends the process at once. */
  forget(): void;
}

/** The first signal ends the campaign, with a report; the second the process. */
export function onInterrupt(): Interrupt {
  const state: { by: Interrupt["by"]; forget: () => void } = {
    by: null,
    forget: () => {
      process.off("SIGINT", listen);
      process.off("SIGTERM", listen);
    },
  };
  const listen = (signal: NodeJS.Signals): void => {
    state.by = signal === "SIGTERM" ? "SIGTERM" : "SIGINT";
    state.forget();
  };
  process.on("SIGINT", listen);
  process.on("SIGTERM", listen);
  return state;
}
