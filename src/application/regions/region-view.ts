import { CANVAS_ID, type Region, type RegionCanvas, type RegionsEntry } from '../../domain/regions/region';
import { CONDUCT_DEFAULTS } from '../../domain/regions/region-rules';
import { type Json, type JsonObject, isJsonObject } from '../../domain/shared/json';

/** What detectors of the old backend counted in a region; kept as the file has it. */
export const NO_STATS = {
  total_entries: 0,
  current_occupancy: 0,
  violations: 0,
  last_entry_time: null,
  last_exit_time: null,
} as const satisfies JsonObject;

/** A region in an answer: every setting in force, unknown keys of the file unchanged. */
export type RegionView = JsonObject & {
  readonly region_id: string;
  readonly region_type: string;
  readonly polygon: Json;
  readonly name: string;
  readonly is_active: boolean;
  readonly camera_id: string | null;
};

const part = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

export function regionView(region: Region): RegionView {
  const { id, region_type, polygon, name, is_active, rules, stats, description, camera_id: _, ...more } = region.fields;
  return {
    ...more,
    region_id: String(id),
    region_type: String(region_type),
    polygon: polygon ?? [],
    name: typeof name === 'string' ? name : `${String(region_type)}_${String(id)}`,
    is_active: is_active !== false,
    camera_id: region.cameraId,
    description: typeof description === 'string' ? description : '',
    rules: { ...CONDUCT_DEFAULTS, ...part(rules) },
    stats: { ...NO_STATS, ...part(stats) },
    created_at: region.createdAt.toISOString(),
    updated_at: region.updatedAt.toISOString(),
  };
}

/** The four parts of the canvas, null where nothing was said. */
export interface CanvasView {
  readonly canvas_size: Json;
  readonly background_size: Json;
  readonly fit_mode: Json;
  readonly ref_size: Json;
}

export function canvasView(canvas: RegionCanvas | undefined): CanvasView {
  const { canvas_size = null, background_size = null, fit_mode = null, ref_size = null } = canvas?.fields ?? {};
  return { canvas_size, background_size, fit_mode, ref_size };
}

/** A region as the first page for regions of the old backend showed it. */
export const plainView = (region: Region) => {
  const { region_id, name, region_type, polygon, rules, is_active, description } = regionView(region);
  return {
    id: region_id,
    name,
    type: region_type,
    description: String(description),
    points: polygon,
    rules: part(rules),
    isActive: is_active,
    color: '#007bff',
  };
};

export const isRegion = (entry: RegionsEntry): entry is Region => entry.id !== CANVAS_ID;
export const isCanvas = (entry: RegionsEntry): entry is RegionCanvas => entry.id === CANVAS_ID;
