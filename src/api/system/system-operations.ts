import type { SystemConfig, SystemHealth, SystemInfo, SystemPort } from '../../application/system/system-port';
import type { JsonObject } from '../../domain/shared/json';
import type { Examples } from '../http/example';
import { Described, NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
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
class SystemInfoDto implements SystemInfo {
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

/** Null for values that would reveal where this program lies, or its environment. */
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
class SystemConfigDto implements SystemConfig {
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
class SystemHealthDto implements SystemHealth {
  timestamp: string;
  status: SystemHealth['status'];
  issues: SystemHealth['issues'];
  directories: SystemHealth['directories'];
  files: SystemHealth['files'];
  resources: SystemHealth['resources'];
  psutil_available: boolean;
}

const systemExamples = {
  info: {
    input: {},
    answer: {
      timestamp: '2026-01-05T08:15:02.114Z',
      system: {
        platform: 'Linux-6.8-x86_64',
        system: 'Linux',
        version: '#1 SMP',
        architecture: ['x64', 'linux'],
        processor: 'x86_64',
        hostname: 'plant',
        python_version: null,
        node_version: 'v20.19.0',
      },
      memory: { total: 16_777_216_000, available: 9_677_216_000, used: 7_100_000_000, percentage: 42.3 },
      cpu: { count: 2, physical_count: null, current_frequency: null, usage_percent: 21.5 },
      disk: { total: 512_000_000_000, used: 201_000_000_000, free: 311_000_000_000, percentage: 39.3 },
      psutil_available: true,
    },
    varies: ['/system', '/memory', '/cpu', '/disk'],
  },
  config: {
    input: {},
    answer: {
      timestamp: '2026-01-05T08:15:02.114Z',
      project_root: null,
      config_files: {
        cameras: {
          exists: true,
          path: 'cameras.yaml',
          size: 1096,
          modified_time: '2026-01-05T08:15:02.114Z',
          readable: true,
          writable: true,
        },
        regions: {
          exists: true,
          path: 'regions.json',
          size: 270,
          modified_time: '2026-01-05T08:15:02.114Z',
          readable: true,
          writable: true,
        },
        default: { exists: false, path: 'default.yaml' },
        unified_params: { exists: false, path: 'unified_params.yaml' },
        enhanced_detection: { exists: false, path: 'enhanced_detection_config.yaml' },
      },
      default_config: null,
      unified_config: null,
      environment: { HBD_REGIONS_FILE: null, PYTHONPATH: null, PATH: null },
      python_executable: null,
      working_directory: null,
    },
    varies: ['/config_files/cameras/size', '/config_files/regions/size'],
  },
  health: {
    input: {},
    answer: {
      timestamp: '2026-01-05T08:15:02.114Z',
      status: 'healthy',
      issues: [],
      directories: {
        config: { exists: true, is_directory: true, readable: true, writable: true },
        src: { exists: false, is_directory: false, readable: false, writable: false },
        models: { exists: false, is_directory: false, readable: false, writable: false },
        data: { exists: true, is_directory: true, readable: true, writable: true },
        frontend: { exists: false, is_directory: false, readable: false, writable: false },
      },
      files: {
        'requirements.txt': { exists: false, readable: false },
        'main.py': { exists: false, readable: false },
        'config/default.yaml': { exists: false, readable: false },
      },
      resources: { memory_usage: 6.1, disk_usage: 72.8, cpu_usage: 88.9 },
      psutil_available: true,
    },
    varies: ['/status', '/issues', '/resources'],
  },
} satisfies Partial<Examples<SystemPort>>;

export const systemOperations = operations<SystemPort>('system', {
  info: {
    http: 'GET /system/info',
    summary: 'The machine this service runs on',
    call: (system, input) => system.info(input),
    input: NoInputDto,
    output: SystemInfoDto,
    example: systemExamples.info,
    group: 'system-read',
    // All of the answer: an old backend that serves the legacy path may run on another machine.
    mayDiffer: ['/timestamp', '/system/*', '/memory/*', '/cpu/*', '/disk/*', '/psutil_available'],
  },
  config: {
    http: 'GET /system/config',
    summary: 'The configuration files of this service, without their contents or places',
    call: (system, input) => system.config(input),
    input: NoInputDto,
    output: SystemConfigDto,
    example: systemExamples.config,
    group: 'system-read',
    mayDiffer: ['/timestamp', '/config_files/*'],
  },
  health: {
    http: 'GET /system/health',
    summary: 'Folders, files and resources that this service needs of its machine',
    call: (system, input) => system.health(input),
    input: NoInputDto,
    output: SystemHealthDto,
    example: systemExamples.health,
    group: 'system-read',
    mayDiffer: ['/timestamp', '/status', '/issues', '/directories/*', '/files/*', '/resources/*'],
  },
});
