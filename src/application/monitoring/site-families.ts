import type { MetricFamily, MetricSample } from './metric-family';

export interface CameraCounts {
  readonly id: string;
  readonly state: string;
  readonly restarts: number;
  /** Of all its processes since this service started. */
  readonly frames: number;
}

export interface DeliveryCount {
  readonly channel: string;
  readonly status: string;
  readonly count: number;
}

/** What this process knows, or can ask the site, besides requests. */
export interface SiteFigures {
  readonly intake: () => {
    readonly stored: number;
    readonly duplicates: number;
    readonly rejected: number;
    readonly lagBytes: number;
  };
  readonly cameras: () => Promise<readonly CameraCounts[]>;
  readonly deliveries: () => Promise<readonly DeliveryCount[]>;
}

/** Bounded by the number of cameras and of channels. */
export function siteFamilies({ intake, cameras, deliveries }: SiteFigures): MetricFamily[] {
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    samples: () => Promise<readonly MetricSample[]>,
  ): MetricFamily => ({ name: `watchgate_${name}`, type, help, samples });
  const one = (value: number): MetricSample[] => [{ labels: {}, value }];
  const perCamera = (value: (c: CameraCounts) => number) => async () =>
    (await cameras()).map((c) => ({ labels: { camera: c.id }, value: value(c) }));
  return [
    family('events_stored_total', 'counter', 'Events this service took in', async () => one(intake().stored)),
    family('events_duplicate_total', 'counter', 'Events that were known already', async () => one(intake().duplicates)),
    family('events_rejected_total', 'counter', 'Lines of the journal set aside', async () => one(intake().rejected)),
    family('journal_lag_bytes', 'gauge', 'Journal not taken in at the last look', async () => one(intake().lagBytes)),
    family(
      'camera_frames_total',
      'counter',
      'Frames of a camera since this service started',
      perCamera((c) => c.frames),
    ),
    family(
      'camera_restarts_total',
      'counter',
      'Restarts that nobody asked for',
      perCamera((c) => c.restarts),
    ),
    family('camera_state', 'gauge', '1 for the state a camera is in', async () =>
      (await cameras()).map(({ id, state }) => ({ labels: { camera: id, state }, value: 1 })),
    ),
    family('alert_deliveries', 'gauge', 'Deliveries of alerts that are kept, by channel and status', async () =>
      (await deliveries()).map(({ channel, status, count }) => ({ labels: { channel, status }, value: count })),
    ),
  ];
}
