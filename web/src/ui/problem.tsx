import type { ReactNode } from 'react';
import { Unreachable, isProblem } from '../api/problem';
import { useLanguage, useWords } from '../i18n/language';
import type { Fault } from '../api/generated';
import type { ApiProblem } from '../api/problem';
import { type FaultSaid, faultInChinese } from '../i18n/fault-words';
import { meaningInChinese } from '../i18n/problem-words';
import { Button } from './button';
import layout from './layout.module.css';
import { Empty, Note, Skeleton } from './panel';
import { words } from './words';

/** What an error says to the person: what happened, and what to do now. */
export function useProblemText(): (error: unknown) => string {
  const t = useWords(words);
  const language = useLanguage();
  return (error) => {
    if (error instanceof Unreachable) return t.unreachable;
    if (!isProblem(error)) return error instanceof Error ? error.message : String(error);
    const meaning = language === 'zh' ? meaningInChinese(error.code) : undefined;
    if (meaning !== undefined) return `${meaning}${detailInChinese(error)}`;
    if (error.status === 403) return t.forbidden(error.message);
    if (error.status === 503) return t.unavailable(error.message);
    return error.status >= 500 ? `${t.failed} ${error.message}` : error.message;
  };
}

/** What is particular to the one case: its fields, else the values that it names, else the service's own sentence. */
function detailInChinese({ faults, body, message }: ApiProblem): string {
  const fields = faults.map((fault) => `${fault.loc.slice(1).join('.')} ${faultInChinese(fault, fault.msg)}`);
  if (fields.length > 0) return `：${fields.join('；')}`;
  const named = Object.values(body.params ?? {}).map((value) =>
    Array.isArray(value) ? value.join('、') : String(value),
  );
  return named.length > 0 ? `（${named.join('，')}）` : `。${message}`;
}

/** What is wrong with one value, and the name that was probably meant. */
export function useFaultText(): (
  fault: FaultSaid & { readonly suggestion?: string } & ({ readonly msg: string } | { readonly message: string }),
) => string {
  const language = useLanguage();
  return (fault) => {
    const english = 'msg' in fault ? fault.msg : fault.message;
    return language === 'zh' ? faultInChinese(fault, english) : english;
  };
}

/** The first fault of a field, under any of the names it has in what was sent. */
export function useFaultOf(faults: readonly Fault[]): (...names: readonly string[]) => string | undefined {
  const textOf = useFaultText();
  return (...names) => {
    const found = faults.find(({ loc }) => names.some((name) => loc.includes(name)));
    return found && `${textOf(found)}${found.suggestion ? ` → ${found.suggestion}` : ''}`;
  };
}

export function ProblemNote({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const t = useWords(words);
  const textOf = useProblemText();
  const id = isProblem(error) ? error.requestId : '';
  return (
    <div role="alert">
      <Note tone={error instanceof Unreachable ? 'high' : 'critical'}>
        <span className={layout.grow}>{textOf(error)}</span>
        {id ? <span className={`${layout.muted} ${layout.mono} ${layout.small}`}>{t.requestId(id)}</span> : null}
        {retry ? <Button onPress={retry}>{t.retry}</Button> : null}
      </Note>
    </div>
  );
}

interface LoadedProps<T> {
  readonly query: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly height?: number;
  readonly children: (data: T) => ReactNode;
  /** What is said where there is nothing. */
  readonly empty?: ReactNode;
  readonly isEmpty?: (data: T) => boolean;
}

/** The answer, a skeleton before it, the error instead of it or, where there is an older answer, above it. */
export function Loaded<T>({ query, height = 120, children, empty, isEmpty }: LoadedProps<T>) {
  const { data, error, refetch } = query;
  const problem = error ? <ProblemNote error={error} retry={() => void refetch()} /> : null;
  if (data === undefined) return problem ?? <Skeleton height={height} />;
  return (
    <>
      {problem}
      {isEmpty?.(data) ? <Empty>{empty}</Empty> : children(data)}
    </>
  );
}
