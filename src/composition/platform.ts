import 'reflect-metadata';
import { type DependencyContainer, type InjectionToken, container as root, instanceCachingFactory } from 'tsyringe';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { OnStep } from '../application/shared/configuration-publication';
import type { Clock, Log } from '../application/shared/log';
import { Database } from '../infrastructure/postgres/database';
import { DedicatedConnection } from '../infrastructure/postgres/dedicated-connection';
import { PgMembership } from '../infrastructure/postgres/pg-membership';
import { PgWakes } from '../infrastructure/postgres/pg-wakes';
import { placeOf, thisProcess } from '../infrastructure/system/process-identity';
import type { Lifecycle } from './lifecycle';

/** The parts that a test, a benchmark or a command may replace; everything else follows from the settings. */
interface Parts {
  readonly log: Log;
  readonly clock: Clock;
  /** Called at every step of a configuration change; tests end the process in it. */
  readonly onStep: OnStep;
  /** Whether this process has time for optional work. */
  readonly isIdle: () => boolean;
  /**
   * Milliseconds before a comparison that differs is repeated: longer than the file may lag behind the table in normal
   * operation.
   */
  readonly confirmAfterMs: number;
  /** How long an edit of the cameras file that removes many cameras waits for confirmation, in milliseconds. */
  readonly confirmRemovalMs: number;
}

export type Overrides = Pick<Parts, 'log'> & Partial<Parts>;

/** What every context uses. */
export interface Platform extends Parts {
  readonly database: Database;
  /** The one connection for notifications, leases and heartbeats. */
  readonly connection: DedicatedConnection;
  readonly wakes: PgWakes;
  readonly instance: {
    readonly id: string;
    /** For people: host and process. */
    readonly name: string;
  };
}

const part = <K extends keyof Parts>(name: K): InjectionToken<Parts[K]> => `watchgate.${name}`;
const DATABASE: InjectionToken<Database> = 'watchgate.database';

/** Opens and starts nothing. */
export function createPlatform(databaseUrl: string, overrides: Overrides): Platform {
  const parts = exchangeable(databaseUrl, overrides);
  const log = parts.resolve(part('log'));
  const database = parts.resolve(DATABASE);
  const connection = new DedicatedConnection(databaseUrl, log, { onAnswer: () => database.answered() });
  return {
    database,
    connection,
    wakes: new PgWakes(connection),
    instance: { id: randomUUID(), name: `${hostname()}/${process.pid}` },
    log,
    clock: parts.resolve(part('clock')),
    onStep: parts.resolve(part('onStep')),
    isIdle: parts.resolve(part('isIdle')),
    confirmAfterMs: parts.resolve(part('confirmAfterMs')),
    confirmRemovalMs: parts.resolve(part('confirmRemovalMs')),
  };
}

/** The defaults, overridden by the replaced parts: see docs/adr/0018. */
function exchangeable(databaseUrl: string, overrides: Overrides): DependencyContainer {
  const parts = root.createChildContainer();
  parts.register(part('log'), { useValue: overrides.log });
  parts.register(DATABASE, {
    useFactory: instanceCachingFactory((from) => {
      const log = from.resolve(part('log'));
      return new Database(databaseUrl, (error) => log.warn('a database connection was lost', { error }));
    }),
  });
  // One clock for all services of a site: that of the database, whatever the clock of this machine shows.
  parts.register(part('clock'), {
    useFactory: instanceCachingFactory((from): Clock => {
      const database = from.resolve(DATABASE);
      return overrides.clock ?? (() => database.now());
    }),
  });
  parts.register(part('onStep'), { useValue: overrides.onStep ?? (() => undefined) });
  parts.register(part('isIdle'), { useValue: overrides.isIdle ?? (() => true) });
  parts.register(part('confirmAfterMs'), { useValue: overrides.confirmAfterMs ?? 3_000 });
  parts.register(part('confirmRemovalMs'), { useValue: overrides.confirmRemovalMs ?? 30_000 });
  return parts;
}

/** Connects to the other services of the site. */
export async function joinSite(
  { connection, wakes, instance, log, database }: Platform,
  { dataDir, camerasFile }: { readonly dataDir: string; readonly camerasFile: string },
  life: Lifecycle,
): Promise<PgMembership> {
  life.onStop(() => connection.stop());
  await wakes.start();
  const files = { place: placeOf(dataDir), file: placeOf(camerasFile), filePath: camerasFile };
  const me = { ...instance, ...thisProcess(), ...files };
  const membership = new PgMembership(connection, me, log, (...time) => database.isSoLate(...time));
  await membership.join();
  life.onStop(() => membership.stop());
  return membership;
}
