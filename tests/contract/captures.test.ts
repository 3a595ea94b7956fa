import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaptureStore } from '../../src/application/records/violation-pictures';
import { DiskCaptures } from '../../src/infrastructure/files/disk-captures';
import { InMemoryCaptures } from '../support/in-memory-captures';
import { temporaryDirectory } from '../support/temporary-directory';

const AT = Date.parse('2030-01-01T00:00:05Z');

interface Workshop {
  readonly captures: CaptureStore;
  /** The worker of a camera takes a picture. */
  readonly take: (camera: string, at: number) => void;
  /** The worker removes what is old. */
  readonly forget: (camera: string, at: number) => void;
}

function onDisk(): Workshop & { readonly disk: DiskCaptures; readonly dir: string } {
  const dir = temporaryDirectory();
  const times = new Map<string, Set<number>>();
  const file = (camera: string, at: number) => path.join(dir, camera, `${at}.jpg`);
  const all = async (camera: string) => [...(times.get(camera) ?? [])];
  const disk = new DiskCaptures({ folder: path.join(dir, 'captures'), days: 2, megabytes: 1 }, { all, file });
  return {
    disk,
    dir,
    captures: disk,
    take: (camera, at) => {
      mkdirSync(path.join(dir, camera), { recursive: true });
      writeFileSync(file(camera, at), `${camera} at ${at}`);
      times.set(camera, (times.get(camera) ?? new Set()).add(at));
    },
    forget: (camera, at) => {
      rmSync(file(camera, at));
      times.get(camera)?.delete(at);
    },
  };
}

function inMemory(): Workshop {
  const workers = new Map<string, Map<number, Uint8Array>>();
  return {
    captures: new InMemoryCaptures(workers),
    take: (camera, at) =>
      void workers.set(
        camera,
        (workers.get(camera) ?? new Map<number, Uint8Array>()).set(at, Buffer.from(`${camera} at ${at}`)),
      ),
    forget: (camera, at) => void workers.get(camera)?.delete(at),
  };
}

describe.each([
  ['on disk', onDisk],
  ['in memory', inMemory],
])('pictures of violations %s', (_where, open) => {
  const moment = (violationId: number, at = AT) => ({ violationId, cameraId: 'gate', at: new Date(at) });

  it('are those around the moment, and stay when the worker removes its own', async () => {
    const { captures, take, forget } = open();
    for (const after of [-3_000, -1_900, 0, 200]) take('gate', AT + after);
    take('dock', AT);
    expect(await captures.keep(moment(1), 2_000)).toBe(3);
    take('gate', AT + 1_800);
    forget('gate', AT);
    expect(await captures.keep(moment(1), 2_000)).toBe(4);
    expect(await captures.times(moment(1))).toEqual([AT - 1_900, AT, AT + 200, AT + 1_800]);
    expect(String(Buffer.from((await captures.read(moment(1), AT))!))).toBe(`gate at ${AT}`);
  });

  it('are none where the camera had none', async () => {
    const { captures } = open();
    expect([await captures.keep(moment(1), 2_000), await captures.times(moment(1))]).toEqual([0, []]);
    expect(await captures.read(moment(1), AT)).toBeUndefined();
  });
});

describe('the folder of pictures', () => {
  const DAY = 86_400_000;
  const keep = async (workshop: ReturnType<typeof onDisk>, id: number, at: number) => {
    workshop.take('gate', at);
    await workshop.captures.keep({ violationId: id, cameraId: 'gate', at: new Date(at) }, 10);
  };
  const has = async ({ disk }: ReturnType<typeof onDisk>, id: number, at: number) =>
    (await disk.times({ violationId: id, cameraId: 'gate', at: new Date(at) })).length > 0;

  it('loses what is older than its days', async () => {
    const workshop = onDisk();
    await keep(workshop, 1, AT - 3 * DAY);
    await keep(workshop, 2, AT - DAY);
    expect(await workshop.disk.prune(new Date(AT))).toBe(1);
    expect([await has(workshop, 1, AT - 3 * DAY), await has(workshop, 2, AT - DAY)]).toEqual([false, true]);
  });

  it('loses its oldest when there is too much', async () => {
    const workshop = onDisk();
    const big = 'x'.repeat(400_000);
    for (const [id, at] of [
      [1, AT - DAY],
      [2, AT - 3_000],
      [3, AT - 2_000],
      [4, AT],
    ] as const) {
      await keep(workshop, id, at);
      writeFileSync(path.join(workshop.dir, 'gate', `${at}.jpg`), big);
    }
    expect(await workshop.disk.prune(new Date(AT))).toBe(2);
    expect(await has(workshop, 4, AT)).toBe(true);
    expect(await has(workshop, 1, AT - DAY)).toBe(false);
  });

  it('is for this user alone', async () => {
    const workshop = onDisk();
    await keep(workshop, 1, AT);
    expect(statSync(path.join(workshop.dir, 'captures')).mode & 0o777).toBe(0o700);
  });
});
