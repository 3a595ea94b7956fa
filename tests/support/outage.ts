import { type Effect, Unavailable } from '../../src/domain/shared/domain-error';

/** A database that can be taken away: then every question to a store behind it is refused. */
export class Outage {
  away = false;
  /** What a failed write leaves behind. */
  effect: Effect = 'not-started';

  over<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...input: unknown[]): unknown =>
          this.away
            ? Promise.reject(new Unavailable('database.unavailable', 'The database is away.', this.effect))
            : Reflect.apply(member, target, input);
      },
    });
  }
}
