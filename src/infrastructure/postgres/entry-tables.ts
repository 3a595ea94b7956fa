import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { Camera } from '../../domain/cameras/camera';
import { type RegionsEntry, restoreEntry } from '../../domain/regions/region';
import type { Json, JsonObject } from '../../domain/shared/json';

/** A row of a table that holds the entries of a configuration. */
export interface EntryRow {
  id: string;
  position: number;
  extra: object;
  created_at: Date;
  updated_at: Date;
  [setting: string]: string | number | boolean | object | null;
}

export interface StoredEntry {
  readonly id: string;
  readonly fields: JsonObject;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Settings with a column of their own, which is nullable unless it says otherwise; all others live in `extra`. */
type Settings = Readonly<Record<string, EntitySchemaColumnOptions>>;

/** How one kind of entries lies in its table. */
export class EntryTable<E extends StoredEntry> {
  readonly schema: EntitySchema<EntryRow>;

  constructor(
    readonly name: 'cameras' | 'regions',
    private readonly settings: Settings,
    private readonly restore: (fields: JsonObject, createdAt: Date, updatedAt: Date) => E,
  ) {
    this.schema = new EntitySchema<EntryRow>({
      name,
      tableName: name,
      columns: {
        id: { type: 'text', primary: true },
        position: { type: 'integer' },
        ...settings,
        extra: { type: 'jsonb' },
        created_at: { type: 'timestamptz' },
        updated_at: { type: 'timestamptz' },
      },
    });
  }

  toRow(entry: E, position: number): EntryRow {
    const own = Object.keys(this.settings).map((name) => [name, entry.fields[name] ?? null]);
    const others = Object.entries(entry.fields).filter(
      ([name]) => name !== 'id' && !Object.hasOwn(this.settings, name),
    );
    return {
      ...Object.fromEntries(own),
      id: entry.id,
      position,
      extra: Object.fromEntries(others),
      created_at: entry.createdAt,
      updated_at: entry.updatedAt,
    };
  }

  fromRow({ id, position: _position, extra, created_at, updated_at, ...settings }: EntryRow): E {
    const fields: Record<string, Json> = { id };
    for (const [name, value] of Object.entries(settings as JsonObject)) if (value !== null) fields[name] = value;
    return this.restore(Object.assign(fields, extra), created_at, updated_at);
  }
}

/** `cameras`; a null means that the file does not say, so the default applies. */
export const CAMERA_TABLE = new EntryTable<Camera>(
  'cameras',
  {
    name: { type: 'text' },
    source: { type: 'text' },
    active: { type: 'boolean', nullable: true },
    auto_start: { type: 'boolean', nullable: true },
    location: { type: 'text', nullable: true },
    status: { type: 'text', nullable: true },
    camera_type: { type: 'text', nullable: true },
    resolution: { type: 'text', nullable: true },
    fps: { type: 'integer', nullable: true },
    region_id: { type: 'text', nullable: true },
    regions_file: { type: 'text', nullable: true },
    profile: { type: 'text', nullable: true },
    device: { type: 'text', nullable: true },
    imgsz: { type: 'jsonb', nullable: true },
    auto_tune: { type: 'boolean', nullable: true },
    env: { type: 'jsonb', nullable: true },
    metadata: { type: 'jsonb', nullable: true },
  },
  (fields, createdAt, updatedAt) => Camera.restore(fields, createdAt, updatedAt),
);

/** `regions`; the row `$meta` is what the corners are measured on. */
export const REGION_TABLE = new EntryTable<RegionsEntry>(
  'regions',
  {
    region_type: { type: 'text', nullable: true },
    name: { type: 'text', nullable: true },
    camera_id: { type: 'text', nullable: true },
    is_active: { type: 'boolean', nullable: true },
    polygon: { type: 'jsonb', nullable: true },
    description: { type: 'text', nullable: true },
    rules: { type: 'jsonb', nullable: true },
    stats: { type: 'jsonb', nullable: true },
  },
  restoreEntry,
);
