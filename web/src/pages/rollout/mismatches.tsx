import { diffLines } from 'diff';
import type { RolloutMismatch } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useWords } from '../../i18n/language';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { Age } from '../../ui/state';
import css from './rollout.module.css';
import { words } from './words';

const pretty = (value: unknown): string => JSON.stringify(value, null, 2) ?? '–';
const short = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value));

/** One answer, with the lines that the other one does not have marked by colour and sign. */
function Answer({ title, own, other }: { readonly title: string; readonly own: unknown; readonly other: unknown }) {
  const parts = diffLines(pretty(other), pretty(own)).filter(({ removed }) => !removed);
  return (
    <div>
      <h3>{title}</h3>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <pre className={`${kit.diff} ${css.answer}`} tabIndex={0} role="region" aria-label={title}>
        {parts.map(({ value, added }, i) =>
          value
            .replace(/\n$/, '')
            .split('\n')
            .map((line, j) => (
              <span key={`${i}-${j}`} className={`${kit.diffLine} ${added ? kit.hunkNew : ''}`}>
                {added ? '≠ ' : '  '}
                {line}
              </span>
            )),
        )}
      </pre>
    </div>
  );
}

function Mismatch({ mismatch }: { readonly mismatch: RolloutMismatch }) {
  const t = useWords(words);
  const { answers } = mismatch;
  return (
    <Panel
      title={mismatch.operation}
      actions={
        <span className={`${layout.muted} ${layout.small}`}>
          {t.served(mismatch.served === 'domain' ? t.new : t.old)} · <Age at={mismatch.at} /> ·{' '}
          <span className={layout.mono}>{mismatch.requestId}</span>
        </span>
      }
    >
      <div className={layout.stack}>
        <Table label={t.pointer} head={[t.pointer, t.new, t.old]}>
          {mismatch.pointers.map(({ pointer, domain, legacy }) => (
            <tr key={pointer}>
              <td className={`${layout.mono} ${layout.wrap}`}>{pointer || '/'}</td>
              <td className={`${layout.mono} ${layout.wrap}`}>{short(domain)}</td>
              <td className={`${layout.mono} ${layout.wrap}`}>{short(legacy)}</td>
            </tr>
          ))}
        </Table>
        <details>
          <summary>{t.bothAnswers}</summary>
          <p className={`${layout.mono} ${layout.wrap}`} style={{ margin: '8px 0' }}>
            {t.asked} {short(mismatch.input)}
          </p>
          {answers ? (
            <div className={css.answers}>
              <Answer title={t.new} own={answers.domain} other={answers.legacy} />
              <Answer title={t.old} own={answers.legacy} other={answers.domain} />
            </div>
          ) : (
            <p className={layout.muted}>{t.noAnswers}</p>
          )}
        </details>
      </div>
    </Panel>
  );
}

/** Where the two paths answered differently: both answers side by side, secrets masked by the service. */
export function Mismatches({ name }: { readonly name: string }) {
  const t = useWords(words);
  const query = useCall('rollout.mismatches', { group: name, limit: 50 }, { topic: 'rollout' });
  return (
    <Loaded query={query} height={120} isEmpty={({ mismatches }) => mismatches.length === 0} empty={t.noMismatch}>
      {({ mismatches }) => (
        <div className={layout.stack}>
          {mismatches.map((mismatch) => (
            <Mismatch key={mismatch.entry} mismatch={mismatch} />
          ))}
        </div>
      )}
    </Loaded>
  );
}
