import { statfs } from 'node:fs/promises';
import { arch, cpus, freemem, hostname, platform, release, totalmem, type as systemName, version } from 'node:os';
import type { SystemInfo, SystemPort } from '../../application/system/system-port';
import type { Clock } from '../../application/shared/log';

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10);

/** Busy and total processor time so far, all processors, in milliseconds. */
function processorTime(): { busy: number; total: number } {
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0);
  return { busy: total - times.reduce((sum, t) => sum + t.idle, 0), total };
}

/** This machine as it is now. Processor use is what happened since the question before, so that nobody waits for a sample. */
export class HostSystem implements SystemPort {
  private before = processorTime();
  private usage = 0;

  constructor(private readonly clock: Clock) {}

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
