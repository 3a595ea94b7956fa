import { DomainError } from '../../domain/shared/domain-error';
import type { ConfigFault } from './cameras-format';

/** The file cannot be taken as it stands; the caller is told every place. */
export function fileInvalid(faults: readonly ConfigFault[], what: string): DomainError {
  const errors = faults.filter((f) => f.severity === 'error');
  const first = errors[0];
  const where = first ? `: ${errors.length} in all, the first at line ${first.line}, column ${first.column}` : '';
  const message = `${what}${where}. Correct the file, or restore a revision (GET /api/v1/cameras/config shows all).`;
  return new DomainError('conflict', 'camera_config.file_invalid', message, { extra: { file_faults: faults } });
}
