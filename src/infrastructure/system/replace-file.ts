import { renameSync, writeFileSync } from 'node:fs';

/** Puts the new content in place in one step, so that no reader sees half of it. One writer per file. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const draft = `${file}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}
