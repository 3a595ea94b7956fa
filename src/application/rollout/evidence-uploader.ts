import type { Comparison, ComparisonSum, EvidenceBatch, EvidenceStore, Sample } from './evidence-store';

/** Where this process counts what its calls did. */
export interface EvidenceSource {
  readonly samples: { drain(): readonly Sample[] };
  readonly comparisons: { drain(): readonly Comparison[] };
}

const keyOf = ({ group, entry, operation }: Pick<Sample, 'group' | 'entry' | 'operation'>): string =>
  `${group} ${entry} ${operation}`;

/**
 * Stores what this process counted, each call once. A batch whose answer was lost is sent again as it was, and the
 * store knows it by its number. What is counted meanwhile is added up per operation, so that an outage of any length
 * keeps a bounded number of sums.
 */
export class EvidenceUploader {
  private number = 0;
  private unconfirmed?: EvidenceBatch;
  private samples = new Map<string, Sample>();
  private comparisons = new Map<string, ComparisonSum>();

  constructor(
    private readonly source: EvidenceSource,
    private readonly store: Pick<EvidenceStore, 'add'>,
  ) {}

  async upload(): Promise<void> {
    this.collect();
    if (this.unconfirmed) await this.send(this.unconfirmed);
    if (this.samples.size === 0 && this.comparisons.size === 0) return;
    const batch = {
      number: (this.number += 1),
      samples: [...this.samples.values()],
      comparisons: [...this.comparisons.values()],
    };
    [this.samples, this.comparisons] = [new Map(), new Map()];
    await this.send(batch);
  }

  private async send(batch: EvidenceBatch): Promise<void> {
    this.unconfirmed = batch;
    await this.store.add(batch);
    this.unconfirmed = undefined;
  }

  private collect(): void {
    for (const sample of this.source.samples.drain()) {
      const key = `${keyOf(sample)} ${sample.arm}`;
      const before = this.samples.get(key);
      this.samples.set(key, before ? sumOf(before, sample) : sample);
    }
    for (const comparison of this.source.comparisons.drain()) {
      const { group, entry, operation, result } = comparison;
      const before = this.comparisons.get(keyOf(comparison));
      this.comparisons.set(keyOf(comparison), {
        group,
        entry,
        operation,
        compared: (before?.compared ?? 0) + 1,
        noise: (before?.noise ?? 0) + (result === 'noise' ? 1 : 0),
        mismatched: (before?.mismatched ?? 0) + (result === 'mismatch' ? 1 : 0),
      });
    }
  }
}

function sumOf(a: Sample, b: Sample): Sample {
  const histogram: Record<string, number> = { ...a.histogram };
  for (const [bucket, calls] of Object.entries(b.histogram)) histogram[bucket] = (histogram[bucket] ?? 0) + calls;
  return {
    ...a,
    n: a.n + b.n,
    ok: a.ok + b.ok,
    reject: a.reject + b.reject,
    failure: a.failure + b.failure,
    fallback: a.fallback + b.fallback,
    drawn: a.drawn + b.drawn,
    histogram,
  };
}
