import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { type DependencyContainer, container as root, instanceCachingFactory, type InjectionToken } from 'tsyringe';
import { catalogue, rolloutGroups } from './api/catalogue';
import { mounted, type Mounted } from './api/http/mount';
import { CameraCommands } from './application/cameras/camera-commands';
import { CameraConfigService } from './application/cameras/camera-config-service';
import { CameraConfiguration } from './application/cameras/camera-configuration';
import { CameraService } from './application/cameras/camera-service';
import type { CameraUnitOfWork } from './application/cameras/camera-unit-of-work';
import type { CamerasFile } from './application/cameras/cameras-file';
import type { CamerasFormat } from './application/cameras/cameras-format';
import type { CamerasPort } from './application/cameras/cameras-port';
import { ConfigHeads } from './application/cameras/config-head';
import { ConfigOutcomes } from './application/cameras/config-outcomes';
import { ConfigPublishing } from './application/cameras/config-publishing';
import { ConfigSettling } from './application/cameras/config-settling';
import type { OnStep } from './application/cameras/config-steps';
import { OperationRouter, type Recorder } from './application/rollout/operation-router';
import { type RolloutSeed, seedSnapshot } from './application/rollout/seed-plan';
import type { Clock, Log } from './application/shared/log';
import type { CameraRepository } from './domain/cameras/camera-repository';
import type { RevisionRepository } from './domain/cameras/camera-config-revision';
import { DiskCamerasFile } from './infrastructure/files/disk-cameras-file';
import { LegacyCameras } from './infrastructure/legacy/legacy-cameras';
import { Database } from './infrastructure/postgres/database';
import { PgCameraUnitOfWork } from './infrastructure/postgres/pg-camera-unit-of-work';
import { PgCameras } from './infrastructure/postgres/pg-cameras';
import { PgRevisions } from './infrastructure/postgres/pg-revisions';
import { YamlCamerasFormat } from './infrastructure/yaml/yaml-cameras-format';

/** A key that carries the type of what it stands for. */
type Token<T> = InjectionToken<T> & { readonly carries?: T };
const token = <T>(name: string): Token<T> => Symbol(name);

export const keys = {
  log: token<Log>('Log'),
  clock: token<Clock>('Clock'),
  onStep: token<OnStep>('OnStep'),
  recorder: token<Recorder>('Recorder'),
  database: token<Database>('Database'),
  camerasFile: token<CamerasFile>('CamerasFile'),
  camerasFormat: token<CamerasFormat>('CamerasFormat'),
  unitOfWork: token<CameraUnitOfWork>('CameraUnitOfWork'),
  cameras: token<CameraRepository>('CameraRepository'),
  revisions: token<RevisionRepository>('RevisionRepository'),
  heads: token<ConfigHeads>('ConfigHeads'),
  publishing: token<ConfigPublishing>('ConfigPublishing'),
  settling: token<ConfigSettling>('ConfigSettling'),
  configuration: token<CameraConfiguration>('CameraConfiguration'),
  camerasOnDomain: token<CamerasPort>('Cameras on the domain path'),
  camerasOnLegacy: token<CamerasPort>('Cameras on the legacy path'),
  router: token<OperationRouter>('OperationRouter'),
  mounted: token<readonly Mounted[]>('Mounted'),
};

/** What differs between one process and another; everything else follows. */
export interface Site {
  readonly databaseUrl: string;
  readonly camerasFile: string;
  readonly rollout: RolloutSeed;
  readonly log: Log;
  readonly clock?: Clock;
  readonly onStep?: OnStep;
  readonly recorder?: Recorder;
}

const FIND_OUT_PAUSE_MS = 500;

/** Wires a whole service. Nothing is opened or started by it. */
export function wire(site: Site): DependencyContainer {
  const c = root.createChildContainer();
  const value = <T>(key: Token<T>, it: T) => c.register<T>(key, { useValue: it });
  const once = <T>(key: Token<T>, make: (get: <D>(key: Token<D>) => D) => T) =>
    c.register<T>(key, { useFactory: instanceCachingFactory((from) => make((wanted) => from.resolve(wanted))) });

  const clock = site.clock ?? (() => new Date());
  const onStep = site.onStep ?? (() => undefined);
  value(keys.log, site.log);
  value(keys.clock, clock);
  value(keys.onStep, onStep);
  value(keys.recorder, site.recorder ?? (() => undefined));
  value(
    keys.database,
    new Database(site.databaseUrl, (error) => site.log.warn('a database connection was lost', { error })),
  );
  wireCameraConfiguration(once, site);
  wireCameraPaths(once);
  wireOperations(once, site);
  return c;
}

type Once = <T>(key: Token<T>, make: (get: <D>(key: Token<D>) => D) => T) => void;

function wireOperations(once: Once, site: Site): void {
  once(keys.router, (get) => {
    const snapshot = seedSnapshot(site.rollout, rolloutGroups);
    return new OperationRouter(
      () => snapshot,
      get(keys.recorder),
      () => undefined,
      get(keys.log),
    );
  });
  once(keys.mounted, (get) => {
    const cameras = get(keys.router).between(catalogue.cameras, get(keys.camerasOnDomain), get(keys.camerasOnLegacy));
    const config = new CameraConfigService(
      get(keys.revisions),
      get(keys.cameras),
      get(keys.camerasFile),
      get(keys.camerasFormat),
      get(keys.configuration),
      get(keys.clock),
    );
    return [mounted(catalogue.cameras, cameras), mounted(catalogue.cameraConfig, config)];
  });
}

function wireCameraConfiguration(once: Once, site: Site): void {
  once(keys.camerasFile, (get) => new DiskCamerasFile(site.camerasFile, get(keys.onStep)));
  once(keys.camerasFormat, () => new YamlCamerasFormat());
  once(keys.unitOfWork, (get) => new PgCameraUnitOfWork(get(keys.database), get(keys.log), get(keys.onStep)));
  once(keys.cameras, (get) => new PgCameras(get(keys.database)));
  once(keys.revisions, (get) => new PgRevisions(get(keys.database)));
  once(keys.heads, () => new ConfigHeads());
  once(
    keys.publishing,
    (get) =>
      new ConfigPublishing(get(keys.camerasFile), get(keys.heads), get(keys.clock), get(keys.log), get(keys.onStep)),
  );
  once(
    keys.settling,
    (get) =>
      new ConfigSettling(
        get(keys.camerasFile),
        get(keys.camerasFormat),
        get(keys.heads),
        get(keys.publishing),
        get(keys.log),
        get(keys.onStep),
      ),
  );
  once(keys.configuration, (get) => {
    const outcomes = new ConfigOutcomes(get(keys.unitOfWork), get(keys.settling), () => pause(FIND_OUT_PAUSE_MS));
    return new CameraConfiguration(
      get(keys.unitOfWork),
      get(keys.camerasFile),
      get(keys.camerasFormat),
      get(keys.settling),
      get(keys.publishing),
      outcomes,
    );
  });
}

function wireCameraPaths(once: Once): void {
  once(keys.camerasOnDomain, (get) => {
    const configuration = get(keys.configuration);
    return new CameraService(
      get(keys.cameras),
      new CameraCommands((decide) => configuration.change(decide), get(keys.clock)),
    );
  });
  once(keys.camerasOnLegacy, (get) => {
    const configuration = get(keys.configuration);
    const commands = new CameraCommands((decide) => configuration.changeFile(decide), get(keys.clock));
    return new LegacyCameras(get(keys.camerasFile), get(keys.camerasFormat), get(keys.cameras), commands);
  });
}
