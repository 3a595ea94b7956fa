import { cameraView } from '../../../src/application/cameras/camera-view';
import type { JsonObject } from '../../../src/domain/shared/json';
import { remoteCamera } from '../../../src/infrastructure/legacy-remote/remote-cameras';

const ANSWERED = new Date('2025-11-03T10:00:00.000Z');
const seen = (entry: JsonObject) => cameraView(remoteCamera({ id: 'c', name: 'C', source: '0', ...entry }, ANSWERED));

describe('an entry of the old backend', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a number where text belongs', { id: 5, source: 0 }, { id: '5', source: '0' }],
    ['the old name of active', { enabled: false }, { active: false, enabled: false, status: 'inactive' }],
    ['active before enabled', { active: true, enabled: false }, { active: true }],
    ['a null of active, which counts as false', { enabled: null }, { active: false }],
    ['a null of another field, which is not set', { fps: null, location: null }, { fps: 25, location: 'unknown' }],
    ['a list as resolution', { resolution: [640, 360] }, { resolution: '640x360' }],
    ['keys of its own', { painted: null, mounted_by: 'Ali' }, { painted: null, mounted_by: 'Ali' }],
    ['numbers in env', { env: { A: 1 } }, { env: { A: '***' } }],
    ['what its domain path derived', { is_active: false }, { is_active: true }],
    [
      'times with a zone',
      { created_at: '2025-01-02T03:04:05+01:00', updated_at: '2025-01-02T03:04:05.123456' },
      { created_at: '2025-01-02T02:04:05.000Z', updated_at: '2025-01-02T03:04:05.123Z' },
    ],
    ['no times', {}, { created_at: ANSWERED.toISOString(), updated_at: ANSWERED.toISOString() }],
    ['times that are none', { created_at: 'yesterday' }, { created_at: ANSWERED.toISOString() }],
  ])('may hold %s', (_, entry, shown) => expect(seen(entry)).toMatchObject(shown));
});
