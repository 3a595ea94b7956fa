import { setTimeout as pause } from 'node:timers/promises';
import { allOperations } from '../../src/api/catalogue';
import { openApi } from '../../src/api/http/openapi';
import type { Operation } from '../../src/api/http/operation';
import { type Difference, differences, lasting } from '../../src/application/rollout/json-difference';
import type { Json } from '../../src/domain/shared/json';
import { type DocumentedExample, examplesOf } from '../support/documented-examples';
import { ExampleSite } from '../support/example-site';

/** Longer than the file and the journal may lag behind the tables. */
const MOMENT_MS = 3_000;
const switchedReads = allOperations.filter((o) => o.switched && o.effect === 'read');
const examples = examplesOf(openApi(allOperations));
/** Of every switched read all that its document shows: a call that is answered, and one that is refused. */
const calls = switchedReads.flatMap((operation) =>
  examples.filter((example) => example.operation === operation.id).map((example) => ({ operation, example })),
);

interface Sides {
  readonly domain: Json;
  readonly legacy: Json;
}

/** What differs between two askings of both paths, a moment apart, and is not declared in the catalogue. */
const undeclared = (operation: Pick<Operation, 'mayDiffer'>, first: Sides, second: Sides): Difference[] => {
  const may = ['/request_id', ...operation.mayDiffer].map((pointer) => `/body${pointer}`);
  const found = ({ domain, legacy }: Sides) => differences(domain, legacy, may);
  return lasting(found(first), found(second));
};

describe('every switched read of the catalogue', () => {
  let site: ExampleSite;
  beforeAll(async () => {
    site = await ExampleSite.start();
  });
  afterAll(() => site.remove());

  const ask = async ({ method, path, body }: DocumentedExample, force: boolean): Promise<Json> => {
    const url = `${site.url}${path}${path.includes('?') ? '&' : '?'}force_domain=${force}`;
    const answer = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
    const type = answer.headers.get('content-type') ?? '';
    const told = type.includes('json') ? ((await answer.json()) as Json) : await answer.text();
    // A call that cannot be read is refused before a path is chosen.
    const by = answer.headers.get('x-served-by') ?? 'neither';
    expect(['neither', force ? 'domain' : 'legacy']).toContain(by);
    return { status: answer.status, type, body: type.startsWith('image/') ? null : told };
  };
  const both = async (example: DocumentedExample): Promise<Sides> => ({
    domain: await ask(example, true),
    legacy: await ask(example, false),
  });

  it('has an example that is answered', () => {
    const answered = new Set(calls.filter(({ example }) => example.status === 200).map(({ operation }) => operation));
    expect(switchedReads.filter((operation) => !answered.has(operation)).map(({ id }) => id)).toEqual([]);
  });

  it.each(calls.map(({ operation, example }) => [operation.id, example.name, operation, example] as const))(
    '%s, %s: is answered the same by both paths, but for what its row declares',
    async (_id, _name, operation, example) => {
      const first = await both(example);
      expect(first.domain).toMatchObject({ status: example.status });
      if (undeclared(operation, first, first).length === 0) return;
      await pause(MOMENT_MS);
      expect(undeclared(operation, first, await both(example))).toEqual([]);
    },
  );
});

describe('the check of the paths', () => {
  const sides = (domain: Json, legacy: Json): Sides => ({ domain: { body: domain }, legacy: { body: legacy } });
  const row = { mayDiffer: ['/at'] };

  it('finds a difference that stays, wherever it is', () => {
    const planted = sides({ at: 1, of: [{ id: 7, n: 1 }] }, { at: 2, of: [{ id: 7, n: 2 }] });
    expect(undeclared(row, planted, planted).map(({ pointer }) => pointer)).toEqual(['/body/of/7/n']);
  });

  it('takes what has changed meanwhile for no difference of the paths', () => {
    expect(undeclared(row, sides({ n: 1 }, { n: 2 }), sides({ n: 2 }, { n: 2 }))).toEqual([]);
    expect(undeclared(row, sides({ n: 1 }, { n: 2 }), sides({ n: 2 }, { n: 3 }))).toEqual([]);
  });
});
