import type { Camera } from '../../domain/cameras/camera';
import type { CameraConfigRevision } from '../../domain/cameras/camera-config-revision';
import type { CameraTables } from './camera-unit-of-work';

/** The newest committed configuration. */
export interface ConfigHead {
  readonly revision: CameraConfigRevision;
  readonly cameras: readonly Camera[];
  readonly text: string;
}

/** What the file is known to hold. */
export interface OnDisk {
  readonly text: string;
  readonly sha256: string;
}

export const onDisk = ({ text, revision }: ConfigHead): OnDisk => ({ text, sha256: revision.sha256 });

/** Remembers the newest head, so that a write need not read all cameras and the text again. */
export class ConfigHeads {
  private known?: ConfigHead;

  /** As this process last saw it; undefined before it has looked. */
  get newest(): ConfigHead | undefined {
    return this.known;
  }

  remember(head: ConfigHead): ConfigHead {
    this.known = head;
    return head;
  }

  /** Undefined before the first import. Call it under the site's lock. */
  async load({ revisions, cameras }: CameraTables): Promise<ConfigHead | undefined> {
    const revision = await revisions.head();
    if (!revision) return undefined;
    if (this.known?.revision.token === revision.token) return this.remember({ ...this.known, revision });
    const full = await revisions.get(revision.number);
    return this.remember({ revision, cameras: await cameras.all(), text: full?.text ?? '' });
  }
}
