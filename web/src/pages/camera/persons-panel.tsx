import type { AnswerOf } from '../../api/client';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import css from './camera.module.css';
import { words } from './words';

/** While somebody looks at the page; the worker says it twice a second. */
const EVERY_MS = 1_000;
/** Shares of the picture, in a drawing that is as wide as most pictures are. */
const [WIDTH, HEIGHT] = [160, 90];

type Seen = AnswerOf<'camera-control.detection'>;

/** Who is seen at a camera, where its zones are, and what nobody can evaluate here. */
export function PersonsPanel({ id }: { readonly id: string }) {
  const t = useWords(words);
  const query = useCall('camera-control.detection', { camera_id: id }, { everyMs: EVERY_MS });
  return (
    <Panel title={t.seen.title}>
      <Loaded query={query} height={220}>
        {(seen) => (
          <>
            <ZoneMap seen={seen} />
            <SeenFacts seen={seen} />
            {seen.zones.length === 0 ? <p>{t.seen.noZones}</p> : null}
            <ul className={css.notes}>
              {seen.not_evaluated.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function SeenFacts({ seen }: { readonly seen: Seen }) {
  const t = useWords(words);
  const format = useFormat();
  const { persons, hairnets, looks, detector } = seen;
  return (
    <dl className={layout.facts}>
      <dt>{t.seen.persons}</dt>
      <dd>{persons === null ? t.seen.notKnown : format.number(persons)}</dd>
      <dt>{t.seen.hairnets}</dt>
      <dd>{hairnets === null ? t.seen.notEvaluated : format.number(hairnets)}</dd>
      <dt>{t.seen.looks}</dt>
      <dd>
        {format.number(looks.served)} / {format.number(looks.wanted)}
      </dd>
      <dt>{t.seen.detector}</dt>
      <dd>{[detector.state, detector.note].filter((text) => text !== null).join(': ')}</dd>
      <dt>{t.seen.model}</dt>
      <dd>{detector.model ?? '–'}</dd>
    </dl>
  );
}

/** The corners of a box, where it is one. */
function cornersOf(box: unknown): readonly [number, number, number, number] | undefined {
  if (!Array.isArray(box) || box.length !== 4) return undefined;
  const [x1, y1, x2, y2]: unknown[] = box;
  return typeof x1 === 'number' && typeof y1 === 'number' && typeof x2 === 'number' && typeof y2 === 'number'
    ? [x1 * WIDTH, y1 * HEIGHT, x2 * WIDTH, y2 * HEIGHT]
    : undefined;
}

function ZoneMap({ seen }: { readonly seen: Seen }) {
  const t = useWords(words);
  return (
    <svg className={css.map} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.seen.map}>
      {seen.zones.map(({ region_id: region, outline }) => (
        <polygon
          key={region}
          className={css.zone}
          points={outline.map(([x = 0, y = 0]) => `${x * WIDTH},${y * HEIGHT}`).join(' ')}
        >
          <title>{region}</title>
        </polygon>
      ))}
      {seen.boxes.map(({ track, box }) => {
        const corners = cornersOf(box);
        if (!corners) return null;
        const [x1, y1, x2, y2] = corners;
        return <rect key={String(track)} className={css.person} x={x1} y={y1} width={x2 - x1} height={y2 - y1} />;
      })}
    </svg>
  );
}
