import type { DesiredStates } from '../../domain/camera-control/process-rules';
import type { CameraRepository } from '../../domain/cameras/camera';
import { Unavailable } from '../../domain/shared/domain-error';
import { type CameraController, isWanted } from './camera-controller';
import type { CameraSupervisor } from './camera-supervisor';

interface ConditionNow {
  readonly is: 'up' | 'down' | 'starting';
  readonly since: Date;
}

const UP = ['running', 'degraded'];

type Controls = Pick<CameraController, 'supervisor' | 'holds'>;

/** The process state of every wanted camera of this node; undefined while another service controls it. */
export async function processConditions(
  cameras: Pick<CameraRepository, 'all'>,
  desired: Pick<DesiredStates, 'all'>,
  controller: Controls,
): Promise<ReadonlyMap<string, ConditionNow> | undefined> {
  const control = controlled(controller.supervisor);
  if (!control) return undefined;
  const [all, desiredStates] = await Promise.all([cameras.all(), desired.all()]);
  const wanted = all.filter(({ id }) => controller.holds(id)).filter((c) => isWanted(c, desiredStates.get(c.id)));
  return new Map(
    wanted.map(({ id }) => {
      const { state, since } = control.view(id);
      const is = UP.includes(state) ? 'up' : state === 'starting' ? 'starting' : 'down';
      return [id, { is, since: new Date(since) }];
    }),
  );
}

/** Undefined while another service controls the cameras. */
function controlled(supervisor: () => CameraSupervisor): CameraSupervisor | undefined {
  try {
    return supervisor();
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

interface WorkerState {
  readonly id: string;
  readonly state: string;
  readonly wanted: boolean;
  /** Restarts without a request, since this service started. */
  readonly restarts: number;
}

/** The process of every camera of this node; undefined while another service controls it. */
export async function workerStates(
  cameras: Pick<CameraRepository, 'all'>,
  desired: Pick<DesiredStates, 'all'>,
  controller: Controls,
): Promise<readonly WorkerState[] | undefined> {
  const control = controlled(controller.supervisor);
  if (!control) return undefined;
  const [all, desiredStates] = await Promise.all([cameras.all(), desired.all()]);
  return all
    .filter(({ id }) => controller.holds(id))
    .map((camera) => {
      const { state, restarts } = control.view(camera.id);
      return { id: camera.id, state, restarts, wanted: isWanted(camera, desiredStates.get(camera.id)) };
    });
}
