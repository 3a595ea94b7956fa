import type { SessionStore } from '../../src/application/access/authenticator';
import type { Session } from '../../src/domain/access/api-token';

/** Sessions without a database. */
export class InMemorySessions implements SessionStore {
  private sessions: Session[] = [];

  async all(now: Date): Promise<Session[]> {
    return this.sessions.filter(({ expiresAt }) => expiresAt > now);
  }

  async add(session: Session, most: number): Promise<void> {
    const current = this.sessions.filter(({ expiresAt }) => expiresAt > session.createdAt);
    const [own, others] = [
      current.filter(({ tokenId }) => tokenId === session.tokenId),
      current.filter(({ tokenId }) => tokenId !== session.tokenId),
    ];
    const newest = own.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).slice(0, most - 1);
    this.sessions = [...others, ...newest, session];
  }

  async extend(times: ReadonlyMap<string, Date>): Promise<void> {
    this.sessions = this.sessions.map((session) => {
      const at = times.get(session.hash);
      return at && at > session.expiresAt ? { ...session, expiresAt: at } : session;
    });
  }

  async remove(hash: string): Promise<void> {
    this.sessions = this.sessions.filter((session) => session.hash !== hash);
  }
}
