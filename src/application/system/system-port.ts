/** Bytes; `percentage` 0 to 100. */
export interface Usage {
  readonly total: number;
  readonly used: number;
  readonly percentage: number;
}

export interface SystemInfo {
  readonly timestamp: string;
  readonly system: {
    readonly platform: string;
    readonly system: string;
    readonly version: string;
    readonly architecture: readonly string[];
    readonly processor: string;
    readonly hostname: string;
    /** Of the old backend, where that answers; this one runs on Node.js. */
    readonly python_version: string | null;
    readonly node_version: string | null;
  };
  readonly memory: Usage & { readonly available: number };
  readonly cpu: {
    readonly count: number;
    readonly physical_count: number | null;
    /** MHz. */
    readonly current_frequency: number | null;
    readonly usage_percent: number;
  };
  readonly disk: Usage & { readonly free: number };
  /** The old backend's word for "the numbers above are measured". */
  readonly psutil_available: boolean;
}

/** The machine this service runs on. */
export interface SystemPort {
  info(nothing: object): Promise<SystemInfo>;
}
