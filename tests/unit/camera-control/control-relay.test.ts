import type { CameraControlPort } from '../../../src/application/camera-control/camera-control-port';
import {
  ControlRelay,
  type ControlRequestQueue,
  type Whereabouts,
} from '../../../src/application/camera-control/control-relay';
import { DomainError, Unavailable, effectOf } from '../../../src/domain/shared/domain-error';
import { rememberingLog } from '../../support/quiet-log';

/** A site of one node, whose cameras this service controls or another one. */
const whereabouts = (controls: boolean): Whereabouts => ({
  node: 'here',
  controls: () => controls,
  shares: () => false,
  holds: () => controls,
  holders: async () => new Map(),
  place: async () => undefined,
});

const CAM = { camera_id: 'cam1' };

/** Answers every operation with its own name, and start as told. */
const port = (name: string, start: () => Promise<unknown> = async () => name): CameraControlPort =>
  new Proxy({} as CameraControlPort, {
    get: (_, method) => (method === 'start' ? start : async () => `${name} ${String(method)}`),
  });

describe('the relay of camera control', () => {
  const log = rememberingLog();

  /** Two services of a site, the other of which controls; what goes between them goes as text. */
  const asked = (there: CameraControlPort, controls = false): CameraControlPort => {
    const other = new ControlRelay(whereabouts(true), { ask: fail, take: (_, answer) => serve(answer) }, log);
    let serve: (answer: Parameters<ControlRequestQueue['take']>[1]) => Promise<void> = async () => undefined;
    const line: ControlRequestQueue = {
      take: fail,
      ask: (request) =>
        new Promise((resolve, reject) => {
          serve = async (answer) => resolve(JSON.parse(JSON.stringify(await answer(request))));
          other.serve({ domain: there, legacy: port('legacy there') }).catch(reject);
        }),
    };
    return new ControlRelay(whereabouts(controls), line, log).over('domain', port('here'));
  };
  const fail = () => Promise.reject(new Error('nobody asks this one'));
  const failure = async (error: Error): Promise<unknown> => {
    const start = async () => {
      throw error;
    };
    try {
      return await asked(port('there', start)).start(CAM);
    } catch (thrown) {
      return thrown;
    }
  };

  it('asks the service that controls, on the same path', async () => {
    expect(await asked(port('there')).start(CAM)).toBe('there');
    expect(await asked(port('there')).logs({ ...CAM, lines: 5 })).toBe('there logs');
  });

  it('asks nobody while this service controls', async () => {
    expect(await asked(port('there'), true).start(CAM)).toBe('here');
  });

  it('asks nobody what every service can do', async () => {
    expect(await asked(port('there')).preview(CAM)).toBe('here preview');
    expect(await asked(port('there')).activate(CAM)).toBe('here activate');
  });

  it('hands on a refusal as it is', async () => {
    const refusal = new DomainError('camera.not_found', 'There is none.', { extra: { hint: 1 } });
    expect(await failure(refusal)).toMatchObject({
      kind: 'not-found',
      code: 'camera.not_found',
      message: 'There is none.',
      details: { extra: { hint: 1 } },
    });
  });

  it('hands on what a failure left behind, for a write is repeated only where nothing was', async () => {
    expect(effectOf(await failure(new Unavailable('database.unavailable', 'gone', 'rolled-back')))).toBe('rolled-back');
    expect(effectOf(await failure(new Error('surprise')))).toBe('unknown');
    expect(log.lines).toEqual([expect.stringContaining('surprise')]);
  });
});
