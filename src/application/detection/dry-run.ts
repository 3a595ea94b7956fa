import type { RgbPicture } from '../../domain/detection/scene';
import type { Zone } from '../../domain/detection/zone';
import type { ZoneFinding } from '../../domain/detection/zone-rules';
import { SceneWatch, type SceneLook } from './scene-watch';
import type { PersonFinder } from './person-finder';

/** A finding with the look that it comes from. */
export interface FoundInFilm {
  readonly finding: ZoneFinding;
  readonly watched: SceneLook;
}

export interface DryRun {
  /** Seconds of the film. */
  readonly seconds: number;
  readonly looks: { readonly wanted: number; readonly served: number };
  /** Different persons, as far as they could be followed. */
  readonly persons: number;
  readonly findings: number;
  readonly labels: readonly string[];
  readonly model: string;
}

/** Nobody reads more; a rule that finds as much is wrong. */
const MOST_FINDINGS = 500;

/**
 * What the rules find in a film, without any effect: the very code that looks at the camera looks at every picture that
 * deserves it. `found` is called for each finding in turn. Throws what the looker throws.
 */
export async function dryRun(
  looker: PersonFinder,
  zones: readonly Zone[],
  film: AsyncIterable<{ readonly picture: RgbPicture; readonly at: number }>,
  found: (each: FoundInFilm) => Promise<void>,
): Promise<DryRun> {
  const persons = new Set<number>();
  let failure: Error | undefined;
  const seen: SceneLook[] = [];
  const watch = new SceneWatch(looker, () => zones, {
    saw: (watched) => seen.push(watched),
    couldNot: (why) => (failure = why),
  });
  let [seconds, findings, labels, model]: [number, number, readonly string[], string] = [0, 0, [], ''];
  for await (const { picture, at } of film) {
    seconds = at;
    await watch.offer(picture, at);
    if (failure) throw failure;
    for (const watched of seen.splice(0)) {
      [labels, model] = [watched.look.labels, watched.look.model];
      for (const { id } of watched.persons) persons.add(id);
      for (const finding of watched.findings) {
        findings += 1;
        if (findings <= MOST_FINDINGS) await found({ finding, watched });
      }
    }
  }
  return { seconds, looks: watch.looks, persons: persons.size, findings, labels, model };
}
