import type { LookupAddress } from 'node:dns';
import { Undeliverable } from '../../src/application/alerts/alert-channel';
import { AddressPolicy, type Resolve, WebhookChannel } from '../../src/infrastructure/notify/webhook-channel';
import { type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver';

const NOTICE = {
  id: 1,
  rule_id: 1,
  camera_id: 'cam',
  alert_type: 'violation_threshold',
  timestamp: '2026-01-05T00:00:00.000Z',
  message: 'm',
  details: {},
};
const v4 = (address: string): LookupAddress => ({ address, family: 4 });

describe('webhook targets', () => {
  let inside: WebhookReceiver;
  let outside: WebhookReceiver;
  beforeEach(async () => {
    // The site allows the first; the second stands for everything inside that it does not.
    [outside, inside] = [await webhookReceiver('127.0.0.1'), await webhookReceiver('127.0.0.2')];
  });
  afterEach(async () => {
    await outside.close();
    await inside.close();
  });

  const send = (target: string, allow: readonly string[] = ['127.0.0.1'], resolve?: Resolve) => {
    const settings = { url: '', secret: 's', policy: new AddressPolicy(allow), withinMs: 2_000 };
    const channel = new WebhookChannel({ ...settings, ...(resolve ? { resolve } : {}) }, () => new Date());
    return channel.send({ channel: 'webhook', target, idempotencyKey: 'k', notice: NOTICE });
  };
  const refused = expect.objectContaining({ message: expect.stringContaining('WEBHOOK_ALLOW') });

  it('are reached where the site allows it', async () => {
    expect(await send(outside.url)).toBe('answered 200');
    expect(await send(outside.url, ['127.0.0.0/8'])).toBe('answered 200');
    expect(await send(`http://hooks.plant:${outside.port}/`, ['hooks.plant'], async () => [v4('127.0.0.1')])).toBe(
      'answered 200',
    );
    expect(outside.received).toHaveLength(3);
  });

  it.each([
    '127.0.0.2',
    '2130706434',
    '0x7f.2',
    '0177.0.0.2',
    '127.2',
    '[::ffff:127.0.0.2]',
    '[::ffff:7f00:2]',
    '0.0.0.0',
    '[::]',
    '[::1]',
    '169.254.169.254',
  ])('are refused as %s', async (host) => {
    await expect(send(`http://${host}:${inside.port}/`)).rejects.toEqual(refused);
    expect(inside.received).toEqual([]);
  });

  it('are refused as a name that leads inside', async () => {
    await expect(send(`http://localhost:${inside.port}/`, [])).rejects.toEqual(refused);
    await expect(send(`http://evil.example:${inside.port}/`, [], async () => [v4('127.0.0.2')])).rejects.toEqual(
      refused,
    );
    await expect(send(`http://evil.example:${inside.port}/`, [], async () => [v4('127.0.0.2')])).rejects.toBeInstanceOf(
      Undeliverable,
    );
    expect(inside.received).toEqual([]);
  });

  it('are refused after a redirection, too, by number or by name', async () => {
    const resolve: Resolve = async () => [v4('127.0.0.2')];
    for (const host of ['127.0.0.2', 'inside.example', '[::ffff:127.0.0.2]']) {
      outside.reaction = () => ({ redirect: `http://${host}:${inside.port}/secret` });
      await expect(send(outside.url, ['127.0.0.1'], resolve)).rejects.toEqual(refused);
    }
    expect(outside.received).toHaveLength(3);
    expect(inside.received).toEqual([]);
  });

  it('may redirect to where they may go, with the same request, but not for ever', async () => {
    outside.reaction = (nth) => (nth === 0 ? { redirect: '/moved' } : 204);
    expect(await send(outside.url)).toBe('answered 204');
    expect(outside.received.map((r) => r.path)).toEqual(['/hook', '/moved']);
    expect(outside.received[1]?.body).toBe(outside.received[0]?.body);
    outside.reaction = () => ({ redirect: '/again' });
    await expect(send(outside.url)).rejects.toThrow('more than 5 redirections');
  });

  it.each(['ftp://127.0.0.1/', 'http://user:pass@127.0.0.1/', 'file:///etc/passwd', 'http://'])(
    'are not followed to %s',
    async (redirect) => {
      outside.reaction = () => ({ redirect });
      await expect(send(outside.url)).rejects.toBeInstanceOf(Undeliverable);
    },
  );

  it('are what was checked: a name is asked for once, whatever it means a moment later', async () => {
    const answers = ['127.0.0.1', '127.0.0.2'];
    let asked = 0;
    const flips: Resolve = async () => [v4(answers[asked++] ?? '127.0.0.2')];
    const target = `http://flip.example:${outside.port}/`;
    expect(await send(target, ['127.0.0.1'], flips)).toBe('answered 200');
    expect(asked).toBe(1);
    await expect(send(target, ['127.0.0.1'], flips)).rejects.toEqual(refused);
    expect(inside.received).toEqual([]);
  });

  it('are only those addresses of a name that are permitted', async () => {
    const both: Resolve = async () => [v4('127.0.0.2'), v4('127.0.0.1')];
    expect(await send(`http://both.example:${outside.port}/`, ['127.0.0.1'], both)).toBe('answered 200');
    await expect(send(`http://both.example:${inside.port}/`, ['127.0.0.1'], both)).rejects.toThrow('ECONNREFUSED');
    expect(inside.received).toEqual([]);
  });

  it('that do not exist may exist later', async () => {
    const nowhere: Resolve = () =>
      Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    const sent = send('http://nowhere.example/', [], nowhere);
    await expect(sent).rejects.not.toBeInstanceOf(Undeliverable);
  });
});
