import { allOperations } from '../../../src/api/catalogue';
import type { Operation } from '../../../src/api/http/operation';
import type { Mismatch } from '../../../src/application/rollout/evidence-store';
import { OperationRouter } from '../../../src/application/rollout/operation-router';
import { ShadowComparer } from '../../../src/application/rollout/shadow-comparer';
import { runInCall } from '../../../src/application/shared/call-context';
import { Media } from '../../../src/application/shared/media';
import { type RolloutSnapshot, compileGroup } from '../../../src/domain/rollout/decision';
import { type Json, type JsonObject, isJsonObject, toJson } from '../../../src/domain/shared/json';
import { eventually } from '../../support/eventually';
import { rememberingLog } from '../../support/quiet-log';
import { routedPort } from '../../support/routed-port';

const switchedReads = allOperations.filter((o) => o.switched && o.effect === 'read');

/** An answer of an operation as its example shows it. */
const answerOf = ({ output, produces, example }: Operation): unknown =>
  output === Media ? new Media(produces, streamOf(String(example.answer))) : toJson(example.answer);

async function* streamOf(text: string) {
  yield text.slice(0, 10);
  yield text.slice(10);
}

/** The same answer with one thing changed that its row does not declare. */
function planted({ mayDiffer, output, produces, example }: Operation): unknown {
  if (output === Media) return new Media(produces, streamOf(`${String(example.answer)}one more line\r\n`));
  const answer = toJson(example.answer);
  if (Array.isArray(answer)) return [...answer, 'one more'];
  if (!isJsonObject(answer)) throw new Error('an answer is a list or an object');
  const declared = (name: string) => mayDiffer.some((pointer) => pointer === '/*' || pointer.startsWith(`/${name}`));
  const [name = 'planted'] = Object.keys(answer).filter((each) => !declared(each));
  return { ...answer, [name]: changed(answer[name] ?? null) };
}

const changed = (value: Json): Json => (typeof value === 'number' ? value + 1 : { planted: value });

describe('a planted difference', () => {
  const comparing = async (operation: Operation, domain: () => unknown) => {
    const found: Mismatch[] = [];
    const options = {
      idle: () => true,
      confirmAfterMs: 1,
      pause: async () => undefined,
      mask: (members: JsonObject) => members,
      onMismatch: async (mismatch: Mismatch) => void found.push(mismatch),
    };
    const shadow = new ShadowComparer(options, () => new Date(0), rememberingLog());
    const group = compileGroup({ group: operation.group, seed: 1, bps: 10_000, entry: 1 }, 1);
    const snapshot: RolloutSnapshot = {
      revision: 1,
      killed: false,
      stale: false,
      groups: new Map([[group.group, group]]),
    };
    const router = new OperationRouter(
      () => snapshot,
      () => undefined,
      shadow.offer,
      rememberingLog(),
    );
    const port = (answer: () => unknown) => ({ [operation.method]: async (_input: object) => answer() });
    const both = routedPort<Record<string, (input: object) => Promise<unknown>>>(
      router,
      { [operation.method]: operation },
      port(domain),
      port(() => answerOf(operation)),
    );
    const tasks: (() => void)[] = [];
    const context = { requestId: 'r', afterAnswer: (task: () => void) => void tasks.push(task) };
    await runInCall(context, () => both[operation.method]?.(operation.example.input));
    for (const task of tasks) task();
    const results: string[] = [];
    await eventually(() => {
      results.push(...shadow.drain().map(({ result }) => result));
      expect(results.length).toBeGreaterThanOrEqual(tasks.length);
    });
    return { results, found };
  };
  const compared = switchedReads.filter(({ produces }) => !produces.startsWith('image/'));

  it('can be looked for in every switched read but that of a picture', () => {
    expect(switchedReads.filter((operation) => !compared.includes(operation)).map(({ id }) => id)).toEqual([
      'camera-control.preview',
    ]);
  });

  it.each(compared.map((operation) => [operation.id, operation] as const))('in %s is found', async (_, operation) => {
    expect(await comparing(operation, () => answerOf(operation))).toEqual({ results: ['same'], found: [] });
    const { results, found } = await comparing(operation, () => planted(operation));
    expect(results).toEqual(['mismatch']);
    expect(found.map((mismatch) => mismatch.operation)).toEqual([operation.id]);
    expect(found[0]?.pointers.length).toBeGreaterThan(0);
  });
});
