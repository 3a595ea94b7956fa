import { isShared, sharingReads } from '../../../src/application/shared/shared-reads';

/** A port whose answers are given by hand. */
class Desk {
  readonly asked: { question: string; answer: (value: object) => void; refuse: (error: Error) => void }[] = [];

  read({ question }: { question: string }): Promise<object> {
    return new Promise((answer, refuse) => this.asked.push({ question, answer, refuse }));
  }

  write(_: object): Promise<object> {
    return Promise.resolve(this);
  }
}

const settled = () => new Promise(setImmediate);

describe('reads that are shared', () => {
  let desk: Desk;
  let port: Desk;

  beforeEach(() => {
    desk = new Desk();
    port = sharingReads(desk, ['read']);
  });

  it('are begun after everybody came who is answered by them', async () => {
    const first = port.read({ question: 'a' });
    const late = [port.read({ question: 'a' }), port.read({ question: 'a' })];
    await settled();
    expect(desk.asked).toHaveLength(1);
    desk.asked[0]!.answer({ n: 1 });
    expect(await first).toEqual({ n: 1 });
    await settled();
    expect(desk.asked).toHaveLength(2);
    const later = port.read({ question: 'a' });
    desk.asked[1]!.answer({ n: 2 });
    const [one, other] = await Promise.all(late);
    expect(one).toEqual({ n: 2 });
    expect(other).toBe(one);
    expect(isShared(one!)).toBe(true);
    await settled();
    expect(desk.asked).toHaveLength(3);
    desk.asked[2]!.answer({ n: 3 });
    expect(await later).toEqual({ n: 3 });
  });

  it('are those of the same question only, and leave nothing behind', async () => {
    void port.read({ question: 'a' });
    void port.read({ question: 'b' });
    expect(desk.asked.map(({ question }) => question)).toEqual(['a', 'b']);
    desk.asked.forEach(({ answer }) => answer({}));
    await settled();
    void port.read({ question: 'a' });
    expect(desk.asked).toHaveLength(3);
  });

  it('go on after one that failed, which fails for those who were to be answered by it', async () => {
    const first = port.read({ question: 'a' });
    const second = port.read({ question: 'a' });
    desk.asked[0]!.refuse(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await settled();
    desk.asked[1]!.answer({ n: 2 });
    expect(await second).toEqual({ n: 2 });
  });

  it('are no concern of the other operations', async () => {
    expect(await port.write({})).toBe(port);
  });
});
