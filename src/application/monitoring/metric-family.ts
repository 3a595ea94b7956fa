/** One line of a family: the name of a histogram's line differs from the family's by its suffix. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** A metric as Prometheus knows it. Counters never fall while the process lives. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): Promise<readonly MetricSample[]>;
}
