/** Bytes; `percentage` 0 to 100. */
interface Usage {
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
    /** Of the old backend, where that answers; this service runs on Node.js. */
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
  /** The old backend's term for "the numbers above are measured". */
  readonly psutil_available: boolean;
}

export type FileView =
  | { readonly exists: false; readonly path: string }
  | {
      readonly exists: true;
      readonly path: string;
      /** Bytes. */
      readonly size: number;
      readonly modified_time: string;
      readonly readable: boolean;
      readonly writable: boolean;
    };

/** The old backend's keys. Null for values that would reveal where this program lies, or its environment. */
export interface SystemConfig {
  readonly timestamp: string;
  readonly project_root: null;
  readonly config_files: Readonly<
    Record<'cameras' | 'regions' | 'default' | 'unified_params' | 'enhanced_detection', FileView>
  >;
  readonly default_config: null;
  readonly unified_config: null;
  readonly environment: Readonly<Record<'HBD_REGIONS_FILE' | 'PYTHONPATH' | 'PATH', null>>;
  readonly python_executable: null;
  readonly working_directory: null;
}

export interface DirectoryView {
  readonly exists: boolean;
  readonly is_directory: boolean;
  readonly readable: boolean;
  readonly writable: boolean;
}

export interface SystemHealth {
  readonly timestamp: string;
  readonly status: 'healthy' | 'warning' | 'error';
  readonly issues: readonly string[];
  /** Of the old backend's folders this program uses `config` and `data`. */
  readonly directories: Readonly<Record<'config' | 'src' | 'models' | 'data' | 'frontend', DirectoryView>>;
  readonly files: Readonly<Record<string, { readonly exists: boolean; readonly readable: boolean }>>;
  /** Percent. */
  readonly resources: Readonly<Record<'memory_usage' | 'disk_usage' | 'cpu_usage', number>>;
  readonly psutil_available: boolean;
}

/** The machine this service runs on. */
export interface SystemPort {
  info(nothing: object): Promise<SystemInfo>;
  config(nothing: object): Promise<SystemConfig>;
  health(nothing: object): Promise<SystemHealth>;
}
