import type { JsonObject } from '../../domain/shared/json';
import type { SystemConfig, SystemHealth, SystemInfo } from '../../application/system/system-port';
import { Described } from '../http/fields';
import { all, count, listOf, named, number, text } from '../http/schemas';

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

const flag: JsonObject = { type: 'boolean' };
const time: JsonObject = { type: 'string', format: 'date-time' };
const nothing: JsonObject = { type: 'null' };
const every = (schema: JsonObject, ...names: string[]): JsonObject =>
  all(Object.fromEntries(names.map((name) => [name, schema])));
const file = named('ConfigFile', {
  type: 'object',
  properties: { exists: flag, path: text, size: count, modified_time: time, readable: flag, writable: flag },
  required: ['exists', 'path'],
  additionalProperties: false,
});

/** What would tell where this program lies, or what its environment is, is null. */
@Described(() =>
  all({
    timestamp: time,
    project_root: nothing,
    config_files: every(file, 'cameras', 'regions', 'default', 'unified_params', 'enhanced_detection'),
    default_config: nothing,
    unified_config: nothing,
    environment: every(nothing, 'HBD_REGIONS_FILE', 'PYTHONPATH', 'PATH'),
    python_executable: nothing,
    working_directory: nothing,
  }),
)
export class SystemConfigDto implements SystemConfig {
  timestamp: string;
  project_root: null;
  config_files: SystemConfig['config_files'];
  default_config: null;
  unified_config: null;
  environment: SystemConfig['environment'];
  python_executable: null;
  working_directory: null;
}

/** `resources` in percent. */
@Described(() =>
  all({
    timestamp: time,
    status: { type: 'string', enum: ['healthy', 'warning', 'error'] },
    issues: listOf(text),
    directories: every(
      every(flag, 'exists', 'is_directory', 'readable', 'writable'),
      'config',
      'src',
      'models',
      'data',
      'frontend',
    ),
    files: { type: 'object', additionalProperties: every(flag, 'exists', 'readable') },
    resources: every(number, 'memory_usage', 'disk_usage', 'cpu_usage'),
    psutil_available: flag,
  }),
)
export class SystemHealthDto implements SystemHealth {
  timestamp: string;
  status: SystemHealth['status'];
  issues: SystemHealth['issues'];
  directories: SystemHealth['directories'];
  files: SystemHealth['files'];
  resources: SystemHealth['resources'];
  psutil_available: boolean;
}
