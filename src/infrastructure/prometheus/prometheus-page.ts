import { type Metric, Registry, collectDefaultMetrics } from 'prom-client';
import type { MetricFamily } from '../../application/monitoring/metric-families';

/** Gauges of the package whose names end like those of counters; the ones without `_total` say the same, by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The text that Prometheus scrapes: the families given, and what the process and its event loop do. */
export class PrometheusPage {
  private readonly registry = new Registry();

  constructor(families: readonly MetricFamily[]) {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    // A registry takes whatever says its name and gives its values; the package only names its own classes.
    for (const family of families) this.registry.registerMetric(toMetric(family) as unknown as Metric);
  }

  async render(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}

const toMetric = (family: MetricFamily) => ({
  name: family.name,
  get: async () => ({
    name: family.name,
    help: family.help,
    type: family.type,
    values: (await family.samples()).map(({ suffix = '', labels, value }) => ({
      labels,
      value,
      metricName: `${family.name}${suffix}`,
    })),
  }),
});
