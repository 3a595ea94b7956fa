import { useBlocked } from '../../api/allowed';
import { isProblem } from '../../api/problem';
import { useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { Note } from '../../ui/panel';
import { useProblemText } from '../../ui/problem';
import css from './camera.module.css';
import { words } from './words';

/** What ffmpeg calls pictures that nobody has compressed: those that it draws itself. */
const DRAWN: readonly (string | null)[] = ['wrapped_avframe', 'rawvideo'];

/** Asks the source for one picture before anything is saved. `cameraId`: whose password stands behind `***`. */
export function TrySource({ source, cameraId }: { readonly source: string; readonly cameraId?: string }) {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const format = useFormat();
  const textOf = useProblemText();
  const blocked = useBlocked('camera-control.probe');
  const probe = useChange('camera-control.probe', []);
  const body = { source, ...(cameraId === undefined ? {} : { camera_id: cameraId }) };
  // An answer about another address than the one that stands there says nothing.
  const isOfThis = probe.variables?.body.source === source;
  const seen = isOfThis ? probe.data : undefined;
  const reason = isProblem(probe.error) ? probe.error.body.reason : undefined;
  return (
    <div className={layout.stack} aria-live="polite">
      <div className={layout.row}>
        <Button
          blocked={blocked ?? (source.trim() === '' ? t.probe.empty : undefined)}
          isPending={probe.isPending}
          onPress={() => probe.mutate({ body })}
        >
          {t.probe.action}
        </Button>
        {probe.isPending ? <span className={layout.muted}>{t.probe.pending}</span> : null}
      </div>
      {seen ? (
        <div className={css.probed}>
          <img src={`data:image/jpeg;base64,${seen.picture}`} alt={t.probe.picture} />
          <span>
            {[
              DRAWN.includes(seen.codec) ? t.probe.drawn : seen.codec,
              seen.width === null ? null : `${seen.width}×${seen.height}`,
              seen.fps === null ? null : t.probe.fps(format.number(seen.fps, 1)),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </div>
      ) : null}
      {isOfThis && probe.error ? (
        <Note tone="high">{typeof reason === 'string' ? tc.reasonText(reason) : textOf(probe.error)}</Note>
      ) : null}
    </div>
  );
}
