import { GrowthBookClient } from '@growthbook/growthbook';
import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { EvidenceRecorder } from '../src/application/rollout/evidence-recorder';
import { runInCall } from '../src/application/shared/call-context';
import { BUCKETS, murmur3, seedOf } from '../src/domain/rollout/bucket';
import { type RolloutSnapshot, compileGroup, decide } from '../src/domain/rollout/decision';
import { DEFAULT_PLAN } from '../src/domain/rollout/rollout-plan';

/** Decides `calls` times, for different keys of 36 characters; how many were admitted, so that nothing is optimised away. */
export type Decide = (calls: number) => number | Promise<number>;

export interface Decider {
  readonly name: string;
  /** Calls per measurement: a few milliseconds of work. */
  readonly calls: number;
  /** How many times slower than the bare hash it may be. */
  readonly target?: number;
  readonly make: () => Promise<Decide> | Decide;
}

const KEYS = Array.from({ length: 1024 }, () => randomUUID());
const keyAt = (i: number): string => KEYS[i & 1023] ?? '';

const SEED = seedOf('g', '');
const GROUP = compileGroup({ group: 'g', seed: SEED, bps: BUCKETS / 2 }, 1);
const SNAPSHOT: RolloutSnapshot = { revision: 1, killed: false, stale: false, groups: new Map([['g', GROUP]]) };
const READ = {
  id: 'things.read',
  group: 'g',
  effect: 'read',
  fallback: 'none',
  stickyBy: 'caller',
  mayDiffer: [],
} as const;

const inLoop =
  (admits: (key: string) => boolean): Decide =>
  (calls) => {
    let admitted = 0;
    for (let i = 0; i < calls; i++) if (admits(keyAt(i))) admitted += 1;
    return admitted;
  };

const awaited =
  (admits: (key: string) => Promise<boolean>): Decide =>
  async (calls) => {
    let admitted = 0;
    for (let i = 0; i < calls; i++) if (await admits(keyAt(i))) admitted += 1;
    return admitted;
  };

/** These three have a loop each: a shared one would call them through a pointer, and hide what they differ by. */
const bareHash: Decide = (calls) => {
  let admitted = 0;
  for (let i = 0; i < calls; i++) if (murmur3(keyAt(i), SEED) % BUCKETS < BUCKETS / 2) admitted += 1;
  return admitted;
};

const decision: Decide = (calls) => {
  let admitted = 0;
  for (let i = 0; i < calls; i++) {
    if (decide(SNAPSHOT, GROUP, READ.effect, keyAt(i), undefined).path === 'domain') admitted += 1;
  }
  return admitted;
};

function decisionAndRecording(): Decide {
  const ignore = () => undefined;
  const recorder = new EvidenceRecorder({ onTrip: ignore, onAttention: ignore, rules: () => DEFAULT_PLAN.rules });
  const { record } = recorder;
  const decided: Decide = (calls) => {
    let admitted = 0;
    for (let i = 0; i < calls; i++) {
      const decision = decide(SNAPSHOT, GROUP, READ.effect, keyAt(i), undefined);
      record(READ, decision, 'ok', 1 + (i & 15));
      if (decision.path === 'domain') admitted += 1;
    }
    return admitted;
  };
  return (calls) => runInCall({ requestId: 'bench' }, () => decided(calls));
}

async function unleash(): Promise<Decide> {
  const strategy = {
    name: 'flexibleRollout',
    parameters: { rollout: '50', stickiness: 'userId', groupId: 'g' },
    constraints: [],
  };
  const client = new Unleash({
    appName: 'bench',
    // Nobody listens there: the flags come from `bootstrap`.
    url: 'http://127.0.0.1:9/',
    refreshInterval: 0,
    disableMetrics: true,
    disableAutoStart: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: {
      data: [
        {
          name: 'g',
          type: 'release',
          enabled: true,
          strategies: [strategy],
          stale: false,
          impressionData: false,
          project: 'p',
          variants: [],
        },
      ],
    },
  });
  client.on('error', () => undefined);
  client.on('warn', () => undefined);
  await Promise.all([once(client, 'ready'), client.start()]);
  return inLoop((userId) => client.isEnabled('g', { userId }));
}

function growthBook(): Decide {
  const rule = { force: true, coverage: 0.5, hashAttribute: 'id', hashVersion: 2, seed: 'g' };
  const client = new GrowthBookClient().initSync({
    payload: { features: { g: { defaultValue: false, rules: [rule] } } },
  });
  return inLoop((id) => client.isOn('g', { attributes: { id } }));
}

async function openFeatureInMemory(): Promise<Decide> {
  const contextEvaluator = ({ targetingKey = '' }) =>
    murmur3(targetingKey, SEED) % BUCKETS < BUCKETS / 2 ? 'on' : 'off';
  const flag = { variants: { on: true, off: false }, defaultVariant: 'off', disabled: false, contextEvaluator };
  await OpenFeature.setProviderAndWait('memory', new InMemoryProvider({ g: flag }));
  const client = OpenFeature.getClient('memory');
  return awaited((targetingKey) => client.getBooleanValue('g', false, { targetingKey }));
}

export const FLOOR = 'floor: bare murmur3 % 10000';

export const DECIDERS: readonly Decider[] = [
  { name: FLOOR, calls: 200_000, make: () => bareHash },
  { name: 'decision', calls: 200_000, target: 1.5, make: () => decision },
  { name: 'decision and recording', calls: 200_000, target: 3.5, make: decisionAndRecording },
  { name: 'GrowthBook', calls: 20_000, make: growthBook },
  { name: 'Unleash', calls: 20_000, make: unleash },
  { name: 'OpenFeature, its in-memory provider', calls: 5_000, make: openFeatureInMemory },
];

/** Makes one ready, and refuses one that does not decide: an engine that is not set up right looks fast. */
export async function ready({ name, make }: Decider): Promise<Decide> {
  const decide = await make();
  const admitted = (await decide(KEYS.length)) / KEYS.length;
  if (Math.abs(admitted - 0.5) > 0.08)
    throw new Error(`${name} admits ${admitted} of all keys instead of half of them`);
  return decide;
}
