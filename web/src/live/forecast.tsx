import type { Draft } from '../api/generated';
import { useWords } from '../i18n/language';
import { Diff } from '../ui/diff';
import layout from '../ui/layout.module.css';
import { cameraWords } from './camera-words';

const MOST_NAMED = 12;
const named = (ids: readonly string[]) =>
  `${ids.slice(0, MOST_NAMED).join(', ')}${ids.length > MOST_NAMED ? ` +${ids.length - MOST_NAMED}` : ''}`;

/** What a change that nobody has made yet would do to the file, and to which processes. */
export function Forecast({ draft }: { readonly draft: Draft }) {
  const t = useWords(cameraWords);
  const workers = [
    draft.restarts.length > 0 ? t.restarts(named(draft.restarts)) : '',
    draft.starts.length > 0 ? t.starts(named(draft.starts)) : '',
    draft.stops.length > 0 ? t.stops(named(draft.stops)) : '',
  ].filter(Boolean);
  return (
    <div className={layout.stack}>
      {draft.diff ? (
        <Diff text={draft.diff} label={t.fileDiff} />
      ) : (
        <p className={layout.muted}>{draft.changes.length > 0 ? t.secretOnly : t.fileSame}</p>
      )}
      <p>{workers.length > 0 ? workers.join(' · ') : t.noWorker}</p>
    </div>
  );
}
