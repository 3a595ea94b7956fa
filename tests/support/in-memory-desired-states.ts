import type { Desired, DesiredStates } from '../../src/domain/camera-control/process-rules';

/** Desired states without a database. */
export class InMemoryDesiredStates implements DesiredStates {
  private readonly states = new Map<string, Desired>();

  async all(): Promise<ReadonlyMap<string, Desired>> {
    return new Map(this.states);
  }

  async set(cameraId: string, desired: Desired): Promise<void> {
    this.states.set(cameraId, desired);
  }

  forget(cameraId: string): void {
    this.states.delete(cameraId);
  }
}
