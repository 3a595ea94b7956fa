import type { Json } from '../../domain/shared/json';

/** A time of the old backend; one without a zone is UTC. */
export function timeOf(value: Json | undefined): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const time = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
