import type { Minute, MinuteStore } from '../../src/application/monitoring/minute-metrics';

export type MinuteRow = Minute & { readonly instance: string };

/** The minutes of all services of a site without a database, as one of them sees them. */
export class InMemoryMinutes implements MinuteStore {
  /** `rows`: what all services share, by service and minute. */
  constructor(
    private readonly rows: Map<string, MinuteRow>,
    private readonly instance: string,
  ) {}

  async save(minutes: readonly Minute[]): Promise<void> {
    for (const minute of minutes)
      this.rows.set(`${this.instance} ${minute.minute}`, { instance: this.instance, ...minute });
  }

  async ofOthers(from: number): Promise<readonly MinuteRow[]> {
    return [...this.rows.values()]
      .filter(({ minute, instance }) => minute >= from && instance !== this.instance)
      .sort((a, b) => a.minute - b.minute);
  }

  async prune(before: number): Promise<void> {
    for (const [key, { minute }] of this.rows) if (minute < before) this.rows.delete(key);
  }
}
