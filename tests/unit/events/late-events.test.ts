import { type IncomingEvent, type Tenure, withoutLate } from '../../../src/application/events/event-intake';
import type { Detection } from '../../../src/domain/events/detection';

const event = (cameraId: string, ts: number): IncomingEvent => ({
  event: { id: `${cameraId}-${ts}`, externalId: null, ts, type: 'seen', cameraId, trackId: null, evidence: null },
});
const report = (cameraId: string, ts: number) => ({ id: `${ts}`, cameraId, ts, frames: 1 }) as Detection;
const kept = (events: readonly IncomingEvent[], tenures: readonly Tenure[]) =>
  withoutLate({ events, detections: [] }, tenures).events.map(({ event: { ts } }) => ts);

describe('what a node recorded of a camera that it had lost', () => {
  const lost = { camera: 'c1', from: 100, until: 130 };

  it('is counted up to the end of its lease, and not later', () => {
    expect(kept([event('c1', 110), event('c1', 130), event('c1', 130.5)], [lost])).toEqual([110, 130]);
  });

  it('is counted again from when it has the camera again', () => {
    const tenures = [lost, { camera: 'c1', from: 200, until: null }];
    expect(kept([event('c1', 150), event('c1', 199), event('c1', 200), event('c1', 300)], tenures)).toEqual([200, 300]);
  });

  it('is counted of the time before it had the camera by row, and of other cameras', () => {
    expect(kept([event('c1', 50), event('c2', 500)], [lost])).toEqual([50, 500]);
  });

  it('is rejected with the reason, reports as well', () => {
    const { detections, late } = withoutLate({ events: [event('c1', 131)], detections: [report('c1', 140)] }, [lost]);
    expect(detections).toEqual([]);
    expect(late).toEqual([
      { why: expect.stringContaining('lost the camera'), line: expect.stringContaining('"seen"') },
      { why: expect.stringContaining('lost the camera'), line: expect.stringContaining('140') },
    ]);
  });
});
