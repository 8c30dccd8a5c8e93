/** The value below which this fraction of the sample lies (nearest rank). */
export function percentile(sample: readonly number[], fraction: number): number {
  const sorted = Float64Array.from(sample).sort();
  const rank = Math.max(1, Math.ceil(fraction * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export function median(sample: readonly number[]): number {
  return percentile(sample, 0.5);
}

export function mean(sample: readonly number[]): number {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length;
}

/** Sample standard deviation: how far repetitions with other seeds lie apart. */
export function standardDeviation(sample: readonly number[]): number {
  if (sample.length < 2) return 0;
  const middle = mean(sample);
  const squares = sample.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (sample.length - 1));
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** A Markdown table that is also readable in a terminal: the first column left, numbers right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(3, ...lines.map((line) => (line[column] ?? "").length)));
  const render = (line: readonly string[]) =>
    `| ${widths.map((width, column) => pad(line[column] ?? "", width, column)).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [render(header), `| ${rule.join(" | ")} |`, ...rows.map(render)].join("\n");
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
