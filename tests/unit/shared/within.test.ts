import { within } from '../../../src/application/shared/within';

const never = new Promise<string>(() => undefined);

describe('work within its time', () => {
  it('gives what it gives, or fails as it fails', async () => {
    await expect(within(1_000, Promise.resolve('done'), () => 'late')).resolves.toBe('done');
    await expect(within(1_000, Promise.reject(new Error('broken')), () => 'late')).rejects.toThrow('broken');
  });

  it('is given up when it takes too long, by an answer or an error', async () => {
    await expect(within(5, never, () => 'late')).resolves.toBe('late');
    const late = () => {
      throw new Error('too late');
    };
    await expect(within(5, never, late)).rejects.toThrow('too late');
  });

  it('is ignored when it fails after it was given up, and leaves no timer when it is in time', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<string>((_, reject) => (fail = reject));
    await expect(within(5, work, () => 'late')).resolves.toBe('late');
    fail(new Error('nobody listens'));
    const cleared = jest.spyOn(global, 'clearTimeout');
    await within(60_000, Promise.resolve(1), () => 2);
    expect(cleared).toHaveBeenCalledTimes(1);
    cleared.mockRestore();
  });
});
