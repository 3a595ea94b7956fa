import type { SystemPort } from '../../application/system/system-port';
import type { Examples } from '../http/example';

export const systemExamples: Examples<SystemPort> = {
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
        regions: { exists: false, path: 'regions.json' },
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
    varies: ['/config_files/cameras/size'],
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
};
