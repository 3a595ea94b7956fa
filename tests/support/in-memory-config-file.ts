import type { ConfigFile, ConfigNoun, FileText, LateSave, StagedText } from '../../src/application/shared/config-file';
import type { Clock } from '../../src/application/shared/log';
import { Unavailable } from '../../src/domain/shared/domain-error';
import { sha256 } from '../../src/domain/shared/sha256';

/** The cameras file without a disk. */
export class InMemoryConfigFile implements ConfigFile {
  /** Texts that were staged and neither replaced the file nor were discarded. */
  readonly staged = new Set<string>();
  /** Copies that were made for a person to look at. */
  readonly rejected: string[] = [];
  /** A disk that takes nothing any more. */
  full = false;
  private late: LateSave | undefined;
  private previous: string | undefined;
  private modifiedAt: Date;

  constructor(
    public text: string | undefined,
    private readonly clock: Clock,
    private readonly noun: ConfigNoun = 'camera',
  ) {
    this.modifiedAt = clock();
  }

  /** A person saves the file. */
  edit(text: string | undefined): void {
    this.text = text;
    this.modifiedAt = this.clock();
  }

  /** A person saves into the text that the last replacement took out of its place. */
  saveLate(text: string): void {
    if (this.previous === undefined) throw new Error('nothing was replaced yet');
    this.late = { text, base: sha256(this.previous) };
  }

  async read(): Promise<FileText | undefined> {
    const { text, modifiedAt } = this;
    return text === undefined ? undefined : { text, sha256: sha256(text), modifiedAt };
  }

  readStable(): Promise<FileText | undefined> {
    return this.read();
  }

  async stage(text: string): Promise<StagedText> {
    if (this.full)
      throw new Unavailable(
        `${this.noun}_config.file_unwritable`,
        `The ${this.noun}s file cannot be written.`,
        'rolled-back',
      );
    this.staged.add(text);
    return {
      replace: async (expected) => {
        const present = this.text === undefined ? undefined : sha256(this.text);
        if (present !== expected) return false;
        this.staged.delete(text);
        this.previous = this.text;
        this.late = undefined;
        this.edit(text);
        return true;
      },
      discard: async () => void this.staged.delete(text),
    };
  }

  async moveAway(): Promise<string> {
    this.rejected.push(this.text ?? '');
    return 'cameras.yaml.rejected';
  }

  async lateSave(): Promise<LateSave | undefined> {
    return this.late;
  }

  async forgetLateSave(): Promise<void> {
    this.late = undefined;
  }

  async sweep(): Promise<void> {
    this.staged.clear();
  }
}
