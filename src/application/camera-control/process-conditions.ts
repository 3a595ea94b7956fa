import type { DesiredStates } from '../../domain/camera-control/desired-states';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import { Unavailable } from '../../domain/shared/domain-error';
import type { CameraSupervisor } from './camera-supervisor';
import { isWanted } from './wanted-cameras';

export interface ConditionNow {
  readonly is: 'up' | 'down' | 'starting';
  readonly since: Date;
}

const UP = ['running', 'degraded'];

/** How the process of every wanted camera is; undefined while another service controls the cameras. */
export async function processConditions(
  cameras: Pick<CameraRepository, 'all'>,
  desired: Pick<DesiredStates, 'all'>,
  supervisor: () => CameraSupervisor,
): Promise<ReadonlyMap<string, ConditionNow> | undefined> {
  const control = controlled(supervisor);
  if (!control) return undefined;
  const [all, asked] = await Promise.all([cameras.all(), desired.all()]);
  const wanted = all.filter((camera) => isWanted(camera, asked.get(camera.id)));
  return new Map(
    wanted.map(({ id }) => {
      const { state, since } = control.view(id);
      const is = UP.includes(state) ? 'up' : state === 'starting' ? 'starting' : 'down';
      return [id, { is, since: new Date(since) }];
    }),
  );
}

/** Undefined while another service controls the cameras. */
export function controlled(supervisor: () => CameraSupervisor): CameraSupervisor | undefined {
  try {
    return supervisor();
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
