import type { Box, PicturePoint } from '../../domain/detection/box';
import { type RgbPicture, readLookSize } from '../../domain/detection/scene';
import { type Zone, type Zones, zonesOf } from '../../domain/detection/zone';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import { type JsonObject, isJsonObject } from '../../domain/shared/json';
import { type DryRun, type FoundInFilm, dryRun } from './dry-run';
import { eventTypeOf, evidenceOf, notEvaluated } from './findings';
import type { PersonFinder } from './person-finder';

/** What is known of a camera. */
interface KnownCamera {
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A picture with what is drawn into it. */
interface Drawing {
  readonly picture: RgbPicture;
  readonly main: Box | undefined;
  readonly others: readonly Box[];
  readonly outline: readonly PicturePoint[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the detection of a camera needs of the rest. */
export interface DetectionParts {
  camera(id: string): Promise<KnownCamera | undefined>;
  /** Settings of the regions that hold, and what their corners are measured on. */
  regions(): Promise<{ readonly regions: readonly JsonObject[]; readonly canvas: JsonObject }>;
  /** What the worker says of itself; undefined while there is none. */
  seen(id: string): Promise<JsonObject | undefined>;
  detector(): { readonly state: string; readonly note?: string | undefined };
  /** Somebody who looks until `close`; it throws where nobody can. */
  looker(): Promise<{ readonly looker: PersonFinder; close(): void }>;
  /**
   * The pictures of a film in the folder of films, or of the camera's own source where that is a file; undefined where
   * there is none. They throw for what is no video.
   */
  film(
    name: string | undefined,
    source: string,
    size: Size,
  ): AsyncIterable<{ readonly picture: RgbPicture; readonly at: number }> | undefined;
  jpeg(drawing: Drawing): Promise<Uint8Array>;
}

export interface DryRunInput {
  readonly camera_id: string;
  /** Name of a file in the folder of films. */
  readonly film?: string;
  /** Seconds of the film. */
  readonly seconds: number;
}

/** Of each finding; a page shows no more, and an answer of dozens of megabytes helps nobody. */
const MOST_PICTURES = 12;

/** What is seen of persons, and what the rules would find in a recording. */
export class DetectionService {
  private running = false;

  constructor(private readonly parts: DetectionParts) {}

  /** Throws `camera.not_found`. */
  async detection({ camera_id: id }: { readonly camera_id: string }) {
    await this.known(id);
    const [zones, said] = [await this.zones(id), await this.parts.seen(id)];
    const [detections, detection] = [partOf(said, 'detections'), partOf(said, 'detection')];
    const { state, note } = this.parts.detector();
    const looks = isJsonObject(detection.looks) ? detection.looks : {};
    const whole = (value: unknown): number => (typeof value === 'number' ? value : 0);
    return {
      camera_id: id,
      detector: { state, note: note ?? null, model: typeof detection.model === 'string' ? detection.model : null },
      // Only a worker that looks knows how many there are.
      persons: typeof detections.persons === 'number' && detection.looks !== undefined ? detections.persons : null,
      hairnets: typeof detections.hairnets === 'number' && detection.looks !== undefined ? detections.hairnets : null,
      looks: { wanted: whole(looks.wanted), served: whole(looks.served) },
      boxes: Array.isArray(detection.boxes) ? detection.boxes.filter(isJsonObject) : [],
      zones: zones.zones.map(({ id: region, role, outline }) => ({ region_id: region, role, outline })),
      not_evaluated: Array.isArray(detection.not_evaluated)
        ? detection.not_evaluated.filter((text) => typeof text === 'string')
        : [...zones.warnings, ...notEvaluated(zones.zones, [])],
    };
  }

  /**
   * Throws `camera.not_found`, `detection.unavailable`, `detection.film_not_found`, `detection.film_unusable`, or
   * `detection.busy`: films are looked at one after the other, between the looks of the cameras.
   */
  async dryRun({ camera_id: id, film, seconds }: DryRunInput) {
    const camera = await this.known(id);
    const zones = await this.zones(id);
    const pictures = this.parts.film(film, camera.source, readLookSize(camera.env.DETECT_SIZE));
    if (!pictures) throw new DomainError('detection.film_not_found', noFilm(film), { params: { film: film ?? '' } });
    if (this.running)
      throw new Unavailable('detection.busy', 'Another film is being looked at: try again later.', 'not-started');
    this.running = true;
    try {
      return await this.lookAt(pictures, zones, seconds);
    } finally {
      this.running = false;
    }
  }

  private async lookAt(pictures: Film, zones: Zones, seconds: number) {
    const found = await this.parts.looker();
    const findings: Awaited<ReturnType<DetectionService['shown']>>[] = [];
    let ran: DryRun;
    try {
      ran = await dryRun(found.looker, zones.zones, until(pictures, seconds), async (each) => {
        findings.push(await this.shown(each, zones.zones, findings.length));
      });
    } finally {
      found.close();
    }
    const { labels, model, looks, persons } = ran;
    const notes = [...zones.warnings, ...notEvaluated(zones.zones, labels)];
    return { seconds: rounded(ran.seconds), looks, persons, model, findings, not_evaluated: notes };
  }

  private async shown({ finding, watched }: FoundInFilm, zones: readonly Zone[], n: number) {
    const { rule, outcome, zoneId, trackId, at, box } = finding;
    const others = watched.persons.filter((person) => person.id !== trackId).map((person) => person.box);
    const outline = zones.find((zone) => zone.id === zoneId)?.outline ?? [];
    const drawing = { picture: watched.picture, main: box, others, outline };
    return {
      second: rounded(at),
      event_type: eventTypeOf(finding) ?? null,
      rule,
      outcome,
      region_id: zoneId,
      track_id: trackId,
      evidence: evidenceOf(finding, watched.look.model),
      picture: n < MOST_PICTURES ? Buffer.from(await this.parts.jpeg(drawing)).toString('base64') : null,
    };
  }

  private async zones(id: string): Promise<Zones> {
    const { regions, canvas } = await this.parts.regions();
    return zonesOf(regions, canvas, id);
  }

  private async known(id: string): Promise<KnownCamera> {
    const camera = await this.parts.camera(id);
    if (camera) return camera;
    throw new DomainError('camera.not_found', `There is no camera "${id}".`, { params: { id } });
  }
}

type FilmPicture = { readonly picture: RgbPicture; readonly at: number };
type Film = AsyncIterable<FilmPicture>;

async function* until(film: Film, seconds: number): AsyncGenerator<FilmPicture> {
  for await (const each of film) {
    if (each.at > seconds) return;
    yield each;
  }
}

const partOf = (said: JsonObject | undefined, name: string): JsonObject => {
  const part = said?.[name];
  return isJsonObject(part) ? part : {};
};

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100;

const noFilm = (film: string | undefined): string =>
  film === undefined
    ? 'The source of this camera is no file: name a film in the folder of films.'
    : `There is no film "${film}" in the folder of films.`;
