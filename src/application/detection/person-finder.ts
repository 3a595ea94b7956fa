import type { Box, Sighting } from '../../domain/detection/box';
import type { RgbPicture } from '../../domain/detection/scene';

/** One picture to look at, and where a closer look is wanted. Boxes are in shares of the picture. */
export interface LookRequest {
  /** Twice as wide and high as what the model for persons sees; the closer looks are cut out of it. */
  readonly picture: RgbPicture;
  /** Where persons are expected: any other one is looked at twice, by a second model. */
  readonly known: readonly Box[];
  /** Persons who touch one of these have their hands looked for. */
  readonly hands: readonly Box[];
  /** Persons who touch one of these have their labels looked for, by the site's own model. */
  readonly labels: readonly Box[];
  /** How much this camera deserves, compared with others: 1 to 8. */
  readonly weight: number;
}

export interface Look {
  readonly sightings: readonly Sighting[];
  /** Which models looked. */
  readonly model: string;
  /** Labels that a model of the site's own knows; empty without one. */
  readonly labels: readonly string[];
}

/** Looks at pictures; in this process, or in the one that looks for all cameras of the machine. */
export interface PersonFinder {
  /**
   * `newest` is called when it is this camera's turn, so that no old picture is looked at. Throws an error whose
   * message says why nobody looks now.
   */
  look(newest: () => LookRequest): Promise<Look>;
}
