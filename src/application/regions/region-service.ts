import { cornersOf, widened } from '../../domain/regions/polygon';
import {
  CANVAS_ID,
  Region,
  RegionCanvas,
  type RegionsEntry,
  regionIn,
  regionNotFound,
} from '../../domain/regions/region';
import { CONDUCT_DEFAULTS, publicName } from '../../domain/regions/region-rules';
import { refuseFaults } from '../../domain/shared/domain-error';
import type { EntryRepository } from '../../domain/shared/entry-changes';
import type { Fault } from '../../domain/shared/fault';
import { type Json, type JsonObject, isJsonObject } from '../../domain/shared/json';
import type { Configuration } from '../shared/configuration';
import type { Decide } from '../shared/configuration-plans';
import type { EntrySet } from '../shared/entry-set';
import type { Clock } from '../shared/log';
import { regionSet } from './region-kind';

/** What detectors of the old backend counted in a region; kept as the file has it. */
export const NO_STATS = {
  total_entries: 0,
  current_occupancy: 0,
  violations: 0,
  last_entry_time: null,
  last_exit_time: null,
} as const satisfies JsonObject;

/** A region in an answer: every setting in force, unknown keys of the file unchanged. */
type RegionView = JsonObject & {
  readonly region_id: string;
  readonly region_type: string;
  readonly polygon: Json;
  readonly name: string;
  readonly is_active: boolean;
  readonly camera_id: string | null;
};

const part = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

function regionView(region: Region): RegionView {
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
interface CanvasView {
  readonly canvas_size: Json;
  readonly background_size: Json;
  readonly fit_mode: Json;
  readonly ref_size: Json;
}

function canvasView(canvas: RegionCanvas | undefined): CanvasView {
  const { canvas_size = null, background_size = null, fit_mode = null, ref_size = null } = canvas?.fields ?? {};
  return { canvas_size, background_size, fit_mode, ref_size };
}

/** A region as the first page for regions of the old backend showed it. */
const plainView = (region: Region) => {
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

const isRegion = (entry: RegionsEntry): entry is Region => entry.id !== CANVAS_ID;
const isCanvas = (entry: RegionsEntry): entry is RegionCanvas => entry.id === CANVAS_ID;

interface RegionFilter {
  readonly camera_id?: string;
}

/** Not `region_id`, which bodies hold as well. */
interface RegionKey {
  readonly region: string;
}

/** `region` is the region's present id; everything else are the settings to change. */
type RegionPatch = RegionKey & JsonObject;

interface RegionList {
  readonly regions: readonly Json[];
}

/** Texts that old dashboards send for "no camera is chosen". */
const NO_CAMERA = new Set(['', 'undefined', 'null', 'all']);

/** Where the old backend's page draws, whatever the regions were measured on. */
const OLD_CANVAS = { width: 800, height: 600 };

type All = EntrySet<RegionsEntry>;

/** Which regions a list made, and which it changed. */
interface Counted {
  readonly set: All;
  readonly created: string[];
  readonly updated: string[];
}

/** The regions of the site: reads come from the table, every change is one revision of table and file. */
export class RegionService {
  constructor(
    private readonly entries: Pick<EntryRepository<RegionsEntry>, 'all'>,
    private readonly configuration: Pick<Configuration<RegionsEntry>, 'change'>,
    private readonly clock: Clock,
  ) {}

  /** Of one camera: its own regions, and those that hold for the whole site. */
  async list({ camera_id = '' }: RegionFilter) {
    const regions = (await this.entries.all()).filter(isRegion);
    const wanted = ({ cameraId }: Region) => cameraId === null || cameraId === camera_id;
    return (NO_CAMERA.has(camera_id) ? regions : regions.filter(wanted)).map(regionView);
  }

  async get({ region }: RegionKey) {
    return regionView(regionIn(await this.entries.all(), region));
  }

  async create(fields: JsonObject) {
    const region = Region.register(fields, this.clock());
    return this.changed(region.id, (all) => regionSet.add(all, region));
  }

  async update({ region, ...patch }: RegionPatch) {
    return this.changed(region, (all, unseen) =>
      regionSet.replace(
        all,
        regionOnly(region),
        (entry) => regionIn([entry], region).change(patch, this.clock()),
        unseen,
      ),
    );
  }

  async remove({ region }: RegionKey) {
    await this.configuration.change((all) => regionSet.remove(all, regionOnly(region)));
    return { status: 'success' as const };
  }

  /** Removes every region; what the corners are measured on stays. */
  async clear(_: object) {
    let removed = 0;
    await this.configuration.change((all) => {
      removed = all.entries.filter(isRegion).length;
      return {
        entries: all.entries.filter(isCanvas),
        quarantined: all.quarantined.filter(({ id }) => id === undefined),
      };
    });
    return { status: 'success' as const, removed };
  }

  /** Creates and changes all of a list, or nothing. A region that the list does not name stays as it is. */
  async saveAll({ regions }: RegionList) {
    const { counted, after } = await this.saved(regions, (set) => set);
    const named = new Set([...counted.created, ...counted.updated]);
    return {
      status: 'success' as const,
      created: counted.created.length,
      updated: counted.updated.length,
      regions: after.filter(isRegion).flatMap((region) => (named.has(region.id) ? [regionView(region)] : [])),
    };
  }

  /** What the corners of the regions are measured on. */
  async canvas(_: object) {
    return { status: 'success' as const, meta: canvasView((await this.entries.all()).find(isCanvas)) };
  }

  /** What is not named stays; `null` takes a part away. */
  async setCanvas(parts: JsonObject) {
    const after = await this.configuration.change((all) => withCanvas(all, parts, this.clock()));
    return { status: 'success' as const, meta: canvasView(after.find(isCanvas)) };
  }

  /** The regions as the old backend's own page shows them. */
  async plain(_: object) {
    return { regions: (await this.entries.all()).filter(isRegion).map(plainView), canvas_size: OLD_CANVAS };
  }

  /** Makes a list the whole of the regions, or changes nothing: those that it does not name are removed. */
  async replaceAll({ regions, meta }: RegionList & { readonly meta?: JsonObject | null }) {
    if (regions.length === 0) {
      const message = 'An empty list would remove every region. DELETE /api/v1/management/regions does that.';
      refuseFaults('region.invalid', [{ path: ['regions'], type: 'missing', message }]);
    }
    const list = regions.map((item) => (isJsonObject(item) ? asDrawn(item) : item));
    let removed = 0;
    const { counted } = await this.saved(list, (set, named) => {
      const entries = set.entries.filter((entry) => isCanvas(entry) || named.has(entry.id));
      removed = set.entries.length - entries.length;
      return meta ? withCanvas({ ...set, entries }, meta, this.clock()) : { ...set, entries };
    });
    return { status: 'success' as const, created: counted.created.length, updated: counted.updated.length, removed };
  }

  private async changed(id: string, decide: Decide<RegionsEntry>) {
    const after = await this.configuration.change(decide);
    return { ...regionView(regionIn(after, id)), status: 'success' as const };
  }

  private async saved(regions: readonly Json[], then: (set: All, named: ReadonlySet<string>) => All) {
    let counted: Counted = { set: { entries: [], quarantined: [] }, created: [], updated: [] };
    const after = await this.configuration.change((all) => {
      counted = takeAll(all, regions, this.clock());
      return then(counted.set, new Set([...counted.created, ...counted.updated]));
    });
    return { counted, after };
  }
}

/** Every fault of every item is reported, with its place in the list. */
function takeAll(all: All, items: readonly Json[], now: Date): Counted {
  const known = new Map(all.entries.filter(isRegion).map((region) => [region.id, region]));
  const faulty = new Set(all.quarantined.map(({ id }) => id));
  const seen = new Set<string>();
  const faults: Fault[] = [];
  const taken: Region[] = [];
  for (const [i, item] of items.entries()) {
    const input = isJsonObject(item) ? item : {};
    const id = String(input.region_id ?? input.id ?? '');
    const before = known.get(id);
    const checked = before ? before.checkChange(input) : Region.check(input);
    for (const fault of checked.faults) faults.push({ ...fault, path: ['regions', i, ...fault.path] });
    if (seen.has(id))
      faults.push({ path: ['regions', i, publicName('id')], type: 'duplicate_id', message: 'is in the list twice' });
    seen.add(id);
    taken.push(before ? before.with(checked.fields, now) : Region.restore(checked.fields, now, now));
  }
  refuseFaults('region.invalid', faults);
  const byId = new Map(taken.map((region) => [region.id, region]));
  const created = taken.filter(({ id }) => !known.has(id));
  const entries = all.entries.map((entry) => byId.get(entry.id) ?? entry);
  const quarantined = all.quarantined.filter(({ id }) => id === undefined || !faulty.has(id) || !byId.has(id));
  return {
    set: { entries: [...entries, ...created], quarantined },
    created: created.map(({ id }) => id),
    updated: taken.filter(({ id }) => known.has(id)).map(({ id }) => id),
  };
}

function withCanvas({ entries, quarantined }: All, parts: JsonObject, now: Date): All {
  const canvas = (entries.find(isCanvas) ?? RegionCanvas.restore({}, now, now)).change(parts, now);
  return { entries: [...entries.filter(isRegion), ...(canvas.isEmpty ? [] : [canvas])], quarantined };
}

/** The old page draws a line where it means a strip, and knows no type but its own. */
function asDrawn(item: JsonObject): JsonObject {
  const { type = 'custom', region_type = type, points = null, polygon = points, ...rest } = item;
  const outline = widened(cornersOf(polygon));
  return { ...rest, region_type, ...(outline === undefined ? {} : { polygon: outline }) };
}

/** The canvas is among the entries, and is no region. */
function regionOnly(id: string): string {
  if (id.startsWith('$')) throw regionNotFound(id);
  return id;
}
