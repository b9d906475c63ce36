/** Why a file could not be read or written, without the system call's noise. */
export function reason(error: unknown, missing: "file" | "folder" = "file"): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ENOENT") return `there is no such ${missing}`;
  if (code === "EACCES" || code === "EPERM") return "you may not do this";
  if (code === "EISDIR") return "this is a folder";
  if (code === "EEXIST" || code === "ENOTDIR") return "a part of the path is no folder";
  if (code === "EROFS") return "it is read-only";
  if (code === "ENOSPC") return "no space is left on the device";
  return error instanceof Error ? error.message : String(error);
}
