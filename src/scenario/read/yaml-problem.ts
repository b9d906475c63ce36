/** What the YAML parser objects to, in words. */
export function yamlProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "DUPLICATE_KEY") return "this key is there twice";
  if (code === "RESOURCE_EXHAUSTION") return "this is nested too deeply";
  if (code === "MULTIPLE_DOCS")
    return "nothing may follow a line of ---: a file holds one document";
  const text = error instanceof Error ? error.message : String(error);
  return `this is not YAML: ${text.split("\n")[0]}`;
}
