import type { Zone, Zones } from '../../domain/detection/zone';
import { zonesOf } from '../../domain/detection/zone';
import type { ZoneFinding } from '../../domain/detection/zone-rules';
import { canonicalRegion, checkRegion } from '../../domain/regions/region-rules';
import { type JsonObject, isJsonObject, parsedJson } from '../../domain/shared/json';

/**
 * The zones of a camera in the text of the regions file. A region with faults is none, as in the service.
 * @throws Error for a text that is no regions file
 */
export function zonesInFile(text: string, cameraId: string): Zones {
  const file = parsedJson(text);
  if (!isJsonObject(file) || !Array.isArray(file.regions)) throw new Error('the regions file is not valid');
  const regions = file.regions.filter(isJsonObject).map(canonicalRegion);
  return zonesOf(
    regions.filter((fields) => checkRegion(fields).length === 0),
    isJsonObject(file.meta) ? file.meta : {},
    cameraId,
  );
}

/** The event of a finding; undefined where nothing happened, or nobody knows. */
export function eventTypeOf({ rule, outcome, facts }: ZoneFinding): string | undefined {
  if (rule === 'hands') return 'HANDWASHING_ACTIVE';
  if (outcome !== 'broken') return undefined;
  switch (rule) {
    case 'restricted':
      return 'RESTRICTED_ENTERED';
    case 'too_long':
      return 'DWELL_TOO_LONG';
    case 'too_short':
      return 'INSUFFICIENT_DWELL_TIME';
    case 'too_many':
      return 'OCCUPANCY_EXCEEDED';
    case 'order':
      return 'SEQUENCE_BROKEN';
    case 'drying':
      return 'SKIP_DRYING';
    case 'labels':
      return facts.has_hairnet === false ? 'NO_HAIRNET_AT_SINK' : 'LABEL_MISSING';
  }
}

/** Of the picture that is kept of a finding. */
export const EVIDENCE_SIZE = { width: 640, height: 360 } as const;

/** What an event says of a finding; the box is in pixels of the picture that is kept of it. */
export function evidenceOf({ facts, box, score, zoneId }: ZoneFinding, model: string): JsonObject {
  const { width: w, height: h } = EVIDENCE_SIZE;
  const corners = box && [box.x1 * w, box.y1 * h, box.x2 * w, box.y2 * h].map(Math.round);
  return {
    ...facts,
    zone_id: zoneId,
    ...(corners ? { bbox: corners, picture_size: [w, h] } : {}),
    ...(score === undefined ? {} : { confidence: Math.round(score * 1_000) / 1_000 }),
    model,
  };
}

/** Rules that nobody can evaluate: they ask for what no model here knows. One sentence each. */
export function notEvaluated(zones: readonly Zone[], labels: readonly string[]): string[] {
  return zones.flatMap(({ id, rules }) =>
    rules.labels
      .filter((label) => !labels.includes(label))
      .map((label) => `"${label}" in the region "${id}" is not evaluated: no model here knows it. See DETECTOR_MODEL.`),
  );
}
