import { DomainError } from '../../domain/shared/domain-error';

const BY_HAND =
  'This change cannot be made in the camera file without disturbing other settings; edit the file by hand.';

export const notEditable = (message = BY_HAND): DomainError =>
  new DomainError('conflict', 'camera_config.not_editable', message);
