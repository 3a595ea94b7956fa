import { readFileSync, statSync } from 'node:fs';
import { SceneWatch, LOOKS_PER_SECOND, type SceneLook } from '../application/detection/scene-watch';
import { eventTypeOf, evidenceOf, notEvaluated, zonesInFile } from '../application/detection/findings';
import { readLookSize } from '../domain/detection/scene';
import type { Zones } from '../domain/detection/zone';
import type { ZoneFinding } from '../domain/detection/zone-rules';
import type { JsonObject } from '../domain/shared/json';
import { type Marks, evidenceJpeg } from '../infrastructure/ffmpeg/evidence-picture';
import type { FfmpegBuild } from '../infrastructure/ffmpeg/ffmpeg-build';
import type { LookSize } from '../infrastructure/ffmpeg/ffmpeg-decoder';
import { LookClient } from '../infrastructure/looks/look-client';
import { errorText, hasCode } from '../infrastructure/system/files';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PersonSettings {
  readonly cameraId: string;
  /** Of the process that looks for all cameras. */
  readonly socket: string;
  /** The regions of the site; absent: nobody has zones. */
  readonly regionsFile: string | undefined;
  readonly size: LookSize;
  readonly blurHeads: boolean;
}

/** Undefined where no persons are looked for. @throws Error for a size that is none */
export function readPersonSettings(environment: Environment): PersonSettings | undefined {
  const { CAMERA_ID = '', DETECTOR_SOCKET, REGIONS_FILE, DETECT_SIZE, DETECTOR_BLUR_HEADS } = environment;
  if (!DETECTOR_SOCKET) return undefined;
  const size = { ...readLookSize(DETECT_SIZE || undefined), perSecond: LOOKS_PER_SECOND };
  const blurHeads = DETECTOR_BLUR_HEADS === 'true';
  return { cameraId: CAMERA_ID, socket: DETECTOR_SOCKET, regionsFile: REGIONS_FILE, size, blurHeads };
}

/** What a worker that looks for persons makes known. */
export interface PersonSink {
  /** `at`: seconds since 1970. */
  event(type: string, at: number, trackId: number, evidence: JsonObject): void;
  /** Keeps a picture with its boxes among the small ones of that moment. */
  picture(jpeg: Uint8Array, atMs: number): void;
  say(line: string): void;
}

/** What the status of a worker says of persons. */
export interface PersonStatus {
  /** Null: nobody looks now. */
  readonly persons: number | null;
  /** Null: no model here knows hairnets. */
  readonly hairnets: number | null;
  readonly handwash: number;
  readonly looks: { readonly wanted: number; readonly served: number };
  readonly boxes: readonly JsonObject[];
  readonly model: string | null;
  readonly not_evaluated: readonly string[];
  /** Why nobody looks. */
  readonly note: string | null;
}

const ZONES_EVERY_MS = 2_000;
/** Findings of one look; more than these are one picture's mistake. */
const MOST_AT_ONCE = 20;
const NO_ZONES: Zones = { zones: [], warnings: [] };

const steady = (): number => performance.now() / 1_000;

/** Looks for the persons of one camera, and makes events of what the rules find. */
export class PersonWatch {
  private readonly client: LookClient;
  private readonly watch: SceneWatch;
  private zones = NO_ZONES;
  private zonesOf = '';
  private zonesReadAt = -Infinity;
  /** Seconds since 1970 of the second 0 of the pictures. */
  private zero = 0;
  private last: SceneLook | undefined;
  private trouble: string | null = null;
  private counts = { persons: 0, handwash: 0, hairnets: 0, scores: 0, seen: 0, looks: 0 };
  private ids = new Set<number>();

  constructor(
    private readonly settings: PersonSettings,
    private readonly build: () => Promise<FfmpegBuild>,
    private readonly sink: PersonSink,
  ) {
    this.client = new LookClient(settings.socket);
    this.watch = new SceneWatch(this.client, () => this.zonesNow(), {
      saw: (watched) => this.saw(watched),
      couldNot: (why) => this.note(why.message),
    });
  }

  /** `at`: seconds since the beginning of a film; a camera has only the time at which its picture comes. */
  offer(rgb: Uint8Array, at = steady()): void {
    const { width, height } = this.settings.size;
    this.zero = Date.now() / 1_000 - at;
    void this.watch.offer({ width, height, rgb }, at);
  }

  status(): PersonStatus {
    const { last, watch, client, counts } = this;
    const [labels, zones] = [last?.look.labels ?? [], this.zones];
    const persons = client.isAlive ? (last?.persons ?? []) : null;
    return {
      persons: persons === null ? null : persons.length,
      hairnets: labels.includes('hairnet') ? counts.hairnets : null,
      handwash: counts.handwash,
      looks: watch.looks,
      boxes: (persons ?? []).slice(0, 20).map(({ id, box, last: { score } }) => ({
        track: id,
        box: [box.x1, box.y1, box.x2, box.y2].map((n) => Math.round(n * 1_000) / 1_000),
        score: Math.round(score * 100) / 100,
      })),
      model: last?.look.model ?? null,
      not_evaluated: [...zones.warnings, ...notEvaluated(zones.zones, labels)],
      note: client.isAlive ? this.trouble : 'no detector: motion only',
    };
  }

  /** What a periodic report adds; counted since the last one. */
  report(): JsonObject {
    const { persons, handwash, hairnets, scores, seen, looks } = this.counts;
    this.counts = { persons: 0, handwash: 0, hairnets: 0, scores: 0, seen: 0, looks: 0 };
    this.ids = new Set();
    if (looks === 0) return {};
    const knowsHairnets = this.last?.look.labels.includes('hairnet') === true;
    return {
      person_count: persons,
      handwash_events: handwash,
      ...(knowsHairnets ? { hairnet_violations: hairnets } : {}),
      ...(seen > 0 ? { confidence: Math.round((scores / seen) * 1_000) / 1_000 } : {}),
    };
  }

  private saw(watched: SceneLook): void {
    this.last = watched;
    this.note(null);
    this.counts.looks += 1;
    for (const { id, last } of watched.persons) {
      if (!this.ids.has(id)) this.counts.persons += 1;
      this.ids.add(id);
      this.counts.scores += last.score;
      this.counts.seen += 1;
    }
    for (const finding of watched.findings.slice(0, MOST_AT_ONCE)) void this.makeKnown(finding, watched);
  }

  private async makeKnown(finding: ZoneFinding, watched: SceneLook): Promise<void> {
    const type = eventTypeOf(finding);
    if (type === undefined) {
      this.sink.say(`${finding.rule} ${finding.outcome} in ${finding.zoneId}`);
      return;
    }
    if (type === 'HANDWASHING_ACTIVE') this.counts.handwash += 1;
    if (type === 'NO_HAIRNET_AT_SINK') this.counts.hairnets += 1;
    // The picture that was looked at shows it, whichever moment the rule counts from.
    const seenAt = Math.round((this.zero + watched.at) * 1_000);
    const evidence = { ...evidenceOf(finding, watched.look.model), second: finding.at };
    await this.keepPicture(finding, watched, seenAt);
    this.sink.event(type, seenAt / 1_000, finding.trackId, evidence);
  }

  /** An event without its picture is still an event. */
  private async keepPicture({ box, zoneId, trackId }: ZoneFinding, watched: SceneLook, atMs: number): Promise<void> {
    const marks: Marks = {
      ...(box ? { main: box } : {}),
      others: watched.persons.filter(({ id }) => id !== trackId).map((each) => each.box),
      outline: this.zones.zones.find(({ id }) => id === zoneId)?.outline ?? [],
      blurHeads: this.settings.blurHeads,
    };
    try {
      this.sink.picture(await evidenceJpeg(await this.build(), watched.picture, marks), atMs);
    } catch (error) {
      this.sink.say(`no picture of a finding: ${errorText(error)}`);
    }
  }

  private note(why: string | null): void {
    if (why !== null && why !== this.trouble) this.sink.say(why);
    this.trouble = why;
  }

  /** The file may be edited at any time; while it is not valid, what held before holds on. */
  private zonesNow(): Zones['zones'] {
    const { regionsFile, cameraId } = this.settings;
    if (regionsFile === undefined || performance.now() - this.zonesReadAt < ZONES_EVERY_MS) return this.zones.zones;
    this.zonesReadAt = performance.now();
    try {
      const { mtimeMs, size, ino } = statSync(regionsFile);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version === this.zonesOf) return this.zones.zones;
      this.zonesOf = version;
      this.zones = zonesInFile(readFileSync(regionsFile, 'utf8'), cameraId);
      for (const warning of this.zones.warnings) this.sink.say(warning);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) this.zones = NO_ZONES;
      else this.sink.say(`the regions stay as they were: ${errorText(error)}`);
    }
    return this.zones.zones;
  }
}
