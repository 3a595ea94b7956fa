import type { Timing } from './interleaved';

/** Columns as wide as their widest cell, the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return [line(head), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.map(line)].map((l) => `${l}\n`).join('');
}

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);

export function timingTable(timings: readonly Timing[]): string {
  const rows = timings.map(({ contestant: { name, floor, targetMs }, ms: median, range: [fastest, slowest] }) => {
    const bare = timings.find((t) => t.contestant.name === floor);
    const verdict = targetMs === undefined ? '' : `${targetMs} ${median <= targetMs ? 'met' : 'MISSED'}`;
    return [
      name,
      ms(median),
      `${ms(fastest)} - ${ms(slowest)}`,
      bare ? `${(median / bare.ms).toFixed(2)} x` : '',
      verdict,
    ];
  });
  return table(['', 'median ms', 'rounds', 'of its floor', 'target ms'], rows);
}
