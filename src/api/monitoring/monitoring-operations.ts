import type { MonitoringPort } from '../../application/monitoring/monitoring-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import { HealthDto, MetricsDto } from './monitoring-dto';
import { monitoringExamples as examples } from './monitoring-examples';

export const monitoringOperations = operations<MonitoringPort>('monitoring', {
  health: {
    http: 'GET /monitoring/health',
    summary: 'How each part of the service is; 200 when degraded, too',
    input: NoInputDto,
    output: HealthDto,
    example: examples.health,
  },
  metrics: {
    http: 'GET /monitoring/metrics',
    summary: 'What all services of the site did in the last 15 minutes',
    input: NoInputDto,
    output: MetricsDto,
    example: examples.metrics,
  },
});
