import type { RegionService } from '../../application/regions/region-service';
import { REGION_RULES } from '../../domain/regions/region-rules';
import type { Json, JsonObject } from '../../domain/shared/json';
import { Described, ListOf, NoInputDto, OneOf, Open, Part, Text, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { named } from '../http/schemas';
import { regionExamples } from './region-examples';

const MOST_REGIONS = 1_000;
const LIST_LIMIT = '2mb';

const settings = (): JsonObject => {
  const {
    id,
    stats: _,
    ...others
  } = Object.fromEntries(Object.entries(REGION_RULES).map(([name, { schema }]) => [name, schema]));
  return { region_id: id ?? {}, ...others };
};

const size = (): JsonObject => ({
  type: ['object', 'null'],
  properties: { width: { type: 'integer', minimum: 1 }, height: { type: 'integer', minimum: 1 } },
});

const canvas = (): JsonObject => ({
  canvas_size: size(),
  background_size: size(),
  fit_mode: { type: ['string', 'null'], enum: ['contain', 'cover', 'stretch', null] },
  ref_size: { type: ['string', 'null'], maxLength: 20 },
});

const IN_EVERY_ANSWER = [
  'region_id',
  'region_type',
  'polygon',
  'name',
  'is_active',
  'camera_id',
  'description',
  'rules',
  'stats',
  'created_at',
  'updated_at',
];

/** A region in an answer: every setting in force, keys unknown to this service unchanged. */
const region = (more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: {
    ...settings(),
    camera_id: { type: ['string', 'null'], description: 'null: it holds for the whole site' },
    stats: {
      type: 'object',
      additionalProperties: true,
      description: 'what an old detector counted; kept as the file has it',
    },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
    ...more,
  },
  required: [...IN_EVERY_ANSWER, ...Object.keys(more)],
  additionalProperties: true,
});

class RegionFilterDto {
  @Text({ max: 200, optional: true, about: 'its own regions and those of the whole site; empty or "undefined": all' })
  camera_id?: string;
}

class RegionKeyDto {
  @Text({ min: 1, max: 200 })
  region: string;
}

/** The settings of a new region; the domain checks them. */
@Open
@Described(() => ({
  type: 'object',
  required: ['region_id', 'region_type', 'polygon'],
  properties: settings(),
  additionalProperties: false,
}))
class NewRegionDto {
  [setting: string]: Json;
}

/** The settings to change; what is not named stays, `null` takes an optional one away. */
@Open
@Described(() => ({ type: 'object', properties: settings(), additionalProperties: true }))
class RegionPatchDto {
  @Text({ min: 1, max: 200 })
  region: string;
  [setting: string]: Json;
}

@Described(() => region())
class RegionDto {
  readonly region_id: string;
  readonly region_type: string;
  readonly polygon: Json;
  readonly name: string;
  readonly is_active: boolean;
  readonly camera_id: string | null;
  readonly [setting: string]: Json;
}

@Described(() => ({ type: 'array', items: named('Region', region()), description: 'in the order of the file' }))
class RegionListDto extends Array<RegionDto> {}

@Described(() => region({ status: { type: 'string', enum: ['success'] } }))
class RegionSavedDto extends RegionDto {
  readonly status: 'success';
}

class DoneDto {
  @OneOf(['success'])
  status: 'success';
}

class ClearedDto extends DoneDto {
  @Whole({ min: 0, max: MOST_REGIONS })
  removed: number;
}

class RegionsToSaveDto {
  @ListOf(() => named('ListedRegion', { type: 'object', properties: settings() }), { most: MOST_REGIONS })
  regions: Json[];
}

class RegionsSavedDto extends DoneDto {
  @Whole({ min: 0, max: MOST_REGIONS })
  created: number;

  @Whole({ min: 0, max: MOST_REGIONS })
  updated: number;

  @ListOf(() => RegionDto)
  regions: RegionDto[];
}

/** What the corners of all regions are measured on; what is not named stays, `null` takes a part away. */
@Open
@Described(() => ({ type: 'object', properties: canvas(), additionalProperties: true }))
class CanvasPartsDto {
  [part: string]: Json;
}

class CanvasDto extends DoneDto {
  @Part(() => ({ type: 'object', properties: canvas(), required: Object.keys(canvas()) }))
  meta: { canvas_size: Json; background_size: Json; fit_mode: Json; ref_size: Json };
}

const plainRegion = () =>
  named('PlainRegion', {
    type: 'object',
    properties: {
      id: { type: 'string' },
      type: { type: 'string' },
      name: { type: 'string' },
      description: { type: 'string' },
      points: { type: 'array', description: 'corners; two make a strip' },
      isActive: { type: 'boolean' },
      rules: { type: 'object', additionalProperties: true },
      color: { type: 'string' },
    },
    required: ['id', 'points'],
  });

class PlainRegionsDto {
  @ListOf(plainRegion)
  regions: {
    id: string;
    name: string;
    type: string;
    description: string;
    points: Json;
    rules: JsonObject;
    isActive: boolean;
    color: string;
  }[];

  @Part(() => ({ type: 'object', properties: { width: { type: 'integer' }, height: { type: 'integer' } } }))
  canvas_size: { width: number; height: number };
}

class WholeListDto {
  @ListOf(plainRegion, { most: MOST_REGIONS, about: 'the whole of the regions: others are removed' })
  regions: Json[];

  @Part(() => ({ type: 'object', properties: canvas() }), { optional: true })
  meta?: JsonObject;
}

class WholeListSavedDto extends DoneDto {
  @Whole({ min: 0, max: MOST_REGIONS })
  created: number;

  @Whole({ min: 0, max: MOST_REGIONS })
  updated: number;

  @Whole({ min: 0, max: MOST_REGIONS })
  removed: number;
}

/** In this order the examples work one after the other: what is changed first, what is removed last. */
export const regionOperations = operations<RegionService>('regions', {
  get: {
    http: 'GET /management/regions/{region}',
    summary: 'One region',
    call: (regions, input) => regions.get(input),
    input: RegionKeyDto,
    output: RegionDto,
    example: regionExamples.get,
  },
  update: {
    http: 'PUT /management/regions/{region}',
    summary: 'Change some settings of a region',
    call: (regions, input) => regions.update(input),
    input: RegionPatchDto,
    output: RegionSavedDto,
    example: regionExamples.update,
  },
  remove: {
    http: 'DELETE /management/regions/{region}',
    summary: 'Remove a region',
    call: (regions, input) => regions.remove(input),
    input: RegionKeyDto,
    output: DoneDto,
    example: regionExamples.remove,
  },
  canvas: {
    http: 'GET /management/regions/meta',
    summary: 'What the corners of the regions are measured on',
    call: (regions, input) => regions.canvas(input),
    input: NoInputDto,
    output: CanvasDto,
    example: regionExamples.canvas,
  },
  setCanvas: {
    http: 'POST /management/regions/meta',
    summary: 'Say what the corners of the regions are measured on',
    call: (regions, input) => regions.setCanvas(input),
    input: CanvasPartsDto,
    output: CanvasDto,
    example: regionExamples.setCanvas,
  },
  saveAll: {
    http: 'POST /management/regions/batch',
    summary: 'Create and change many regions, all or none',
    call: (regions, input) => regions.saveAll(input),
    input: RegionsToSaveDto,
    output: RegionsSavedDto,
    example: regionExamples.saveAll,
    bodyLimit: LIST_LIMIT,
  },
  list: {
    http: 'GET /management/regions',
    summary: 'List regions in the order of the file',
    call: (regions, input) => regions.list(input),
    input: RegionFilterDto,
    output: RegionListDto,
    example: regionExamples.list,
  },
  create: {
    http: 'POST /management/regions',
    summary: 'Add a region',
    call: (regions, input) => regions.create(input),
    input: NewRegionDto,
    output: RegionSavedDto,
    example: regionExamples.create,
  },
  clear: {
    http: 'DELETE /management/regions',
    summary: 'Remove every region',
    call: (regions, input) => regions.clear(input),
    input: NoInputDto,
    output: ClearedDto,
    example: regionExamples.clear,
  },
  plain: {
    base: '/api',
    http: 'GET /regions',
    summary: 'The regions as the page of the old backend shows them',
    call: (regions, input) => regions.plain(input),
    input: NoInputDto,
    output: PlainRegionsDto,
    example: regionExamples.plain,
  },
  replaceAll: {
    base: '/api',
    http: 'POST /regions',
    summary: 'Replace the whole of the regions, all or none',
    call: (regions, input) => regions.replaceAll(input),
    input: WholeListDto,
    output: WholeListSavedDto,
    example: regionExamples.replaceAll,
    bodyLimit: LIST_LIMIT,
  },
});
