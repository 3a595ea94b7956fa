/** What people last asked of a camera's process; survives every restart of the service. */
export type Desired = 'running' | 'stopped';

export interface DesiredStates {
  all(): Promise<ReadonlyMap<string, Desired>>;
  set(cameraId: string, desired: Desired): Promise<void>;
}
