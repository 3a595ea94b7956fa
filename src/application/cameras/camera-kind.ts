import { Camera } from '../../domain/cameras/camera';
import { maskField } from '../../domain/cameras/camera-secrets';
import type { ConfigKind } from '../shared/config-file';
import { EntryEdits } from '../shared/entry-set';

/** The cameras, as a configuration that people edit in a file. */
export const cameraKind: ConfigKind<Camera> = {
  noun: 'camera',
  empty: '# The cameras of this site. The service takes in every change of this file.\ncameras: []\n',
  mend: 'Correct the file, or restore a revision (GET /api/v1/cameras/config shows all).',
  restore: (fields, createdAt, updatedAt) => Camera.restore(fields, createdAt, updatedAt),
  shown: maskField,
};

/** Finds and changes cameras in the whole of them. */
export const cameraSet = new EntryEdits(cameraKind);
