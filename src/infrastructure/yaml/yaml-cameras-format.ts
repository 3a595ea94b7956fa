import type { CamerasEdit, CamerasFormat, CamerasReading } from '../../application/cameras/cameras-format';
import { type CamerasDocument, readCamerasDocument } from './cameras-document';
import { editCameras } from './edit-cameras';
import { maskYaml } from './mask-yaml';

/** `cameras.yaml`: YAML 1.2 with merge keys, edited in place. */
export class YamlCamerasFormat implements CamerasFormat {
  /** A text is usually read again right after it was edited, and edited right after it was read. */
  private last?: CamerasDocument;

  read(text: string): CamerasReading {
    return this.document(text).reading;
  }

  edit(text: string, edits: readonly CamerasEdit[]): string {
    return editCameras(this.document(text), edits, (edited) => this.document(edited));
  }

  mask(text: string): string {
    return maskYaml(this.document(text));
  }

  private document(text: string): CamerasDocument {
    if (this.last?.text !== text) this.last = readCamerasDocument(text);
    return this.last;
  }
}
