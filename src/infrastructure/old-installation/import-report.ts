/**
 * The result for one kind of data: how many were imported, how many were there already, and what was left out and why.
 */
export class PartReport {
  taken = 0;
  known = 0;
  /** Known ones that changed in the old installation since, and not here. */
  changed = 0;
  /** Imported under another id, because theirs was in use. */
  renumbered = 0;
  /** Further remarks for a person, a line each. */
  readonly notes: string[] = [];
  private differing = { count: 0, example: '' };
  private readonly left = new Map<string, { count: number; example: string }>();

  constructor(readonly part: string) {}

  leave(why: string, example: string): void {
    const seen = this.left.get(why);
    if (seen) seen.count += 1;
    else this.left.set(why, { count: 1, example });
  }

  /** A known one that was changed here: it stays, and a person may want to compare. */
  differ(example: string): void {
    this.differing = { count: this.differing.count + 1, example: this.differing.example || example };
  }

  /** One line for the numbers, one for each reason. */
  lines(): string[] {
    const left = [...this.left].map(([why, { count, example }]) => `    ${count} left: ${why} (e.g. ${example})`);
    const sum = [...this.left.values()].reduce((total, { count }) => total + count, 0);
    const changed =
      this.changed > 0 ? [`    ${this.changed} known already, changed there since and brought up to date`] : [];
    const renumbered =
      this.renumbered > 0 ? [`    ${this.renumbered} under a new id, because theirs was taken here`] : [];
    const { count, example } = this.differing;
    const differing =
      count > 0 ? [`    ${count} known already, handled here too: left as they are here (e.g. ${example})`] : [];
    const numbers = `${this.part.padEnd(20)} ${this.taken} taken, ${this.known} known already, ${sum} left`;
    return [numbers, ...changed, ...differing, ...renumbered, ...left, ...this.notes.map((note) => `    ${note}`)];
  }
}
