import type { Site } from '../../src/composition/site';

/** What is under way when the process dies. */
export const CRASH_OPERATIONS = [
  'create',
  'update',
  'delete',
  'restore',
  'absorb',
  'legacy-create',
  'legacy-update',
  'legacy-delete',
] as const;
export type CrashOperation = (typeof CRASH_OPERATIONS)[number];

export async function perform(operation: CrashOperation, site: Site): Promise<void> {
  const domain = site.cameras.domain;
  const legacy = site.legacy.cameras;
  const configuration = site.cameras.configuration;
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
  }
}

/** What the cameras look like after the operation, as `id:fps` in the order of the file; `before` is the same for all. */
export const BEFORE = ['cam1:24', 'cam2:undefined'];
export const AFTER: Readonly<Record<CrashOperation, readonly string[]>> = {
  create: ['cam1:24', 'cam2:undefined', 'cam3:undefined'],
  update: ['cam1:7', 'cam2:undefined'],
  delete: ['cam1:24'],
  restore: ['cam1:25', 'cam2:undefined'],
  absorb: ['cam1:24', 'cam2:12'],
  'legacy-create': ['cam1:24', 'cam2:undefined', 'cam3:undefined'],
  'legacy-update': ['cam1:7', 'cam2:undefined'],
  'legacy-delete': ['cam1:24'],
};
