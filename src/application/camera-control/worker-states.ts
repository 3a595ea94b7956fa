import type { DesiredStates } from '../../domain/camera-control/desired-states';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import type { CameraSupervisor } from './camera-supervisor';
import { controlled } from './process-conditions';
import { isWanted } from './wanted-cameras';

export interface WorkerState {
  readonly id: string;
  readonly state: string;
  readonly wanted: boolean;
  /** Restarts that nobody asked for, since this service started. */
  readonly restarts: number;
}

/** The process of every camera; undefined while another service controls the cameras. */
export async function workerStates(
  cameras: Pick<CameraRepository, 'all'>,
  desired: Pick<DesiredStates, 'all'>,
  supervisor: () => CameraSupervisor,
): Promise<readonly WorkerState[] | undefined> {
  const control = controlled(supervisor);
  if (!control) return undefined;
  const [all, asked] = await Promise.all([cameras.all(), desired.all()]);
  return all.map((camera) => {
    const { state, restarts } = control.view(camera.id);
    return { id: camera.id, state, restarts, wanted: isWanted(camera, asked.get(camera.id)) };
  });
}
