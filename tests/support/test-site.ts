import type { DependencyContainer } from 'tsyringe';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolloutGroups } from '../../src/api/catalogue';
import { type RolloutInstruction, seedRollout } from '../../src/application/rollout/rollout-seeding';
import { type Site, wire } from '../../src/container';
import type { CameraConfigRevision } from '../../src/domain/cameras/camera-config-revision';
import type { CameraFields } from '../../src/domain/cameras/camera-rules';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { DEFAULT_VIOLATION_TYPES } from '../../src/domain/shared/event';
import { keys } from '../../src/keys';
import { type EventSite, journalOf } from '../../src/wire-events';
import { rememberingLog } from './quiet-log';

export const TWO_CAMERAS = `# 两个摄像头 (two cameras)
cameras:
  - id: cam1   # first
    name: "一号"
    source: rtsp://user:geheim@10.0.0.1/live
    fps: 25
  - id: cam2
    name: Zwei
    source: '0'
    active: false
`;

/** A wired service without HTTP, on a database and a file of its own. */
export interface TestSite {
  readonly container: DependencyContainer;
  readonly file: string;
  /** The journal of events. */
  readonly journal: string;
  readonly log: ReturnType<typeof rememberingLog>;
  text(): string;
  write(text: string): void;
  /** Throws unless the table, the file and the newest revision say the same and the revisions have no gap. */
  agreement(): Promise<{ cameras: readonly CameraFields[]; head: CameraConfigRevision }>;
  close(): Promise<void>;
}

export interface TestSiteOptions extends Partial<Omit<Site, 'log' | 'events'>> {
  readonly events?: Partial<EventSite>;
  readonly databaseUrl: string;
  /** Text of the cameras file; absent: the two cameras; null: no file. */
  readonly yaml?: string | null;
  readonly rollout?: RolloutInstruction;
}

export async function testSite({
  yaml = TWO_CAMERAS,
  rollout = { useDomain: true, percent: 100 },
  events = {},
  ...options
}: TestSiteOptions): Promise<TestSite> {
  const dir = mkdtempSync(join(tmpdir(), 'watchgate-site-'));
  const file = options.camerasFile ?? join(dir, 'cameras.yaml');
  if (!options.camerasFile && yaml !== null) writeFileSync(file, yaml);
  const log = rememberingLog();
  const site = { logDir: dir, retentionDays: 180, violationTypes: DEFAULT_VIOLATION_TYPES, zone: 'UTC', ...events };
  const container = wire({ confirmRemovalMs: 0, ...options, events: site, camerasFile: file, log });
  const database = container.resolve(keys.database);
  await database.open();
  const store = container.resolve(keys.rolloutStore);
  await seedRollout(store, readPlans(null, rolloutGroups).plans, { instruction: rollout });
  container.resolve(keys.policy).install(await store.load());
  return {
    container,
    file,
    journal: journalOf(site),
    log,
    text: () => readFileSync(file, 'utf8'),
    write: (text) => writeFileSync(file, text),
    agreement: () => agreement(container, file),
    close: async () => {
      await container.resolve(keys.connection).stop();
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function agreement(container: DependencyContainer, file: string) {
  const revisions = container.resolve(keys.revisions);
  const [table, head] = await Promise.all([container.resolve(keys.cameras).all(), revisions.head()]);
  if (!head) throw new Error('there is no revision');
  const text = readFileSync(file, 'utf8');
  const reading = container.resolve(keys.camerasFormat).read(text);
  expect(reading.faults.filter((f) => f.severity === 'error')).toEqual([]);
  const inTable = table.map((c) => c.fields);
  expect(inTable).toEqual(reading.cameras);
  const full = await revisions.get(head.number);
  expect(full?.text).toBe(text);
  expect(head.inFile).toBe(true);
  const { items } = await revisions.page(1000, 0);
  expect(items.map((r) => r.number)).toEqual(items.map((_, i) => head.number - i));
  return { cameras: inTable, head };
}
