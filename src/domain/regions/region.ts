import { DomainError, refuseFaults } from '../shared/domain-error';
import type { ConfigEntry } from '../shared/entry-changes';
import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject, sameJson } from '../shared/json';
import { type RegionFields, canonicalRegion, checkNames, checkNewPolygon, checkRegion, settable } from './region-rules';

/** What the regions file holds: regions, and what their corners are measured on. */
export type RegionsEntry = Region | RegionCanvas;

/** Settings that were checked, or why they cannot be. */
interface Checked {
  readonly fields: RegionFields;
  readonly faults: readonly Fault[];
}

/** A part of what a camera sees, in which rules hold. Immutable: every change is a new region. */
export class Region implements ConfigEntry<RegionsEntry> {
  private constructor(
    readonly fields: RegionFields,
    readonly createdAt: Date,
    readonly updatedAt: Date,
  ) {}

  /** A new region; all rules apply. Throws `region.invalid` with every fault. */
  static register(input: JsonObject, now: Date): Region {
    const { fields, faults } = Region.check(input);
    refuseFaults('region.invalid', faults);
    return new Region(fields, now, now);
  }

  /** The same without an end of it: for lists, whose faults are reported together. */
  static check(input: JsonObject): Checked {
    const fields = canonicalRegion(settable(input));
    const faults = [...checkNames(fields, {}), ...checkRegion(fields), ...checkNewPolygon(fields.polygon)];
    return { fields, faults };
  }

  /** A region that was accepted before: trusted, so that old rows stay readable. */
  static restore(fields: RegionFields, createdAt: Date, updatedAt: Date): Region {
    return new Region(fields, createdAt, updatedAt);
  }

  get id(): string {
    return String(this.fields.id);
  }

  /** The camera it belongs to; null: it holds for the whole site. */
  get cameraId(): string | null {
    return typeof this.fields.camera_id === 'string' ? this.fields.camera_id : null;
  }

  /**
   * The region with some settings changed: what is not named stays, `null` takes a setting away, rules are merged one by
   * one. Throws `region.invalid` with every fault.
   */
  change(patch: JsonObject, now: Date): Region {
    const { fields, faults } = this.checkChange(patch);
    refuseFaults('region.invalid', faults);
    return this.with(fields, now);
  }

  checkChange(patch: JsonObject): Checked {
    const sent = settable(patch);
    const { id, rules, ...news } = canonicalRegion(sent);
    const renamed: Fault[] =
      id !== undefined && id !== this.id
        ? [{ path: ['region_id'], type: 'mismatch', message: 'must be the id in the path: a region cannot be renamed' }]
        : [];
    const kept = Object.entries(this.fields).filter(([name]) => !isCleared(name, sent));
    const merged: JsonObject = rules === undefined ? {} : { rules: this.mergedRules(rules) };
    const fields: RegionFields = { ...Object.fromEntries(kept), ...news, ...merged };
    const isRedrawn = news.polygon !== undefined && !sameJson(news.polygon, this.fields.polygon);
    const faults = [
      ...renamed,
      ...checkNames(news, this.fields),
      ...checkRegion(fields),
      ...(isRedrawn ? checkNewPolygon(news.polygon) : []),
    ];
    return { fields, faults };
  }

  with(fields: RegionFields, now: Date): Region {
    return sameJson(fields, this.fields) ? this : new Region(fields, this.createdAt, now);
  }

  private mergedRules(rules: Json): Json {
    const { rules: before } = this.fields;
    if (!isJsonObject(rules)) return rules;
    const all = Object.entries({ ...(isJsonObject(before) ? before : {}), ...rules });
    return Object.fromEntries(all.filter(([, value]) => value !== null));
  }
}

/** `null` takes a setting away, and so does a blank text where one is optional. */
const isCleared = (field: string, sent: JsonObject): boolean =>
  Object.hasOwn(sent, field) && !Object.hasOwn(canonicalRegion({ [field]: sent[field] ?? null }), field);

/** The entry of the canvas: no region can have this id. */
export const CANVAS_ID = '$meta';

const SIZES = ['canvas_size', 'background_size'];
const FIT_MODES = ['contain', 'cover', 'stretch'];
const PARTS = [...SIZES, 'fit_mode', 'ref_size'];
const LARGEST = 100_000;

/** The sizes that the corners of all regions are measured on, and how the picture behind them was fitted: `meta` in the file. */
export class RegionCanvas implements ConfigEntry<RegionsEntry> {
  readonly id = CANVAS_ID;

  private constructor(
    readonly fields: JsonObject,
    readonly createdAt: Date,
    readonly updatedAt: Date,
  ) {}

  static restore(fields: JsonObject, createdAt: Date, updatedAt: Date): RegionCanvas {
    return new RegionCanvas({ ...fields, id: CANVAS_ID }, createdAt, updatedAt);
  }

  get isEmpty(): boolean {
    return Object.keys(this.fields).length === 1;
  }

  /** Parts that are not named stay; `null` takes one away. Throws `region.invalid` with every fault. */
  change(patch: JsonObject, now: Date): RegionCanvas {
    const named = Object.entries(patch).map(([name, value]) => [name, numbersIn(name, value)] as const);
    refuseFaults('region.invalid', checkCanvas(Object.fromEntries(named)));
    const all = Object.entries({ ...this.fields, ...Object.fromEntries(named) });
    return this.with(Object.fromEntries(all.filter(([, value]) => value !== null)), now);
  }

  with(fields: JsonObject, now: Date): RegionCanvas {
    return sameJson(fields, this.fields) ? this : new RegionCanvas(fields, this.createdAt, now);
  }
}

/** Faults of the canvas in a file or a body. */
export function checkCanvas(fields: JsonObject): Fault[] {
  return Object.entries(fields).flatMap(([name, value]): Fault[] => {
    if (value === null || name === 'id') return [];
    if (!PARTS.includes(name)) return [];
    if (SIZES.includes(name))
      return isSize(value)
        ? []
        : [{ path: [name], type: 'type', message: 'must be {"width", "height"}, whole numbers' }];
    if (name === 'fit_mode')
      return typeof value === 'string' && FIT_MODES.includes(value)
        ? []
        : [{ path: [name], type: 'enum', message: `must be one of ${FIT_MODES.join(', ')}` }];
    return typeof value === 'string' && value.length <= 20
      ? []
      : [{ path: [name], type: 'pattern', message: 'must be a text such as 1920x1080' }];
  });
}

const isSize = (value: Json): boolean =>
  isJsonObject(value) &&
  [value.width, value.height].every((n) => typeof n === 'number' && Number.isInteger(n) && n > 0 && n <= LARGEST);

/** Old clients send sizes as texts and fractions of pixels. */
function numbersIn(name: string, value: Json): Json {
  if (!SIZES.includes(name) || !isJsonObject(value)) return value;
  const whole = (n: Json | undefined): Json => {
    const number = typeof n === 'string' && n.trim() !== '' ? Number(n) : n;
    return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : (n ?? null);
  };
  return { width: whole(value.width), height: whole(value.height) };
}

/** An entry of the file by its id. */
export const restoreEntry = (fields: JsonObject, createdAt: Date, updatedAt: Date): RegionsEntry =>
  (fields.id === CANVAS_ID ? RegionCanvas : Region).restore(fields, createdAt, updatedAt);

/** The region among the entries; throws `region.not_found`. */
export function regionIn(entries: readonly RegionsEntry[], id: string): Region {
  const found = entries.find((entry) => entry.id === id);
  if (found instanceof Region) return found;
  throw regionNotFound(id);
}

export const regionNotFound = (id: string) =>
  new DomainError('region.not_found', `There is no region "${id}".`, { params: { id } });
