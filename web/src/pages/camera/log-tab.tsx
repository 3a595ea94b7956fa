import { useEffect, useRef, useState } from 'react';
import { useCall } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { useLogTopic } from '../../live/connection';
import { Check } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import css from './camera.module.css';
import { words } from './words';

const LINES = 300;

interface LinesProps {
  readonly lines: readonly string[];
  readonly isFollowing: boolean;
}

/** The lines; while they are followed, the newest is in sight. */
function Lines({ lines, isFollowing }: LinesProps) {
  const t = useWords(words);
  const box = useRef<HTMLPreElement>(null);
  const newest = lines.at(-1);
  useEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [newest, lines.length, isFollowing]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <pre ref={box} className={css.log} tabIndex={0} role="region" aria-label={t.log}>
      {lines.join('\n')}
    </pre>
  );
}

export function LogTab({ id }: { readonly id: string }) {
  const t = useWords(words);
  const [filter, setFilter] = useState('');
  const [isFollowing, setFollowing] = useState(true);
  const followed = useLogTopic(id);
  const everyMs = isFollowing && !followed ? 2_000 : 60_000;
  const query = useCall('camera-control.logs', { camera_id: id, lines: LINES }, { everyMs });
  const lines = (isFollowing ? followed : undefined) ?? query.data?.lines ?? [];
  const shown = lines.filter((line) => line.toLowerCase().includes(filter.toLowerCase()));
  const tools = (
    <>
      <input
        type="search"
        className={kit.input}
        style={{ width: 200 }}
        aria-label={t.logFilter}
        placeholder={t.logFilter}
        value={filter}
        onChange={(e) => setFilter(e.target.value)}
      />
      <Check checked={isFollowing} onChange={setFollowing}>
        {t.follow}
      </Check>
    </>
  );
  const none = lines.length === 0 ? t.logNone : t.logNoMatch;
  return (
    <Panel title={t.log} flush actions={tools}>
      <Loaded query={query} height={300} isEmpty={() => shown.length === 0} empty={none}>
        {({ total_lines: total }) => (
          <>
            <Lines lines={shown} isFollowing={isFollowing} />
            <p className={`${layout.muted} ${layout.small}`} style={{ padding: '6px 12px' }}>
              {t.logLines(shown.length, Math.max(total, lines.length))}
            </p>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
