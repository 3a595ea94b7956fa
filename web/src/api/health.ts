import type { Health } from './generated';

/** Every part that a service may name. */
type HealthPart = keyof Health['checks'] | 'captures';
export type PartState = Health['checks'][keyof Health['checks']];

interface PartHealth {
  readonly part: HealthPart;
  readonly state: PartState;
  /** What went wrong, in the words of the service. */
  readonly error: string | undefined;
}

const STATES: readonly unknown[] = ['ok', 'degraded', 'inconsistent', 'error'];

/** The parts of the service; beside each, the answer may hold `<part>_error` and `<part>_details`. */
export function partsOf({ checks }: Health): readonly PartHealth[] {
  const all: Readonly<Record<string, unknown>> = checks;
  return Object.entries(all)
    .filter(([name, state]) => STATES.includes(state) && !name.endsWith('_error'))
    .map(([name, state]) => {
      const error = all[`${name}_error`];
      return {
        part: name as HealthPart,
        state: state as PartState,
        error: typeof error === 'string' ? error : undefined,
      };
    });
}
