import { type RegionsEntry, restoreEntry } from '../../domain/regions/region';
import type { ConfigKind } from '../shared/config-file';
import { EntryEdits } from '../shared/entry-set';

/** The regions, as a configuration that people edit in a file. */
export const regionKind: ConfigKind<RegionsEntry> = {
  noun: 'region',
  empty: '{\n  "regions": []\n}\n',
  mend: 'Correct the file, then repeat the change.',
  restore: restoreEntry,
  shown: (_, value) => value,
};

/** Finds and changes regions in the whole of them. */
export const regionSet = new EntryEdits(regionKind);
