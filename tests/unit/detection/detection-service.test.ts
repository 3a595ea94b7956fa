import type { Look, LookRequest } from '../../../src/application/detection/person-finder';
import { type DetectionParts, DetectionService } from '../../../src/application/detection/detection-service';
import { eventTypeOf, zonesInFile } from '../../../src/application/detection/findings';
import { SceneWatch } from '../../../src/application/detection/scene-watch';
import { person } from './people';

const picture = { width: 128, height: 64, rgb: new Uint8Array(128 * 64 * 3) };
const REGIONS = [
  {
    id: 'machine',
    region_type: 'restricted',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
    rules: { required_behaviors: ['hairnet'] },
  },
];

/** A film of so many pictures, three a second. */
async function* film(n: number) {
  for (let i = 0; i < n; i += 1) yield { picture, at: i / 3 };
}

const seeing = (look: (request: LookRequest) => Look) => ({
  looker: { look: async (newest: () => LookRequest) => look(newest()) },
  close: () => undefined,
});
const standing = (): Look => ({ sightings: [person(0.8, 0.5)], model: 'drawn', labels: [] });

function service(parts: Partial<DetectionParts> = {}): DetectionService {
  return new DetectionService({
    camera: async (id) => (id === 'gate' ? { source: 'gate.avi', env: {} } : undefined),
    regions: async () => ({ regions: REGIONS, canvas: {} }),
    seen: async () => undefined,
    detector: () => ({ state: 'running' }),
    looker: async () => seeing(standing),
    film: (name) => (name === 'none' ? undefined : film(9)),
    jpeg: async () => Uint8Array.of(1, 2, 3),
    ...parts,
  });
}

describe('what is seen of persons', () => {
  it('is null, not none, while no worker says it', async () => {
    const seen = await service().detection({ camera_id: 'gate' });
    expect(seen).toMatchObject({ persons: null, hairnets: null, boxes: [], looks: { wanted: 0, served: 0 } });
    expect(seen.not_evaluated).toEqual([expect.stringContaining('"hairnet" in the region "machine" is not evaluated')]);
  });

  it('is null also of a worker that has no detector, which counts none', async () => {
    const seen = async () => ({ detections: { persons: 0, hairnets: 0, handwash: 0 } });
    expect(await service({ seen }).detection({ camera_id: 'gate' })).toMatchObject({ persons: null, hairnets: null });
  });

  it('is what the worker says', async () => {
    const detection = { looks: { wanted: 9, served: 8 }, boxes: [{ track: 1 }], model: 'drawn', not_evaluated: [] };
    const seen = async () => ({ detections: { persons: 2, hairnets: null, handwash: 0 }, detection });
    expect(await service({ seen }).detection({ camera_id: 'gate' })).toMatchObject({
      persons: 2,
      hairnets: null,
      looks: { wanted: 9, served: 8 },
      detector: { model: 'drawn' },
      not_evaluated: [],
    });
  });
});

describe('a dry run', () => {
  const run = (one = service(), film = 'some') => one.dryRun({ camera_id: 'gate', film, seconds: 60 });

  it('gives the findings with their pictures', async () => {
    const { findings, persons } = await run();
    expect(persons).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({ rule: 'restricted', event_type: 'RESTRICTED_ENTERED', picture: 'AQID' }),
    ]);
  });

  it('ends after as many seconds as it is to look at', async () => {
    expect((await service().dryRun({ camera_id: 'gate', seconds: 1 })).looks.served).toBe(4);
  });

  it('is one at a time', async () => {
    const one = service();
    const first = run(one);
    await expect(run(one)).rejects.toMatchObject({ code: 'detection.busy' });
    await first;
    await run(one);
  });

  it('fails with whoever looks, and may be tried again', async () => {
    let failing = true;
    const one = service({
      looker: async () =>
        seeing((request) => {
          if (failing) throw new Error('no detector');
          return { ...standing(), model: String(request.weight) };
        }),
    });
    await expect(run(one)).rejects.toThrow('no detector');
    failing = false;
    expect((await run(one)).findings).toHaveLength(1);
  });

  it('is of a film that is there, and of a camera that is there', async () => {
    await expect(run(service(), 'none')).rejects.toMatchObject({ code: 'detection.film_not_found' });
    await expect(service().dryRun({ camera_id: 'none', seconds: 1 })).rejects.toMatchObject({
      code: 'camera.not_found',
    });
  });
});

describe('a watched scene', () => {
  it('is looked at in its newest picture only, when its turn comes', async () => {
    const turns: (() => void)[] = [];
    const looked: number[] = [];
    const finder = {
      look: (newest: () => LookRequest) =>
        new Promise<Look>((resolve) => turns.push(() => (newest(), resolve(standing())))),
    };
    const watch = new SceneWatch(finder, () => [], {
      saw: ({ at }) => looked.push(at),
      couldNot: (why) => {
        throw why;
      },
    });
    const done = [0, 1, 2, 3].map((at) => watch.offer(picture, at / 10));
    turns.shift()?.();
    await Promise.all(done);
    expect(looked).toEqual([0.3]);
    expect(watch.looks).toEqual({ wanted: 4, served: 1 });
  });
});

describe('the regions file', () => {
  it('gives zones, without the regions that have faults', () => {
    const text = JSON.stringify({
      regions: [...REGIONS.map(({ id, ...more }) => ({ region_id: id, ...more })), { id: 7 }],
    });
    expect(zonesInFile(text, 'gate').zones.map(({ id }) => id)).toEqual(['machine']);
    expect(() => zonesInFile('{', 'gate')).toThrow('the regions file is not valid');
  });

  it('makes events of what was broken, none of what nobody knows', () => {
    const finding = { zoneId: 'a', trackId: 1, at: 0, facts: {} };
    expect(eventTypeOf({ ...finding, rule: 'drying', outcome: 'broken' })).toBe('SKIP_DRYING');
    expect(eventTypeOf({ ...finding, rule: 'drying', outcome: 'unknown' })).toBeUndefined();
    expect(eventTypeOf({ ...finding, rule: 'hands', outcome: 'held' })).toBe('HANDWASHING_ACTIVE');
  });
});
