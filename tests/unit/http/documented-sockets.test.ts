import Ajv from 'ajv/dist/2020';
import { openApi } from '../../../src/api/http/openapi';
import { socketsOf } from '../../../src/api/http/openapi-view';
import type { LiveClient, LiveSockets } from '../../../src/infrastructure/notify/live-sockets';
import { LIVE_PATH } from '../../../src/infrastructure/notify/live-feed';
import { EVENTS_PATH, LiveEvents, LiveStatus, STATUS_PATH } from '../../../src/infrastructure/notify/live-topics';
import { eventually } from '../../support/eventually';

const ajv = new Ajv({ strict: false, allErrors: true });
const documented = new Map(socketsOf(openApi([])));

/** Which of the messages that the document names an answer is; throws where it is none. */
function kindOf(path: string, message: unknown): string {
  const kinds = documented.get(path)?.receives ?? [];
  const found = kinds.filter(({ schema }) => ajv.validate(schema, JSON.parse(JSON.stringify(message))));
  if (found.length !== 1) throw new Error(`${found.length} kinds of message at ${path}: ${JSON.stringify(message)}`);
  return found[0]!.summary;
}

const listening = (path: string) => {
  const sent: object[] = [];
  const send = (message: object) => void sent.push(message);
  const client: LiveClient = { query: new URLSearchParams(), send, waiting: () => 0, write: () => undefined };
  const sockets = { at: (where: string) => (where === path ? [client] : []) } as unknown as LiveSockets;
  return { sent, client, sockets: () => sockets };
};

describe('the web sockets of the API document', () => {
  it('are the ones there are, and their examples are what they describe', () => {
    expect([...documented.keys()].sort()).toEqual([EVENTS_PATH, LIVE_PATH, STATUS_PATH]);
    for (const [path, { receives, sends }] of documented) {
      for (const { example, summary } of receives) expect(kindOf(path, example)).toBe(summary);
      for (const { example, schema } of sends) expect(ajv.validate(schema, example)).toBe(true);
    }
    expect(() => kindOf(EVENTS_PATH, { type: 'none' })).toThrow('0 kinds of message');
  });

  it('say what is sent of events and alerts', async () => {
    const { sent, sockets } = listening(EVENTS_PATH);
    const line = { ts: 1, type: 'x', camera_id: 'gate', track_id: null, evidence: { region: 'sink' } };
    let seq = 0;
    const live = new LiveEvents(
      { newest: async () => 0, after: async (after) => (after === 0 ? [{ seq: ++seq, line }] : []) },
      sockets,
    );
    await live.look();
    live.alert(JSON.stringify({ alert_type: 'camera_down', camera_id: 'gate' }));
    live.ping();
    expect(sent.map((message) => kindOf(EVENTS_PATH, message).split(' ').slice(0, 2).join(' '))).toEqual([
      'An event',
      'An alert',
      'Every two',
    ]);
  });

  it('say what is sent of cameras', async () => {
    const { sent, client, sockets } = listening(STATUS_PATH);
    let frames = 1;
    const status = new LiveStatus(async () => new Map([['gate', { total_frames: frames }]]), sockets);
    status.join(client);
    await eventually(() => expect(sent).toHaveLength(1));
    frames = 2;
    await status.look();
    expect(sent.map((message) => kindOf(STATUS_PATH, message).split(':')[0])).toEqual([
      'At first',
      'Then, at most once a second',
    ]);
  });
});
