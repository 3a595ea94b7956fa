import type { Comparison, EvidenceBatch, Sample } from '../../../src/application/rollout/evidence-store';
import { EvidenceUploader } from '../../../src/application/rollout/evidence-uploader';

const counts = { ok: 0, reject: 0, failure: 0, fallback: 0 };
const sample = (n: number, fields: Partial<Sample> = {}): Sample => ({
  ...counts,
  group: 'g',
  entry: 1,
  operation: 'g.read',
  arm: 'domain',
  n,
  ok: n,
  drawn: n,
  histogram: { 7: n },
  ...fields,
});
const comparison = (result: Comparison['result']): Comparison => ({
  group: 'g',
  entry: 1,
  operation: 'g.read',
  result,
});

/** A store that counts each batch once by its number, as the real one does, and whose answers may be lost. */
class CountingStore {
  readonly sent: EvidenceBatch[] = [];
  readonly added = new Map<number, EvidenceBatch>();
  away: 'refuses' | 'loses the answer' | undefined;

  async add(batch: EvidenceBatch): Promise<void> {
    this.sent.push(batch);
    if (this.away !== 'refuses') this.added.set(batch.number, batch);
    if (this.away) throw new Error('the database is away');
  }

  get calls(): number {
    return [...this.added.values()].flatMap((batch) => batch.samples).reduce((sum, { n }) => sum + n, 0);
  }
}

describe('the upload of evidence', () => {
  let store: CountingStore;
  let samples: Sample[];
  let comparisons: Comparison[];
  let uploader: EvidenceUploader;
  beforeEach(() => {
    [store, samples, comparisons] = [new CountingStore(), [], []];
    const source = {
      samples: { drain: () => samples.splice(0) },
      comparisons: { drain: () => comparisons.splice(0) },
    };
    uploader = new EvidenceUploader(source, store);
  });

  it.each(['refuses', 'loses the answer'] as const)(
    'counts each call once when the store %s for a while',
    async (away) => {
      samples.push(sample(3));
      await uploader.upload();
      store.away = away;
      for (let i = 0; i < 5; i++) {
        samples.push(sample(2));
        await expect(uploader.upload()).rejects.toThrow('away');
      }
      store.away = undefined;
      samples.push(sample(4));
      await uploader.upload();
      await uploader.upload();
      expect(store.calls).toBe(3 + 5 * 2 + 4);
    },
  );

  it('sends a batch whose answer was lost again as it was', async () => {
    samples.push(sample(1));
    store.away = 'loses the answer';
    await expect(uploader.upload()).rejects.toThrow('away');
    samples.push(sample(10));
    await expect(uploader.upload()).rejects.toThrow('away');
    expect(store.sent[1]).toBe(store.sent[0]);
  });

  it('keeps one row per operation and arm, however long the outage lasts, and no key twice in a batch', async () => {
    store.away = 'refuses';
    for (let i = 0; i < 500; i++) {
      samples.push(sample(1), sample(1, { arm: 'control' }), sample(1, { operation: 'g.write' }));
      comparisons.push(comparison('same'), comparison('noise'), comparison('mismatch'));
      await expect(uploader.upload()).rejects.toThrow('away');
    }
    store.away = undefined;
    await uploader.upload();
    const [first, second] = [...store.added.values()];
    expect(first?.samples).toHaveLength(3);
    expect(second?.samples).toHaveLength(3);
    expect(second?.samples[0]).toEqual(sample(499));
    expect(second?.comparisons).toEqual([
      { group: 'g', entry: 1, operation: 'g.read', compared: 3 * 499, noise: 499, mismatched: 499 },
    ]);
  });

  it('sends nothing when nothing was counted', async () => {
    await uploader.upload();
    expect(store.sent).toEqual([]);
  });
});
