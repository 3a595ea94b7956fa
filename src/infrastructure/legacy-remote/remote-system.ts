import type { Clock } from '../../application/shared/log';
import type { SystemConfig, SystemHealth, SystemInfo, SystemPort } from '../../application/system/system-port';
import { type Json, type JsonObject, isJsonObject } from '../../domain/shared/json';
import { unreadableAnswer } from './old-backend-answer';
import type { OldBackendClient } from './old-backend-client';

/** The machine the old backend runs on. Its answer takes a second, in which it measures and does nothing else. */
export class RemoteSystem implements SystemPort {
  constructor(
    private readonly backend: OldBackendClient,
    private readonly clock: Clock,
    private readonly own: SystemPort,
  ) {}

  /** The requested folders are those of this program, whatever the path. */
  config(nothing: object): Promise<SystemConfig> {
    return this.own.config(nothing);
  }

  health(nothing: object): Promise<SystemHealth> {
    return this.own.health(nothing);
  }

  async info(): Promise<SystemInfo> {
    const { status, body } = await this.backend.read('/system/info');
    if (status !== 200) throw unreadableAnswer('a refusal', 'not-started');
    // Its time is in its own zone, which it does not name.
    return {
      timestamp: this.clock().toISOString(),
      ...measured(body),
      psutil_available: body.psutil_available === true,
    };
  }
}

/** Without psutil the old backend answers 0 everywhere and adds notes, which are left out. */
function measured(body: JsonObject): Omit<SystemInfo, 'timestamp' | 'psutil_available'> {
  const [system, memory, cpu, disk] = ['system', 'memory', 'cpu', 'disk'].map((name) => group(body, name));
  return {
    system: {
      platform: text(system?.platform),
      system: text(system?.system),
      version: text(system?.version),
      architecture: Array.isArray(system?.architecture) ? system.architecture.map(text) : [],
      processor: text(system?.processor),
      hostname: text(system?.hostname),
      python_version: text(system?.python_version) || null,
      node_version: null,
    },
    memory: { ...usage(memory), available: number(memory?.available) },
    cpu: {
      count: number(cpu?.count),
      physical_count: numberOrNull(cpu?.physical_count),
      current_frequency: numberOrNull(cpu?.current_frequency),
      usage_percent: number(cpu?.usage_percent),
    },
    disk: { ...usage(disk), free: number(disk?.free) },
  };
}

function group(body: JsonObject, name: string): JsonObject {
  const found = body[name];
  if (!isJsonObject(found)) throw unreadableAnswer(`without ${name}`, 'not-started');
  return found;
}

const usage = (of: JsonObject | undefined) => ({
  total: number(of?.total),
  used: number(of?.used),
  percentage: number(of?.percentage),
});

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const numberOrNull = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);
const number = (value: Json | undefined): number => numberOrNull(value) ?? 0;
