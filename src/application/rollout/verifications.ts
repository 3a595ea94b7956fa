import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/shared/domain-error';
import { verificationId } from '../../domain/shared/verification';
import type { VerificationView } from './group-overview';

export interface VerificationStore {
  /** Creates a violation for the verification where one is wanted. */
  begin(id: string, group: string, options: { leaseSeconds: number; violation: boolean }): Promise<VerificationView>;
  find(id: string): Promise<VerificationView | undefined>;
  /** Removes everything with its id except a camera. */
  clear(id: string): Promise<void>;
  /** Ends its time. */
  expire(id: string): Promise<void>;
  /** Those whose time is over. */
  expired(): Promise<readonly string[]>;
  /** Deletes it once no call that began in its time can still be in progress. */
  forget(id: string): Promise<void>;
}

/** Verifications in progress. What a verification made is removed at its end, or when its time is over. */
export class Verifications {
  constructor(
    private readonly store: VerificationStore,
    private readonly removeCamera: (id: string) => Promise<unknown>,
  ) {}

  begin(group: string, leaseSeconds: number): Promise<VerificationView> {
    const id = verificationId(randomBytes(4).toString('hex'));
    return this.store.begin(id, group, { leaseSeconds, violation: group === 'violation-status' });
  }

  /** Throws `rollout.verification_not_found`. */
  async find(id: string): Promise<VerificationView> {
    const found = await this.store.find(id);
    if (!found)
      throw new DomainError('rollout.verification_not_found', `There is no verification "${id}" under way.`, {
        params: { id },
      });
    return found;
  }

  async end(id: string): Promise<void> {
    await this.find(id);
    await this.clear(id);
    await this.store.expire(id);
  }

  async endExpired(): Promise<void> {
    for (const id of await this.store.expired()) {
      await this.clear(id);
      await this.store.forget(id);
    }
  }

  private async clear(id: string): Promise<void> {
    await this.removeCamera(id).catch((error: unknown) => {
      if (!(error instanceof DomainError && error.code === 'camera.not_found')) throw error;
    });
    await this.store.clear(id);
  }
}
