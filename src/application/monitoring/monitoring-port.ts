import type { JsonObject } from '../../domain/shared/json';
import type { Metrics } from './site-metrics';

/** `checks` holds, per part, its state under its name, and `<name>_error` and `<name>_details` where there is more to say. */
export interface Health {
  readonly status: 'healthy' | 'degraded';
  readonly timestamp: string;
  readonly checks: JsonObject;
}

/** How the service does. */
export interface MonitoringPort {
  health(nothing: object): Promise<Health>;
  /** Of all services of the site, over the last minutes. */
  metrics(nothing: object): Promise<Metrics>;
}
