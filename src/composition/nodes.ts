import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, hostname } from 'node:os';
import { join } from 'node:path';
import type { CameraController, HeldCameras } from '../application/camera-control/camera-controller';
import { NodeKeeper } from '../application/nodes/node-keeper';
import { REST } from '../infrastructure/environment/scheduler';
import type { PgMembership } from '../infrastructure/postgres/pg-membership';
import { PgNodes } from '../infrastructure/postgres/pg-nodes';
import type { PgWakes } from '../infrastructure/postgres/pg-wakes';
import { hasCode } from '../infrastructure/system/files';
import { LeaseFile } from '../infrastructure/system/lease-file';
import { placeOf } from '../infrastructure/system/process-identity';
import type { PersonDetector } from './detection';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

const CAMERAS_PER_PROCESSOR = 8;
/** Of the services that work in one data folder: they are one node. */
const LEASE = { silentMs: 30_000, nearMs: 8_000 };
const RENEW_EVERY_MS = 1_000;
/** While nobody waits for it. */
const RENEW_ALONE_MS = 5_000;
const FENCE_EVERY_MS = 500;
/** These are woken; this is their safety net. */
const FOLLOW_EVERY_MS = 30_000;
const APART_MS = 50;

export interface NodeSettings {
  readonly dataDir: string;
  readonly node: () => string;
  readonly version: string;
  /** Absent: by the processors of the machine. */
  readonly nodeCapacity?: number;
  readonly nodeLabels: readonly string[];
}

/** This service as a node of the site. */
export function createNode(
  { database, connection, instance, log }: Platform,
  controller: CameraController,
  leaseFile: string,
  { dataDir, node, version, nodeCapacity, nodeLabels: labels }: NodeSettings,
) {
  const nodes = new PgNodes(database, connection);
  const capacity = nodeCapacity ?? CAMERAS_PER_PROCESSOR * cpus().length;
  const me = () => ({ id: node(), name: instance.name, place: placeOf(dataDir), version, capacity, labels });
  const work = {
    hold: (held: HeldCameras) => controller.hold(held),
    take: () => controller.take(),
    end: (camera: string) => controller.end(camera),
    leave: () => controller.leave(),
  };
  return { keeper: new NodeKeeper(nodes, work, new LeaseFile(leaseFile), me, log), nodes };
}

/** The id of the node of a data folder, for as long as that is there; it is made when it is asked for first. */
export function nodeOf(dataDir: string): () => string {
  let known: string | undefined;
  return () => (known ??= nodeId(dataDir));
}

/** Two services that start in a folder at once agree on one. */
function nodeId(dataDir: string): string {
  const file = join(dataDir, 'node-id');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, `${hostname()}-${randomUUID().slice(0, 6)}\n`, { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

interface NodeProcesses {
  readonly keeper: NodeKeeper;
  readonly controller: CameraController;
  /** The process that looks for persons on the cameras of this node. */
  readonly detector: Pick<PersonDetector, 'take' | 'leave'>;
}

/** Two services in one data folder are one node; one of them renews its lease and runs its cameras. */
export async function startNode(
  { keeper, controller, detector }: NodeProcesses,
  { wakes, membership }: { readonly wakes: PgWakes; readonly membership: PgMembership },
  life: Lifecycle,
): Promise<void> {
  const leader = {
    take: async () => {
      await detector.take();
      await keeper.begin();
    },
    leave: async (handOver: boolean) => {
      await keeper.end({ handOver });
      if (handOver) await controller.leave(true);
      await detector.leave(handOver);
    },
  };
  const leadership = await membership.lead(`node ${keeper.id}`, leader, LEASE);
  life.onStop(() => leadership.stop());
  const renew = async () => {
    await keeper.renew();
    return keeper.isWatched ? undefined : REST;
  };
  const pace = { restMs: RENEW_ALONE_MS };
  wakes.on('nodes', life.every(RENEW_EVERY_MS, 'renewing the lease of this node', renew, pace).wake);
  life.every(FENCE_EVERY_MS, 'ending workers without a lease', () => keeper.fence());
  const followed = life.every(FOLLOW_EVERY_MS, 'taking the cameras of this node', () => keeper.follow());
  wakes.on('placements', followed.wake);
  wakes.on('cameras', life.every(FOLLOW_EVERY_MS, 'placing cameras', () => keeper.place(), { apartMs: APART_MS }).wake);
}
