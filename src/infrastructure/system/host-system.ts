import { constants, readFileSync } from 'node:fs';
import { access, realpath, stat, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, hostname, platform, release, totalmem, type as systemName, version } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../application/shared/log';
import type {
  DirectoryView,
  FileView,
  SystemConfig,
  SystemHealth,
  SystemInfo,
  SystemPort,
} from '../../application/system/system-port';

const MOST = 4_000;
const LEAST = 50;

/**
 * Limit of concurrent connections of clients: half of the descriptors this process may have; the others are for files,
 * the database and cameras.
 */
export function mostConnections(): number {
  if (process.platform !== 'linux') return MOST;
  const [, limit] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Math.max(LEAST, Math.min(MOST, limit === undefined ? MOST : Math.floor(Number(limit) / 2)));
}

const may = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

const statOf = (path: string) => stat(path).catch(() => undefined);

/** Whether this user could replace this file. */
export async function mayReplace(path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => path);
  return may(dirname(target), constants.W_OK | constants.X_OK);
}

/** A file by its name alone: its folder is not shown. */
async function fileView(path: string): Promise<FileView> {
  const found = await statOf(path);
  if (!found) return { exists: false, path: basename(path) };
  return {
    exists: true,
    path: basename(path),
    size: found.size,
    modified_time: found.mtime.toISOString(),
    readable: await may(path, constants.R_OK),
    writable: await may(path, constants.W_OK),
  };
}

async function directoryView(path: string): Promise<DirectoryView> {
  const found = await statOf(path);
  return {
    exists: found !== undefined,
    is_directory: found?.isDirectory() === true,
    readable: await may(path, constants.R_OK),
    writable: await may(path, constants.W_OK),
  };
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10);

/** Busy and total processor time so far, all processors, in milliseconds. */
function processorTime(): { busy: number; total: number } {
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0);
  return { busy: total - times.reduce((sum, t) => sum + t.idle, 0), total };
}

interface Places {
  readonly camerasFile: string;
  readonly regionsFile: string;
  readonly dataDir: string;
}

/** Percentage in use from which a person should look. */
const TIGHT = 90;

/** This machine at present. Processor use is measured since the previous read, so that no caller waits for a sample. */
export class HostSystem implements SystemPort {
  private before = processorTime();
  private usage = 0;

  constructor(
    private readonly clock: Clock,
    private readonly places: Places,
  ) {}

  async info(): Promise<SystemInfo> {
    const { bsize, blocks, bavail } = await statfs('.');
    const [total, free] = [blocks * bsize, bavail * bsize];
    const memory = { total: totalmem(), available: freemem() };
    const processors = cpus();
    const used = memory.total - memory.available;
    return {
      timestamp: this.clock().toISOString(),
      system: {
        platform: `${systemName()}-${release()}`,
        system: systemName(),
        version: version(),
        architecture: [arch(), platform()],
        processor: processors[0]?.model ?? '',
        hostname: hostname(),
        python_version: null,
        node_version: process.version,
      },
      memory: { ...memory, used, percentage: percent(used, memory.total) },
      cpu: {
        count: processors.length,
        physical_count: null,
        current_frequency: processors[0]?.speed || null,
        usage_percent: this.processorUse(),
      },
      disk: { total, free, used: total - free, percentage: percent(total - free, total) },
      psutil_available: true,
    };
  }

  async config(): Promise<SystemConfig> {
    const { camerasFile, regionsFile } = this.places;
    const neighbour = (name: string) => fileView(join(dirname(camerasFile), name));
    return {
      timestamp: this.clock().toISOString(),
      project_root: null,
      config_files: {
        cameras: await fileView(camerasFile),
        regions: await fileView(regionsFile),
        default: await neighbour('default.yaml'),
        unified_params: await neighbour('unified_params.yaml'),
        enhanced_detection: await neighbour('enhanced_detection_config.yaml'),
      },
      default_config: null,
      unified_config: null,
      environment: { HBD_REGIONS_FILE: null, PYTHONPATH: null, PATH: null },
      python_executable: null,
      working_directory: null,
    };
  }

  async health(): Promise<SystemHealth> {
    const { timestamp, memory, disk, cpu, psutil_available } = await this.info();
    const { camerasFile, dataDir } = this.places;
    const [config, data] = [await directoryView(dirname(camerasFile)), await directoryView(dataDir)];
    const broken = [
      ...(config.readable ? [] : ['The folder of the cameras file cannot be read.']),
      ...(data.writable ? [] : ['The data folder cannot be written to.']),
    ];
    const tight = [
      ...(memory.percentage > TIGHT ? [`Memory is ${memory.percentage} % used.`] : []),
      ...(disk.percentage > TIGHT ? [`The disk is ${disk.percentage} % used.`] : []),
    ];
    const names = ['requirements.txt', 'main.py', 'config/default.yaml'];
    const files = await Promise.all(names.map(async (name) => [name, await fileView(name)] as const));
    return {
      timestamp,
      status: broken.length > 0 ? 'error' : tight.length > 0 ? 'warning' : 'healthy',
      issues: [...broken, ...tight],
      directories: {
        config,
        src: await directoryView('src'),
        models: await directoryView('models'),
        data,
        frontend: await directoryView('frontend'),
      },
      files: Object.fromEntries(
        files.map(([name, f]) => [name, { exists: f.exists, readable: f.exists && f.readable }]),
      ),
      resources: { memory_usage: memory.percentage, disk_usage: disk.percentage, cpu_usage: cpu.usage_percent },
      psutil_available,
    };
  }

  private processorUse(): number {
    const now = processorTime();
    const total = now.total - this.before.total;
    if (total > 100) {
      this.usage = percent(now.busy - this.before.busy, total);
      this.before = now;
    }
    return this.usage;
  }
}
