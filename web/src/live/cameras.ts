import { useEffect, useMemo, useState } from 'react';
import type { Camera, ProcessStatus } from '../api/generated';
import { useCall } from '../api/queries';
import { useStore } from '../api/store';
import type { Severity } from '../ui/state';
import { live as connection, useTopic } from './connection';
import type { LiveCamera } from './topics';

function fromRest(camera: Camera, status: ProcessStatus | undefined): LiveCamera {
  return {
    id: camera.id,
    name: camera.name,
    state: status?.state ?? 'stopped',
    reason: status?.reason ?? null,
    since: status ? Date.parse(status.since) : null,
    wanted: status?.desired_state ?? 'stopped',
    active: camera.active,
    pid: status && status.pid > 0 ? status.pid : null,
    restarts: status?.restarts ?? 0,
    next_try_at: null,
    fps: null,
    expected_fps: camera.fps,
    last_frame_at: null,
    motion: null,
  };
}

interface CameraStates {
  /** Undefined while nothing is known yet. */
  readonly cameras: readonly LiveCamera[] | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

const SNAPSHOT_WITHIN_MS = 3_000;

/** Whether to ask for all cameras: of many that is a large answer, and the socket gives the same at once where there is one. */
function useIsAsked(isKnown: boolean): boolean {
  const { state } = useStore(connection.status);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (isKnown) return undefined;
    const timer = setTimeout(() => setLate(true), SNAPSHOT_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [isKnown]);
  return !isKnown && (isLate || state === 'absent' || state === 'lost');
}

/** Every camera with its state: from the live socket, or by asking again where there is none. */
export function useCameraStates(): CameraStates {
  const live = useTopic('cameras');
  const isAsked = useIsAsked(live !== undefined);
  const list = useCall('cameras.list', {}, { topic: 'cameras', enabled: isAsked });
  const states = useCall('camera-control.batchStatus', { body: {} }, { topic: 'cameras', enabled: isAsked });
  const cameras = useMemo(() => {
    if (live) return Object.values(live.cameras).sort((a, b) => (a.id < b.id ? -1 : 1));
    if (!list.data || !states.data) return undefined;
    const all: Readonly<Record<string, ProcessStatus>> = states.data;
    return list.data.cameras.map((camera) => fromRest(camera, all[camera.id]));
  }, [live, list.data, states.data]);
  const refetch = () => Promise.all([list.refetch(), states.refetch()]);
  return { cameras, error: isAsked ? (list.error ?? states.error) : null, refetch };
}

/** One camera's state; the others are not followed for it by a request. */
export function useCameraState(id: string): LiveCamera | undefined {
  const live = useTopic('cameras');
  const isAsked = live === undefined;
  const camera = useCall('cameras.get', { camera_id: id }, { topic: 'cameras', enabled: isAsked });
  const status = useCall('camera-control.status', { camera_id: id }, { topic: 'cameras', enabled: isAsked });
  if (live) return live.cameras[id];
  return camera.data ? fromRest(camera.data, status.data) : undefined;
}

const LATE_MS = 3_000;

/** How long its picture has been late; undefined where it is not, or nothing is known of it. */
export function pictureLate(camera: LiveCamera, now: number): number | undefined {
  if (camera.last_frame_at === null || camera.wanted !== 'running' || !camera.active) return undefined;
  const age = now - camera.last_frame_at;
  return age > LATE_MS ? age : undefined;
}

export function severityOf(camera: LiveCamera): Severity {
  switch (camera.state) {
    case 'failed':
    case 'stalled':
      return 'critical';
    case 'backoff':
      return 'critical';
    case 'degraded':
      return 'high';
    case 'starting':
    case 'stopping':
      return 'starting';
    case 'running':
      return 'normal';
    case 'stopped':
      // Somebody wants it to run and it does not.
      return camera.active && camera.wanted === 'running' ? 'high' : 'stopped';
  }
}

const RANKS: Readonly<Record<Severity, number>> = {
  critical: 0,
  high: 1,
  medium: 2,
  starting: 3,
  normal: 4,
  stopped: 5,
};
/** The worst first. */
export const bySeverity = (a: LiveCamera, b: LiveCamera): number =>
  RANKS[severityOf(a)] - RANKS[severityOf(b)] || (a.id < b.id ? -1 : 1);
export const isProblem = (camera: LiveCamera): boolean => RANKS[severityOf(camera)] < RANKS.medium;
