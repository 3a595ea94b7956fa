import { Delivery, MOST_ATTEMPTS, deliveryStatuses } from '../../../src/domain/alerts/delivery';

const queued = (attempts: number) => Delivery.restore(7, 'queued', attempts);
const MEAN = 0.5;

describe('a delivery', () => {
  it('is delivered by an attempt that arrives', () => {
    expect(queued(3).succeed()).toMatchObject({ status: 'delivered', attempts: 3, waitMs: 0 });
  });

  it('waits longer after every attempt that fails, and is dead after the last', () => {
    const attempts = Array.from({ length: MOST_ATTEMPTS }, (_, i) => queued(i + 1).fail(false, MEAN));
    expect(attempts.map(({ status }) => status)).toEqual([...Array(MOST_ATTEMPTS - 1).fill('queued'), 'dead']);
    expect(attempts.map(({ waitMs }) => waitMs / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 0]);
  });

  it('waits a fifth more or less by chance', () => {
    expect([0, 1].map((chance) => queued(1).fail(false, chance).waitMs)).toEqual([800, 1_200]);
  });

  it('is dead at once where trying again is in vain', () => {
    expect(queued(1).fail(true, MEAN)).toMatchObject({ status: 'dead', waitMs: 0 });
  });

  it('begins anew when it is revived', () => {
    const revived = queued(MOST_ATTEMPTS).fail(false, MEAN).revive();
    expect(revived).toEqual(queued(0));
  });

  it.each(deliveryStatuses.filter((status) => status !== 'dead'))('cannot be revived while it is %s', (status) => {
    expect(() => Delivery.restore(7, status, 1).revive()).toThrow(
      expect.objectContaining({
        code: 'alert_delivery.not_dead',
        message: `Delivery 7 is ${status}: only one that was given up is tried again.`,
      }),
    );
  });

  it.each(deliveryStatuses.filter((status) => status !== 'queued'))('is not attempted once it is %s', (status) => {
    const ended = Delivery.restore(7, status, 1);
    expect(() => ended.succeed()).toThrow(status);
    expect(() => ended.fail(false, MEAN)).toThrow(status);
  });
});
