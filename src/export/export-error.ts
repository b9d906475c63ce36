/** The format can't hold this run. The message is one line that says where, why, and what to do. */
export class ExportError extends Error {
  override name = "ExportError";
}
