export const violationTypes = ['no_hairnet', 'no_handwash', 'no_sanitize'] as const;

/** Which types of event are violations, and of which type; any other event is none. */
export type ViolationTypes = Readonly<Record<string, string>>;

export const DEFAULT_VIOLATION_TYPES: ViolationTypes = {
  NO_HAIRNET_AT_SINK: 'no_hairnet',
  SKIP_DRYING: 'no_sanitize',
  INSUFFICIENT_DWELL_TIME: 'no_handwash',
};
