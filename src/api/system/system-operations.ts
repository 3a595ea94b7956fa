import type { SystemPort } from '../../application/system/system-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import { SystemConfigDto, SystemHealthDto, SystemInfoDto } from './system-dto';
import { systemExamples as examples } from './system-examples';

export const systemOperations = operations<SystemPort>('system', {
  info: {
    http: 'GET /system/info',
    summary: 'The machine this service runs on',
    input: NoInputDto,
    output: SystemInfoDto,
    example: examples.info,
    group: 'system-read',
    // All of it: an old backend that serves the legacy path may run on another machine.
    mayDiffer: ['/timestamp', '/system/*', '/memory/*', '/cpu/*', '/disk/*', '/psutil_available'],
  },
  config: {
    http: 'GET /system/config',
    summary: 'The configuration files of this service, without their contents or places',
    input: NoInputDto,
    output: SystemConfigDto,
    example: examples.config,
    group: 'system-read',
    mayDiffer: ['/timestamp', '/config_files/*'],
  },
  health: {
    http: 'GET /system/health',
    summary: 'Folders, files and resources that this service needs of its machine',
    input: NoInputDto,
    output: SystemHealthDto,
    example: examples.health,
    group: 'system-read',
    mayDiffer: ['/timestamp', '/status', '/issues', '/directories/*', '/files/*', '/resources/*'],
  },
});
