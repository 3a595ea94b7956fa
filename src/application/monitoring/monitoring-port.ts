import type { JsonObject } from '../../domain/shared/json';

/** `checks` holds, per part, its state under its name, and `<name>_error` and `<name>_details` where there is more to say. */
export interface Health {
  readonly status: 'healthy' | 'degraded';
  readonly timestamp: string;
  readonly checks: JsonObject;
}

/** How the service does. */
export interface MonitoringPort {
  health(nothing: object): Promise<Health>;
}
