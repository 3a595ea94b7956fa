/** The bytes of the cameras file at one moment. */
export interface FileText {
  readonly text: string;
  /** Lower-case hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
  readonly modifiedAt: Date;
}

/** A new text that lies, complete and fsynced, beside the file. */
export interface StagedText {
  /**
   * Renames it over the file, unless the file's hash is no longer `expected` (undefined: no file): then nothing happens
   * and the answer is false.
   */
  replace(expected: string | undefined): Promise<boolean>;
  discard(): Promise<void>;
}

/** A save in place that was still under way when the file was replaced: it went into the text that was replaced. */
export interface LateSave {
  readonly text: string;
  /** SHA-256 of the text it changed. */
  readonly base: string;
}

/** `config/cameras.yaml` on disk. Every fault of the disk is an `Unavailable` with effect `rolled-back`. */
export interface CamerasFile {
  /** Undefined when there is no such file. Throws `camera_config.file_unreadable`. */
  read(): Promise<FileText | undefined>;
  /** As `read`, but waits until a writer that is still busy has finished. */
  readSettled(): Promise<FileText | undefined>;
  stage(text: string): Promise<StagedText>;
  /** Keeps a copy of the present text beside the file, for a person to look at, and says under which name. */
  setAside(): Promise<string>;
  /** The save that missed the file's last replacement, if there was one; `forgetLateSave` once it has been taken in. */
  lateSave(): Promise<LateSave | undefined>;
  forgetLateSave(): Promise<void>;
  /** Removes what crashed writers left beside the file; only under the site's lock. */
  sweep(): Promise<void>;
}
