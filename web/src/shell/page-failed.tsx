import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { isProblem } from '../api/problem';
import { useWords } from '../i18n/language';
import { Button } from '../ui/button';
import layout from '../ui/layout.module.css';
import { Empty, Note } from '../ui/panel';
import { say } from '../ui/toast';
import { words as common } from '../ui/words';
import { words } from './words';

/** One page threw: it says so with what somebody needs to look into it, and the others work. */
export function PageFailed({ error: thrown, reset }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const t = useWords(common);
  const report = [location.href, error.message, isProblem(error) ? error.requestId : '', error.stack].join('\n');
  const copy = async () => {
    // A page that was not loaded by https has no clipboard; then the text can be marked by hand.
    if ('clipboard' in navigator) await navigator.clipboard.writeText(report);
    say(t.copied);
  };
  return (
    <div className={layout.stack} role="alert">
      <Note tone="critical">
        <span className={layout.grow}>{t.pageFailed}</span>
        <Button onPress={reset}>{t.retry}</Button>
        <Button onPress={() => void copy()}>{t.copyReport}</Button>
      </Note>
      <pre className={layout.wrap} style={{ whiteSpace: 'pre-wrap' }}>
        {report}
      </pre>
    </div>
  );
}

export function NoSuchPage() {
  const t = useWords(words);
  return (
    <Empty>
      {t.notFound} <Link to="/">{t.toNow}</Link>
    </Empty>
  );
}
