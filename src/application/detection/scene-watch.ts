import type { Box, PicturePoint } from '../../domain/detection/box';
import { EMPTY_SCENE, type RgbPicture, type Scene, expected, glance, see } from '../../domain/detection/scene';
import type { Track } from '../../domain/detection/tracks';
import type { Zone } from '../../domain/detection/zone';
import type { ZoneFinding } from '../../domain/detection/zone-rules';
import type { Look, LookRequest, PersonFinder } from './person-finder';

/** Pictures a second that are looked at while something moves. Under two a second persons cannot be followed. */
export const LOOKS_PER_SECOND = 3;

/** What a look found; times are seconds of the pictures. */
export interface SceneLook {
  readonly at: number;
  readonly picture: RgbPicture;
  readonly persons: readonly Track[];
  readonly findings: readonly ZoneFinding[];
  readonly look: Look;
}

interface Listener {
  saw(watched: SceneLook): void;
  /** Nobody looked at a picture; `why` is for people. */
  couldNot(why: Error): void;
}

/**
 * Looks at the pictures of one camera: live, where only the newest is looked at, or at a recording, whose pictures are
 * offered one after the other. Both are the same code, so that what a rule would find can be tried on a recording.
 */
export class SceneWatch {
  private scene: Scene = EMPTY_SCENE;
  private newest: { readonly picture: RgbPicture; readonly at: number } | undefined;
  private looking: Promise<void> | undefined;
  private offered = 0;
  private served = 0;

  constructor(
    private readonly looker: PersonFinder,
    private readonly zones: () => readonly Zone[],
    private readonly listener: Listener,
  ) {}

  /** Pictures that deserved a look, and those that got one. */
  get looks(): { readonly wanted: number; readonly served: number } {
    return { wanted: this.offered, served: this.served };
  }

  /** Resolves when the picture was looked at, or needs no look; a newer one may take its place meanwhile. */
  offer(picture: RgbPicture, at: number): Promise<void> {
    const { scene, isWorthALook } = glance(this.scene, picture, at);
    this.scene = scene;
    if (!isWorthALook) return Promise.resolve();
    this.offered += 1;
    this.newest = { picture, at };
    this.looking ??= this.lookAtAll().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookAtAll(): Promise<void> {
    while (this.newest) {
      let taken = this.newest;
      try {
        const look = await this.looker.look(() => {
          taken = this.newest ?? taken;
          this.newest = undefined;
          return this.request(taken.picture, taken.at);
        });
        this.served += 1;
        this.take(look, taken.picture, taken.at);
      } catch (error) {
        this.newest = undefined;
        this.listener.couldNot(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  private take(look: Look, picture: RgbPicture, at: number): void {
    const zones = this.zones();
    const visible = look.sightings.filter(({ box }) => !isIgnored(box, zones));
    const { scene, persons, findings } = see(this.scene, visible, at, zones);
    this.scene = scene;
    this.listener.saw({ at, picture, persons, findings, look });
  }

  private request(picture: RgbPicture, at: number): LookRequest {
    const zones = this.zones();
    const areas = (wanted: (zone: Zone) => boolean) => zones.filter(wanted).map(({ outline }) => around(outline));
    const hands = areas(({ role, anchor }) => role === 'wash' || anchor === 'hands');
    const isSomebodyThere = this.scene.tracks.list.length > 0;
    return {
      picture,
      known: expected(this.scene, at),
      hands,
      labels: areas(({ rules }) => rules.labels.length > 0),
      weight: isSomebodyThere && hands.length > 0 ? 4 : isSomebodyThere || at - this.scene.movedAt < 1 ? 2 : 1,
    };
  }
}

/** Things that look like persons stand in zones with the role `ignore`. */
const isIgnored = (box: Box, zones: readonly Zone[]): boolean =>
  zones.some(({ role, outline }) => role === 'ignore' && contains(around(outline), box));

const contains = (area: Box, { x1, x2, y2 }: Box): boolean =>
  (x1 + x2) / 2 >= area.x1 && (x1 + x2) / 2 <= area.x2 && y2 >= area.y1 && y2 <= area.y2;

const around = (outline: readonly PicturePoint[]): Box => ({
  x1: Math.min(...outline.map(([x]) => x)),
  y1: Math.min(...outline.map(([, y]) => y)),
  x2: Math.max(...outline.map(([x]) => x)),
  y2: Math.max(...outline.map(([, y]) => y)),
});
