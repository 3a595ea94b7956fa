import { randomUUID } from 'node:crypto';
import { Unavailable, effectOf, withEffect } from '../../domain/shared/domain-error';
import type { CameraUnitOfWork, LockedSite } from './camera-unit-of-work';
import type { ConfigHead } from './config-head';
import type { ConfigSettling } from './config-settling';

type Change = (site: LockedSite, token: string) => Promise<ConfigHead>;

const TRIES = 10;

/** Makes sure that a change of the configuration is answered truthfully, also when the database goes away at COMMIT. */
export class ConfigOutcomes {
  constructor(
    private readonly unit: CameraUnitOfWork,
    private readonly settling: ConfigSettling,
    private readonly pause: () => Promise<void>,
  ) {}

  /**
   * Runs a change under the lock. Whatever it throws says what was left behind (`effectOf`). `takeBack` undoes, under the
   * lock, what the change did outside the database, once it is certain that the database did not take it.
   */
  async surely(change: Change, takeBack: () => Promise<void>): Promise<ConfigHead> {
    const token = randomUUID();
    try {
      return await this.unit.exclusively((site) => change(site, token));
    } catch (error) {
      if (effectOf(error) !== 'unknown') throw withEffect(error, 'rolled-back');
      return this.findOut(token, error, takeBack);
    }
  }

  /** Getting the lock means that the lost session has ended: its revision is there now, or never will be. */
  private async findOut(token: string, lost: unknown, takeBack: () => Promise<void>): Promise<ConfigHead> {
    for (let i = 0; i < TRIES; i++) {
      await this.pause();
      try {
        return await this.unit.exclusively((site) => this.look(site, token, takeBack));
      } catch (error) {
        const effect = effectOf(error);
        if (effect === 'committed' || effect === 'rolled-back') throw error;
      }
    }
    throw lost;
  }

  private async look(site: LockedSite, token: string, takeBack: () => Promise<void>): Promise<ConfigHead> {
    if (!(await site.revisions.withToken(token))) {
      await takeBack();
      const message = 'The database went away before the change was stored; nothing was changed. Try again.';
      throw new Unavailable('database.unavailable', message, 'rolled-back');
    }
    const { head } = await this.settling.settle(site).catch((error: unknown) => {
      const message = 'The change is stored, but the cameras file could not be brought up to it; that is tried again.';
      throw new Unavailable('camera_config.file_stale', message, 'committed', error);
    });
    if (!head) throw new Error('a stored revision has no head');
    return head;
  }
}
