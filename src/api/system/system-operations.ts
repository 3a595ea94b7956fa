import type { SystemPort } from '../../application/system/system-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import { SystemInfoDto } from './system-dto';

export const systemOperations = operations<SystemPort>('system', {
  info: {
    http: 'GET /system/info',
    summary: 'The machine this service runs on',
    input: NoInputDto,
    output: SystemInfoDto,
    group: 'system-read',
    // All of it: an old backend that serves the legacy path may run on another machine.
    mayDiffer: ['/timestamp', '/system/*', '/memory/*', '/cpu/*', '/disk/*', '/psutil_available'],
  },
});
