import { type OldAnswer, readAnswer } from '../../../src/infrastructure/legacy-remote/old-backend-answer';
import { cameraRefusal } from '../../../src/infrastructure/legacy-remote/remote-cameras';

const refusal = (status: number, detail: OldAnswer['body'][string]) =>
  cameraRefusal({ status, body: { detail } }, 'c1');

describe('a refusal of the old backend', () => {
  it.each<[number, string, string, string]>([
    [404, 'Camera not found', 'not-found', 'camera.not_found'],
    [404, '摄像头不存在: c1', 'not-found', 'camera.not_found'],
    [409, 'Camera id already exists', 'conflict', 'camera.exists'],
    [409, '摄像头ID已存在: c1', 'conflict', 'camera.exists'],
    [400, 'Missing field: source', 'invalid', 'camera.invalid'],
    [409, '缺少必填字段: source', 'invalid', 'camera.invalid'],
    [400, 'INSERT INTO secrets', 'invalid', 'camera.invalid'],
  ])('%i %j is %s, %s', (status, detail, kind, code) => {
    const error = refusal(status, detail);
    expect(error).toMatchObject({ kind, code });
    expect(error.message).not.toContain('INSERT');
  });

  it('names the missing field, whichever status it came with', () => {
    for (const error of [refusal(400, 'Missing field: source'), refusal(409, '缺少必填字段: source')])
      expect(error.details.faults).toEqual([{ path: ['source'], type: 'missing', message: 'source is required' }]);
  });

  it('keeps place and type of every fault of a validation, and neither its text nor its input', () => {
    const error = refusal(422, [
      { type: 'dict_type', loc: ['body'], msg: 'geheim', input: 'geheim' },
      { type: 'int_parsing', loc: ['body', 'fps', 0], msg: 'geheim', input: 'geheim' },
      { type: 'a "geheim"', loc: ['body', 'ge heim'] },
      'geheim',
    ]);
    expect(error.details.faults).toMatchObject([
      { path: [], type: 'dict_type' },
      { path: ['fps', 0], type: 'int_parsing' },
      { path: [], type: 'refused' },
      { path: [], type: 'refused' },
    ]);
    expect(JSON.stringify([error.message, error.details])).not.toContain('heim');
  });
});

describe('what is no answer of an operation', () => {
  it.each<[string, number, string, string, string]>([
    ['a guard that refuses', 400, '{"error":"请求被拒绝"}', 'legacy.failed', 'not-started'],
    ['a guard that bans', 403, '{"error":"访问被拒绝"}', 'legacy.failed', 'not-started'],
    ['a path that is not there', 404, '{"detail":"Not Found"}', 'legacy.failed', 'not-started'],
    ['a verb that is not there', 405, '{"detail":"Method Not Allowed"}', 'legacy.failed', 'not-started'],
    ['a redirection', 307, '{}', 'legacy.failed', 'unknown'],
    ['a page of a proxy', 502, '<html>', 'legacy.failed', 'unknown'],
    ['another page', 404, '<html>', 'legacy.unreadable', 'unknown'],
    ['a list', 200, '[]', 'legacy.unreadable', 'unknown'],
    ['nothing', 200, '', 'legacy.unreadable', 'unknown'],
  ])('%s is unavailable', (_, status, text, code, effect) => {
    expect(() => readAnswer(status, text, 'unknown')).toThrow(expect.objectContaining({ code, effect }));
  });
});
