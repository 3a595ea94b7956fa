import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rolloutGroups } from '../../src/api/catalogue';
import { type RolloutInstruction, seedRollout } from '../../src/application/rollout/rollout-seeding';
import type { AlertSettings } from '../../src/composition/alerts';
import { journalOf } from '../../src/composition/events';
import type { Overrides } from '../../src/composition/platform';
import { type Site, createSite } from '../../src/composition/site';
import type { ConfigFormat } from '../../src/application/shared/config-file';
import type { ConfigRevision, RevisionRepository } from '../../src/domain/shared/config-revision';
import type { JsonObject } from '../../src/domain/shared/json';
import type { CameraFields } from '../../src/domain/cameras/camera-rules';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import type { ViolationTypes } from '../../src/domain/shared/event';
import { type Settings, readSettings } from '../../src/infrastructure/environment/settings';
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
  readonly modules: Site;
  readonly file: string;
  /** The journal of events. */
  readonly journal: string;
  readonly log: ReturnType<typeof rememberingLog>;
  text(): string;
  write(text: string): void;
  /** Throws unless the table, the file and the newest revision say the same and the revisions have no gap. */
  agreement(): Promise<{ cameras: readonly CameraFields[]; head: ConfigRevision }>;
  close(): Promise<void>;
}

export interface TestSiteOptions extends Partial<Overrides> {
  readonly databaseUrl: string;
  /** A file that is there already; absent: one of its own. */
  readonly camerasFile?: string;
  readonly legacyBaseUrl?: string;
  /** Text of the cameras file; absent: the two cameras; null: no file. */
  readonly yaml?: string | null;
  readonly rollout?: RolloutInstruction;
  readonly events?: {
    readonly logDir?: string;
    readonly retentionDays?: number;
    readonly historyDays?: number;
    readonly auditDays?: number;
    readonly violationTypes?: ViolationTypes;
    readonly zone?: string;
  };
  readonly alerts?: Partial<AlertSettings>;
  readonly control?: { readonly command: readonly string[]; readonly dataDir: string };
  readonly access?: { readonly needsToken: boolean; readonly perMinute: number };
}

/** The settings of a site of a test: the defaults, whatever the environment of the test run says. */
export function testSettings({
  databaseUrl,
  camerasFile = '',
  legacyBaseUrl = '',
  ...options
}: TestSiteOptions): Settings {
  const { events = {}, access = { needsToken: false, perMinute: 0 } } = options;
  const defaults = readSettings({});
  const { logDir = path.dirname(camerasFile) } = events;
  return {
    ...defaults,
    ...options.alerts,
    databaseUrl,
    camerasFile,
    regionsFile: path.join(path.dirname(camerasFile), 'regions.json'),
    legacyBaseUrl,
    logDir,
    dataDir: options.control?.dataDir ?? logDir,
    detector: 'off',
    detectorCommand: options.control?.command ?? defaults.detectorCommand,
    eventRetentionDays: events.retentionDays ?? defaults.eventRetentionDays,
    historyRetentionDays: events.historyDays ?? defaults.historyRetentionDays,
    auditRetentionDays: events.auditDays ?? defaults.auditRetentionDays,
    violationTypes: events.violationTypes ?? defaults.violationTypes,
    timeZone: events.zone ?? 'UTC',
    requireToken: access.needsToken,
    rateLimit: access.perMinute,
  };
}

export async function testSite({
  yaml = TWO_CAMERAS,
  rollout = { useDomain: true, percent: 100 },
  events = {},
  ...options
}: TestSiteOptions): Promise<TestSite> {
  const dir = mkdtempSync(path.join(tmpdir(), 'watchgate-site-'));
  const file = options.camerasFile ?? path.join(dir, 'cameras.yaml');
  if (!options.camerasFile && yaml !== null) writeFileSync(file, yaml);
  const log = rememberingLog();
  const settings = testSettings({ ...options, events: { logDir: dir, ...events }, camerasFile: file });
  const modules = createSite(settings, { confirmRemovalMs: 0, ...options, log });
  const { database, connection } = modules.platform;
  await database.open();
  const { store, policy } = modules.rollout;
  await seedRollout(store, readPlans(null, rolloutGroups).plans, { instruction: rollout });
  policy.install(await store.load());
  return {
    modules,
    file,
    journal: journalOf(settings),
    log,
    text: () => readFileSync(file, 'utf8'),
    write: (text) => writeFileSync(file, text),
    agreement: () => agreement(modules, file),
    close: async () => {
      await connection.stop();
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A configuration in its table, its file and its revisions. */
interface Kept {
  readonly repository: { all(): Promise<readonly { readonly fields: JsonObject }[]> };
  readonly revisions: RevisionRepository;
  readonly format: ConfigFormat;
}

export async function agreementOf({ repository, revisions, format }: Kept, file: string) {
  const [table, head] = await Promise.all([repository.all(), revisions.head()]);
  if (!head) throw new Error('there is no revision');
  const text = readFileSync(file, 'utf8');
  const reading = format.read(text);
  expect(reading.faults.filter((f) => f.severity === 'error')).toEqual([]);
  const inTable = table.map(({ fields }) => fields);
  expect(inTable).toEqual(reading.entries);
  const full = await revisions.get(head.number);
  expect(full?.text).toBe(text);
  expect(head.inFile).toBe(true);
  const { items } = await revisions.page(1000, 0);
  expect(items.map((r) => r.number)).toEqual(items.map((_, i) => head.number - i));
  return { entries: inTable, head };
}

export async function agreement({ cameras: kept }: Site, file: string) {
  const { entries, head } = await agreementOf(kept, file);
  return { cameras: entries, head };
}
