type Schema = Readonly<Record<string, unknown>>;

/** As much of JSON Schema as Kubernetes' published schemas use; what is wrong, by its path. */
export function violations(schema: Schema, value: unknown, path = "$"): string[] {
  const { type, enum: allowed, required, properties, additionalProperties, items } = schema;
  const { oneOf } = schema as { oneOf?: readonly Schema[] };
  const types = type === undefined ? [] : [type].flat();
  if (types.length > 0 && !types.some((each) => isA(each as string, value))) {
    return [`${path} is ${JSON.stringify(value)}, not ${types.join(" or ")}`];
  }
  const wrong: string[] = [];
  if (Array.isArray(allowed) && !allowed.includes(value as never)) {
    wrong.push(`${path} is ${JSON.stringify(value)}, not one of ${allowed.join(", ")}`);
  }
  if (oneOf?.every((each) => violations(each, value, path).length > 0)) {
    wrong.push(`${path} is none of what it may be`);
  }
  if (Array.isArray(value) && items !== undefined) {
    wrong.push(...value.flatMap((each, i) => violations(items as Schema, each, `${path}[${i}]`)));
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return wrong;
  const known = (properties ?? {}) as Readonly<Record<string, Schema>>;
  for (const name of (required ?? []) as readonly string[]) {
    if (!(name in value)) wrong.push(`${path}.${name} is missing`);
  }
  for (const [name, each] of Object.entries(value)) {
    const of =
      known[name] ?? (typeof additionalProperties === "object" ? additionalProperties : null);
    if (of !== null) wrong.push(...violations(of as Schema, each, `${path}.${name}`));
    else if (additionalProperties === false) wrong.push(`${path}.${name} is not known`);
  }
  return wrong;
}

function isA(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "object":
      return value !== null && typeof value === "object" && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
