import type { Site } from '../../src/composition/site';
import type { ConfigFormat } from '../../src/application/shared/config-file';
import type { Reconciled } from '../../src/application/shared/configuration-reconciliation';
import type { JsonObject } from '../../src/domain/shared/json';

const ON_CAMERAS = [
  'create',
  'update',
  'delete',
  'restore',
  'absorb',
  'legacy-create',
  'legacy-update',
  'legacy-delete',
] as const;
const ON_REGIONS = [
  'region-create',
  'region-update',
  'region-delete',
  'region-batch',
  'region-restore',
  'region-absorb',
] as const;

/** What is under way when the process dies. */
export const CRASH_OPERATIONS = [...ON_CAMERAS, ...ON_REGIONS];
export type CrashOperation = (typeof CRASH_OPERATIONS)[number];

/** What the table and the file hold, whichever configuration it is. */
interface Kept {
  readonly configuration: { reconcile(): Promise<Reconciled<unknown>> };
  readonly format: ConfigFormat;
  readonly repository: { all(): Promise<readonly { readonly fields: JsonObject }[]> };
}

/** The configuration that an operation is about. */
export interface CrashSubject {
  readonly file: string;
  /** Revision 1. */
  readonly first: string;
  of(site: Site): Kept;
  /** Makes revision 2. */
  change(site: Site): Promise<unknown>;
  /** An edit of its text by a person. */
  edit(text: string): string;
  /** An entry, as far as operations change it. */
  show(fields: JsonObject): string;
  readonly before: readonly string[];
}

const CAMERAS: CrashSubject = {
  file: 'cameras.yaml',
  first: `# 两个摄像头
cameras:
  - {id: cam1, name: "一号", source: 'rtsp://user:geheim@10.0.0.1/live', fps: 25}
  - id: cam2   # zwei
    name: Zwei
    source: '0'
`,
  of: (site) => site.cameras,
  change: (site) => site.cameras.domain.update({ camera_id: 'cam1', fps: 24 }),
  edit: (text) => `${text}    fps: 12\n`,
  show: ({ id, fps }) => `${String(id)}:${String(fps)}`,
  before: ['cam1:24', 'cam2:undefined'],
};

const OUTLINE = [
  [0, 0],
  [40, 0],
  [0, 30],
];
const region = (region_id: string, name: string) => ({ region_id, region_type: 'custom', polygon: OUTLINE, name });

const REGIONS: CrashSubject = {
  file: 'regions.json',
  first: `{
  "regions": [
    {"region_id": "r1", "region_type": "handwash", "polygon": [[0, 0], [40, 0], [0, 30]], "name": "one"},
    {"region_id": "r2", "region_type": "custom", "polygon": [[0, 0], [40, 0], [0, 30]], "name": "二"}
  ],
  "meta": {"canvas_size": {"width": 800, "height": 450}}
}
`,
  of: (site) => site.regions,
  change: (site) => site.regions.service.update({ region: 'r1', name: 'first' }),
  edit: (text) => text.replace('"二"', '"two"'),
  show: ({ id, name }) => `${String(id)}:${String(name)}`,
  before: ['r1:first', 'r2:二', '$meta:undefined'],
};

export const subjectOf = (operation: CrashOperation): CrashSubject =>
  ON_REGIONS.some((one) => one === operation) ? REGIONS : CAMERAS;

export async function perform(operation: CrashOperation, site: Site): Promise<void> {
  const domain = site.cameras.domain;
  const legacy = site.legacy.cameras;
  const { configuration } = site.cameras;
  const { service: regions } = site.regions;
  switch (operation) {
    case 'create':
      return void (await domain.create({ id: 'cam3', name: 'Drei', source: '1' }));
    case 'update':
      return void (await domain.update({ camera_id: 'cam1', fps: 7 }));
    case 'delete':
      return void (await domain.remove({ camera_id: 'cam2' }));
    case 'restore':
      return void (await configuration.restore(1));
    case 'absorb':
      return void (await configuration.reconcile());
    case 'legacy-create':
      return void (await legacy.create({ id: 'cam3', name: 'Drei', source: '1' }));
    case 'legacy-update':
      return void (await legacy.update({ camera_id: 'cam1', fps: 7 }));
    case 'legacy-delete':
      return void (await legacy.remove({ camera_id: 'cam2' }));
    case 'region-create':
      return void (await regions.create(region('r3', 'three')));
    case 'region-update':
      return void (await regions.update({ region: 'r1', name: 'changed' }));
    case 'region-delete':
      return void (await regions.remove({ region: 'r2' }));
    case 'region-batch':
      return void (await regions.saveAll({ regions: [region('r3', 'three'), { region_id: 'r2', name: 'zwei' }] }));
    case 'region-restore':
      return void (await site.regions.configuration.restore(1));
    case 'region-absorb':
      return void (await site.regions.configuration.reconcile());
  }
}

/** The entries after the operation, in the order of the file. */
export const AFTER: Readonly<Record<CrashOperation, readonly string[]>> = {
  create: ['cam1:24', 'cam2:undefined', 'cam3:undefined'],
  update: ['cam1:7', 'cam2:undefined'],
  delete: ['cam1:24'],
  restore: ['cam1:25', 'cam2:undefined'],
  absorb: ['cam1:24', 'cam2:12'],
  'legacy-create': ['cam1:24', 'cam2:undefined', 'cam3:undefined'],
  'legacy-update': ['cam1:7', 'cam2:undefined'],
  'legacy-delete': ['cam1:24'],
  'region-create': ['r1:first', 'r2:二', 'r3:three', '$meta:undefined'],
  'region-update': ['r1:changed', 'r2:二', '$meta:undefined'],
  'region-delete': ['r1:first', '$meta:undefined'],
  'region-batch': ['r1:first', 'r2:zwei', 'r3:three', '$meta:undefined'],
  'region-restore': ['r1:one', 'r2:二', '$meta:undefined'],
  'region-absorb': ['r1:first', 'r2:two', '$meta:undefined'],
};
