const answers = new WeakSet<object>();

/** Whether several callers may get this very object, which therefore must not be changed. */
export const isShared = (answer: object): boolean => answers.has(answer);

interface Round {
  readonly answer: Promise<unknown>;
  /** The next read, which begins once this one is answered, for callers that arrived meanwhile. */
  next?: Promise<unknown>;
}

/** Reads of a port whose result depends on their input alone. */
type Reads<P> = { [K in keyof P]: P[K] extends (input: never) => Promise<unknown> ? K : never }[keyof P] & string;

/**
 * The same port, whose concurrent equal reads share one call. A caller that arrives while a read is in progress gets
 * the next one, which begins when that one has ended: no caller gets an answer that was begun before its request. So
 * many dashboards that poll the same data cost as much as one.
 */
export function sharingReads<P extends object>(port: P, reads: readonly Reads<P>[]): P {
  const sharing = Object.create(port) as Record<string, unknown>;
  for (const name of reads) {
    const read = (port[name] as (input: object) => Promise<unknown>).bind(port);
    const rounds = new Map<string, Round>();
    sharing[name] = (input: object) => ask(rounds, JSON.stringify(input), () => read(input));
  }
  return sharing as P;
}

function ask(rounds: Map<string, Round>, key: string, read: () => Promise<unknown>): Promise<unknown> {
  const running = rounds.get(key);
  if (!running) return begin(rounds, key, read);
  running.next ??= running.answer.then(
    () => begin(rounds, key, read),
    () => begin(rounds, key, read),
  );
  return running.next;
}

function begin(rounds: Map<string, Round>, key: string, read: () => Promise<unknown>): Promise<unknown> {
  const round: Round = { answer: read() };
  rounds.set(key, round);
  const end = () => {
    if (rounds.get(key) === round && !round.next) rounds.delete(key);
  };
  round.answer.then((answer) => {
    if (typeof answer === 'object' && answer !== null) answers.add(answer);
    end();
  }, end);
  return round.answer;
}
