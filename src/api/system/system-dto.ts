import type { JsonObject } from '../../domain/shared/json';
import type { SystemInfo } from '../../application/system/system-port';
import { Described } from '../http/fields';
import { all, number, text } from '../http/schemas';

const numbers = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, number]));
/** Bytes, percentages from 0 to 100, MHz. */
@Described(() =>
  all({
    timestamp: { type: 'string', format: 'date-time' },
    system: all({
      platform: text,
      system: text,
      version: text,
      architecture: { type: 'array', items: text },
      processor: text,
      hostname: text,
      python_version: { type: ['string', 'null'] },
      node_version: { type: ['string', 'null'] },
    }),
    memory: all(numbers('total', 'available', 'used', 'percentage')),
    cpu: all({
      ...numbers('count', 'usage_percent'),
      physical_count: { type: ['number', 'null'] },
      current_frequency: { type: ['number', 'null'] },
    }),
    disk: all(numbers('total', 'used', 'free', 'percentage')),
    psutil_available: { type: 'boolean' },
  }),
)
export class SystemInfoDto implements SystemInfo {
  timestamp: SystemInfo['timestamp'];
  system: SystemInfo['system'];
  memory: SystemInfo['memory'];
  cpu: SystemInfo['cpu'];
  disk: SystemInfo['disk'];
  psutil_available: boolean;
}
