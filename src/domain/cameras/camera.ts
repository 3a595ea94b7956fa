import { refuseFaults } from '../shared/domain-error';
import type { EntryRepository } from '../shared/entry-changes';
import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject, sameJson } from '../shared/json';
import { type CameraFields, canonical, checkCamera, checkNewSource, isKnownField, suggestField } from './camera-rules';
import { isMasked, unmaskField } from './camera-secrets';

/** The default of a field that was not written. */
export const CAMERA_DEFAULTS = {
  active: true,
  location: 'unknown',
  camera_type: 'fixed',
  resolution: '1920x1080',
  fps: 25,
  auto_start: false,
  regions_file: 'config/regions.json',
  profile: 'accurate',
  device: 'auto',
  imgsz: 'auto',
  auto_tune: false,
} as const satisfies JsonObject;

/** Members of an answer that are not settings: a client that sends an answer back may leave them in. */
const DERIVED = new Set(['is_active', 'created_at', 'updated_at']);

export interface CameraTimes {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

type CameraStatus = 'active' | 'inactive' | 'maintenance' | 'error';

/** A camera's settings in force, as the rest of the service uses them: what was written, else the default. */
export interface CameraSettings {
  readonly name: string;
  /** Empty where there is none. */
  readonly source: string;
  readonly active: boolean;
  readonly status: CameraStatus;
  readonly autoStart: boolean;
  /** Frames per second that somebody wrote: the default is no expectation. 0 where none was written. */
  readonly expectedFps: number;
  readonly regionId: string | null;
  readonly regionsFile: string;
  readonly profile: string;
  readonly device: string;
  readonly imageSize: string;
  readonly resolution: string;
  readonly env: Readonly<Record<string, string>>;
}

const MOST_SUGGESTIONS = 20;

/** One camera of the site. Immutable: every change is a new camera. */
export class Camera {
  private constructor(
    /** As it was written: for the file, the table and the answers. Everything else reads `settings`. */
    readonly fields: CameraFields,
    readonly createdAt: Date,
    readonly updatedAt: Date,
    private parsed?: CameraSettings,
  ) {}

  /** A new camera; all rules apply. Throws `camera.invalid` with every fault. */
  static register(input: JsonObject, now: Date): Camera {
    const { fields } = written(input);
    refuseFaults('camera.invalid', [
      ...unknown(fields, {}),
      ...masked(fields),
      ...onlyOne(checkCamera(fields), checkNewSource(fields.source)),
    ]);
    return new Camera(fields, now, now);
  }

  /** A camera that was accepted before: trusted, so that old rows stay readable. */
  static restore(fields: CameraFields, createdAt: Date, updatedAt: Date): Camera {
    return new Camera(fields, createdAt, updatedAt);
  }

  get id(): string {
    return String(this.fields.id);
  }

  /** Parsed once, when first needed: lists of cameras never need it. */
  get settings(): CameraSettings {
    this.parsed ??= readSettings(this.fields);
    return this.parsed;
  }

  get active(): boolean {
    return this.settings.active;
  }

  get status(): CameraStatus {
    return this.settings.status;
  }

  /**
   * The camera with some fields changed; `null` takes a field back to its default, a masked secret keeps what is
   * stored, a value that is already in force changes nothing. Throws `camera.invalid` with every fault.
   */
  change(patch: JsonObject, now: Date): Camera {
    const { fields, cleared } = written(patch);
    const renamed: Fault[] =
      fields.id !== undefined && fields.id !== this.id
        ? [{ path: ['id'], type: 'mismatch', message: 'must be the id in the path: a camera cannot be renamed' }]
        : [];
    const { id: _, ...unmasked } = mapFields(fields, (name, value) => unmaskField(name, value, this.fields[name]));
    const news = Object.fromEntries(Object.entries(unmasked).filter(([k, v]) => !sameJson(v, this.inForce(k))));
    const kept = Object.entries(this.fields).filter(([name]) => !cleared.has(name));
    const next = { ...Object.fromEntries(kept), ...news };
    refuseFaults('camera.invalid', [
      ...renamed,
      ...unknown(fields, this.fields),
      ...masked(news),
      ...onlyOne(checkCamera(next), checkNewSource(news.source)),
    ]);
    return this.with(next, now);
  }

  /**
   * The same camera with these fields; `updatedAt` changes only if they differ, and then always grows, also when the
   * clock was set back: it is the version that clients compare.
   */
  with(fields: CameraFields, now: Date): Camera {
    if (sameJson(fields, this.fields)) return this;
    const later = Math.max(now.getTime(), this.updatedAt.getTime() + 1);
    return new Camera(fields, this.createdAt, new Date(later));
  }

  /** What a client sends back to change the camera only as it has read it. */
  get version(): string {
    return this.updatedAt.toISOString();
  }

  /** The same camera with its times from another store. */
  at({ createdAt, updatedAt }: CameraTimes): Camera {
    return new Camera(this.fields, createdAt, updatedAt, this.parsed);
  }

  private inForce(field: string): Json | undefined {
    return field === 'status' ? this.status : valueInForce(this.fields, field);
  }
}

const DEFAULTS: ReadonlyMap<string, Json> = new Map(Object.entries(CAMERA_DEFAULTS));

/** What was written, else the default. */
const valueInForce = (fields: CameraFields, field: string): Json | undefined =>
  Object.hasOwn(fields, field) ? fields[field] : DEFAULTS.get(field);

/** Never refuses: quarantined entries, and rows that older rules accepted, can be read, too. */
function readSettings(fields: CameraFields): CameraSettings {
  const text = (field: string): string => textOf(valueInForce(fields, field));
  const active = valueInForce(fields, 'active') === true;
  const { status, region_id: region, fps, env } = fields;
  return {
    name: text('name'),
    source: text('source').trim(),
    active,
    // People set `maintenance` and `error`; otherwise the status says whether the camera is active.
    status: status === 'maintenance' || status === 'error' ? status : active ? 'active' : 'inactive',
    autoStart: valueInForce(fields, 'auto_start') === true,
    expectedFps: typeof fps === 'number' ? fps : 0,
    regionId: typeof region === 'string' ? region : null,
    regionsFile: text('regions_file'),
    profile: text('profile'),
    device: text('device'),
    imageSize: text('imgsz'),
    resolution: text('resolution'),
    env: isJsonObject(env) ? Object.fromEntries(Object.entries(env).map(([name, v]) => [name, textOf(v)])) : {},
  };
}

/** Empty for what is no text, number or flag. `String` would throw for an object that calls a member `toString`. */
const textOf = (value: Json | undefined): string => (typeof value === 'object' ? '' : String(value ?? ''));

/** Splits what a client sent into values and fields to be reset to their default (`null`, or blank where optional). */
function written(input: JsonObject): { fields: CameraFields; cleared: Set<string> } {
  const own = Object.entries(input).filter(([name]) => !DERIVED.has(name));
  const cleared = own.filter(([name, v]) => v === null || (v === '' && BLANK_MEANS_ABSENT.has(name)));
  const fields = canonical(Object.fromEntries(own.filter((entry) => !cleared.includes(entry))));
  return { fields, cleared: new Set(cleared.map(([name]) => (name === 'enabled' ? 'active' : name))) };
}

/** A value that is wrong anyhow is not also reported as ambiguous. */
const onlyOne = (faults: readonly Fault[], more: readonly Fault[]): Fault[] => [
  ...faults,
  ...more.filter(({ path }) => !faults.some((known) => known.path[0] === path[0])),
];

/** The old dashboard's form sends these blank when they are not filled in. */
const BLANK_MEANS_ABSENT = new Set(['resolution', 'regions_file', 'location']);

const mapFields = (fields: CameraFields, to: (name: string, value: Json) => Json): Record<string, Json> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, to(name, value)]));

function unknown(fields: CameraFields, known: CameraFields): Fault[] {
  return Object.keys(fields)
    .filter((name) => !isKnownField(name) && !Object.hasOwn(known, name))
    .map((name, i) => {
      // Searching for suggestions is expensive, and thousands of them help no reader.
      const suggestion = i < MOST_SUGGESTIONS ? suggestField(name) : undefined;
      const hint = suggestion ? `: did you mean ${suggestion}?` : '';
      return { path: [name], type: 'unknown_field', message: `is not a field of a camera${hint}`, suggestion };
    });
}

const masked = (fields: CameraFields): Fault[] =>
  Object.entries(fields)
    .filter(([, value]) => isMasked(value))
    .map(([name]) => ({
      path: [name],
      type: 'masked',
      message: 'carries *** where a secret belongs: send it in full',
    }));

export interface CameraRepository extends EntryRepository<Camera> {
  get(id: string): Promise<Camera | undefined>;
  /** When each camera was created and changed, by id. */
  times(): Promise<ReadonlyMap<string, CameraTimes>>;
}
