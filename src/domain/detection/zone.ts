import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import type { PicturePoint } from './box';

/** What a zone is for; the rules of order know zones by it. */
const ROLES = ['entrance', 'stand', 'wash', 'dry', 'work', 'restricted', 'monitoring', 'ignore'] as const;
export type ZoneRole = (typeof ROLES)[number];

/** A region of the site as one camera sees it. */
export interface Zone {
  readonly id: string;
  readonly role: ZoneRole;
  /** Corners in shares of the picture. */
  readonly outline: readonly PicturePoint[];
  /** What counts as being in it: where somebody stands, or a hand. */
  readonly anchor: 'foot' | 'hands';
  readonly rules: ZoneRules;
}

/** Seconds and persons; absent: no limit. */
export interface ZoneRules {
  readonly leastSeconds?: number;
  readonly mostSeconds?: number;
  readonly mostPersons?: number;
  /** Roles of zones in which a person must have been before. */
  readonly after: readonly ZoneRole[];
  /** Labels that a person must have here, such as `hairnet`; only a model of the site's own knows them. */
  readonly labels: readonly string[];
}

/** The zones of a camera, and why a region is none: one sentence each. */
export interface Zones {
  readonly zones: readonly Zone[];
  readonly warnings: readonly string[];
}

const ROLE_OF_TYPE: Readonly<Record<string, ZoneRole>> = {
  entrance: 'entrance',
  handwash: 'wash',
  sanitize: 'dry',
  work_area: 'work',
  restricted: 'restricted',
  monitoring: 'monitoring',
};

/** Names by which old installations told their zones apart: their types did not. */
const ROLE_OF_NAME: Readonly<Record<string, ZoneRole>> = {
  entrance: 'entrance',
  stand: 'stand',
  sink: 'wash',
  dryer: 'dry',
  work: 'work',
  ignore: 'ignore',
};

/** What `required_behaviors` may name besides labels. */
const BEHAVIOURS: Readonly<Record<string, ZoneRole>> = {
  handwash: 'wash',
  wash: 'wash',
  sanitize: 'dry',
  dry: 'dry',
};

const numberIn = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const textsIn = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each: Json) => typeof each === 'string') : [];

/**
 * The regions that hold for a camera, in the one form of the regions file, as zones. `canvas`: what their corners are
 * measured on. What the size of the picture under a region is must be known, not guessed: else it is not watched.
 */
export function zonesOf(regions: readonly JsonObject[], canvas: JsonObject, cameraId: string): Zones {
  const zones: Zone[] = [];
  const warnings: string[] = [];
  for (const region of regions) {
    if (region.is_active === false) continue;
    if (typeof region.camera_id === 'string' && region.camera_id !== cameraId) continue;
    const outline = outlineIn(region.polygon, canvas);
    if (outline) zones.push(zoneOf(region, outline));
    else
      warnings.push(
        `The region "${String(region.id)}" is not watched: nothing says how large the picture was on which it was drawn. Draw it on the dashboard, or set canvas_size.`,
      );
  }
  return { zones, warnings };
}

function zoneOf(region: JsonObject, outline: readonly PicturePoint[]): Zone {
  const rules = isJsonObject(region.rules) ? region.rules : {};
  const required = textsIn(rules.required_behaviors);
  const [least, most, persons] = [rules.min_duration, rules.max_duration, rules.max_occupancy].map(numberIn);
  return {
    id: String(region.id),
    role: roleOf(region, rules.role),
    outline,
    anchor: rules.anchor === 'hands' ? 'hands' : 'foot',
    rules: {
      ...(least !== undefined && least > 0 ? { leastSeconds: least } : {}),
      ...(most !== undefined && most >= 0 ? { mostSeconds: most } : {}),
      ...(persons !== undefined && persons >= 0 ? { mostPersons: persons } : {}),
      after: [...new Set(required.flatMap((name) => BEHAVIOURS[name.toLowerCase()] ?? []))],
      labels: required.filter((name) => !Object.hasOwn(BEHAVIOURS, name.toLowerCase())),
    },
  };
}

function roleOf(region: JsonObject, said: Json | undefined): ZoneRole {
  const role = ROLES.find((each) => each === said);
  if (role) return role;
  const names = [region.name, region.id].map((name) => String(name ?? '').toLowerCase());
  const [byName] = names.flatMap((name) => (Object.hasOwn(ROLE_OF_NAME, name) ? (ROLE_OF_NAME[name] ?? []) : []));
  return byName ?? ROLE_OF_TYPE[String(region.region_type)] ?? 'monitoring';
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function outlineIn(polygon: Json | undefined, canvas: JsonObject): PicturePoint[] | undefined {
  if (!Array.isArray(polygon)) return undefined;
  const corners = polygon.flatMap((corner: Json): PicturePoint[] => {
    const point = pointIn(corner);
    return point ? [point] : [];
  });
  if (corners.length < 3 || corners.length < polygon.length) return undefined;
  const toShares = scaling(corners, canvas);
  return toShares && corners.map(toShares);
}

function pointIn(corner: Json): PicturePoint | undefined {
  if (!Array.isArray(corner)) return undefined;
  const [x, y] = corner.map(numberIn);
  return x === undefined || y === undefined ? undefined : [x, y];
}

function scaling(
  corners: readonly PicturePoint[],
  { canvas_size, background_size, fit_mode, ref_size }: JsonObject,
): ((point: PicturePoint) => PicturePoint) | undefined {
  const [canvas, background] = [sizeIn(canvas_size), sizeIn(background_size)];
  if (canvas) return onCanvas(canvas, background ?? canvas, typeof fit_mode === 'string' ? fit_mode : 'contain');
  const [, width, height] = /^(\d+)x(\d+)$/.exec(typeof ref_size === 'string' ? ref_size : '') ?? [];
  const size = sizeIn({ width: Number(width), height: Number(height) });
  if (size) return ([x, y]) => [x / size.width, y / size.height];
  return corners.every((corner) => corner.every((n) => n >= 0 && n <= 1)) ? (point) => point : undefined;
}

function sizeIn(value: Json | undefined): Size | undefined {
  if (!isJsonObject(value)) return undefined;
  const [width, height] = [numberIn(value.width), numberIn(value.height)];
  return width !== undefined && height !== undefined && width > 0 && height > 0 ? { width, height } : undefined;
}

/** A page shows the picture as large as it fits into its canvas (or fills it), in the middle. */
function onCanvas(canvas: Size, picture: Size, fit: string): (point: PicturePoint) => PicturePoint {
  const [sx, sy] = [canvas.width / picture.width, canvas.height / picture.height];
  const scale = fit === 'cover' ? Math.max(sx, sy) : Math.min(sx, sy);
  const [width, height] =
    fit === 'stretch' ? [canvas.width, canvas.height] : [picture.width * scale, picture.height * scale];
  const [left, top] = [(canvas.width - width) / 2, (canvas.height - height) / 2];
  return ([x, y]) => [(x - left) / width, (y - top) / height];
}
