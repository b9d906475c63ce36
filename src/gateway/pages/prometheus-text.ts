/** A metric with all its samples. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** In the order of their names. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

/** Prometheus' text format, version 0.0.4, in the order in which etcd writes it: by names, then by labels' values. */
export function prometheusText(families: readonly Family[]): string {
  const told = families.filter(({ samples }) => samples.length > 0);
  return told
    .toSorted((a, b) => order(a.name, b.name))
    .map(familyText)
    .join("");
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples
    .toSorted(byLabels)
    .map(({ labels, value }) => `${name}${labelsText(labels)} ${goFloat(value)}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelsText(labels: Sample["labels"]): string {
  if (labels.length === 0) return "";
  const escaped = (value: string) =>
    value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function byLabels({ labels: a }: Sample, { labels: b }: Sample): number {
  for (const [i, [, value]] of a.entries()) {
    const difference = order(value, b[i]?.[1] ?? "");
    if (difference !== 0) return difference;
  }
  return 0;
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A safe integer as Go's strconv.FormatFloat(…, 'g', -1, 64) writes it. */
function goFloat(value: number): string {
  const digits = String(Math.abs(value));
  const exponent = digits.length - 1;
  if (exponent < 6) return String(value);
  const fraction = digits.slice(1).replace(/0+$/, "");
  const mantissa = digits.charAt(0) + (fraction === "" ? "" : `.${fraction}`);
  return `${value < 0 ? "-" : ""}${mantissa}e+${String(exponent).padStart(2, "0")}`;
}
