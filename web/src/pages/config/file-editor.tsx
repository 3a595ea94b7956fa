import { lazy, useEffect, useMemo, useState } from 'react';
import { useBlocked } from '../../api/allowed';
import { call } from '../../api/client';
import type { ConfigFault, Draft, FileText } from '../../api/generated';
import { useCall, useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { Forecast } from '../../live/forecast';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { Note, Panel } from '../../ui/panel';
import { Loaded, ProblemNote, useFaultText } from '../../ui/problem';
import { useRested } from '../../ui/rested';
import { State } from '../../ui/state';
import { say } from '../../ui/toast';
import css from './config.module.css';
import { words } from './words';

const YamlView = lazy(async () => ({ default: (await import('../../ui/yaml-view')).YamlView }));

interface Checked {
  /** What was checked: of another text the places of the faults are wrong. */
  readonly text: string;
  readonly draft?: Draft;
  readonly error?: unknown;
}

/** What is wrong with a text and what it would do. Not among the kept answers: each is as long as the file. */
function useChecked(text: string, base: string | null, enabled: boolean): Checked | undefined {
  const [checked, setChecked] = useState<Checked>();
  const rested = useRested(text);
  useEffect(() => {
    if (!enabled) return undefined;
    const ended = new AbortController();
    call('camera-config.check', { body: { text: rested } }, { signal: ended.signal }).then(
      (draft) => setChecked({ text: rested, draft }),
      (error: unknown) => {
        if (!ended.signal.aborted) setChecked({ text: rested, error });
      },
    );
    return () => ended.abort();
  }, [rested, base, enabled]);
  return enabled ? checked : undefined;
}

/** A text over the file that it started from. */
function useEdited(file: FileText) {
  const t = useWords(words);
  const [base, setBase] = useState(file);
  const [text, setText] = useState(file.text);
  const save = useChange('camera-config.save', ['camera', 'cameras']);
  const isDirty = text !== base.text;
  const isStale = file.sha256 !== base.sha256;
  const take = () => {
    setBase(file);
    setText(file.text);
    save.reset();
  };
  /** One's own text over the file as it is now: the difference that is shown is then to that one. */
  const keepMine = () => {
    setBase(file);
    save.reset();
  };
  // What nobody here has touched follows the file.
  if (isStale && !isDirty) take();
  const submit = () =>
    save.mutate(
      { body: { text, base_sha256: base.sha256 ?? '' } },
      {
        onSuccess: ({ revision, sha256 }) => {
          setBase({ text, sha256 });
          say(t.saved(revision));
        },
      },
    );
  return { base, text, setText, save, isDirty, isStale: isStale && isDirty, take, keepMine, submit };
}

interface FaultsProps {
  readonly faults: readonly ConfigFault[];
  readonly onGo: (fault: ConfigFault) => void;
}

/** The faults as a list, for whom marks in a text are too small; each leads to its place. */
function Faults({ faults, onGo }: FaultsProps) {
  const faultText = useFaultText();
  const t = useWords(words);
  return (
    <ul className={css.faults} aria-label={t.faults}>
      {faults.map((fault, i) => (
        <li key={i}>
          <State of={fault.severity === 'error' ? 'critical' : 'medium'}>{t.severity[fault.severity]}</State>
          <Button kind="quiet" onPress={() => onGo(fault)}>
            {t.place(fault.line, fault.column)}
          </Button>
          <span className={layout.mono}>{fault.path}</span>
          <span>{faultText(fault)}</span>
          {fault.suggestion ? <b>{t.suggestion(fault.suggestion)}</b> : null}
        </li>
      ))}
    </ul>
  );
}

const NONE: readonly ConfigFault[] = [];

function Editor({ file }: { readonly file: FileText }) {
  const t = useWords(words);
  const { base, text, setText, save, isDirty, isStale, take, keepMine, submit } = useEdited(file);
  const refused = useBlocked('camera-config.save');
  const checked = useChecked(text, file.sha256, refused === undefined && text !== file.text);
  const faults = useMemo(() => (checked?.text === text ? (checked.draft?.faults ?? NONE) : NONE), [checked, text]);
  const [at, setAt] = useState<ConfigFault>();
  const isBroken = faults.some(({ severity }) => severity === 'error');
  const blocked =
    refused ??
    (base.sha256 === null ? t.noFile : isStale ? t.decideFirst : isBroken ? t.mendFirst : isDirty ? undefined : t.same);
  const onKeyDown = (event: { key: string; ctrlKey: boolean; preventDefault(): void }) => {
    if (event.key !== 'Enter' || !event.ctrlKey || blocked !== undefined) return;
    event.preventDefault();
    submit();
  };
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the editor within has the focus */}
      <div onKeyDownCapture={onKeyDown}>
        <YamlView
          text={text}
          label={t.text}
          marks={faults}
          className={css.editor}
          onChange={refused === undefined ? setText : undefined}
          at={at}
        />
      </div>
      <div className={css.under}>
        {isStale ? (
          <Note tone="high">
            <span className={layout.grow}>{t.changedMeanwhile}</span>
            <Button onPress={keepMine}>{t.keepMine}</Button>
            <Button onPress={take}>{t.takeFile}</Button>
          </Note>
        ) : null}
        {faults.length > 0 ? <Faults faults={faults} onGo={(fault) => setAt({ ...fault })} /> : null}
        {(save.error ?? checked?.error) ? <ProblemNote error={save.error ?? checked?.error} /> : null}
        {checked?.draft && isDirty && !isBroken ? <Forecast draft={checked.draft} /> : null}
        <div className={layout.row}>
          <Button kind="primary" blocked={blocked} isPending={save.isPending} onPress={submit} hotkey="Ctrl Enter">
            {t.save}
          </Button>
          {isDirty ? <Button onPress={take}>{t.discard}</Button> : null}
        </div>
      </div>
    </>
  );
}

/** The cameras file, to be edited here as with any editor. */
export function FileEditor() {
  const t = useWords(words);
  const query = useCall('camera-config.text', {}, { topic: 'config' });
  return (
    <Panel title="cameras.yaml" flush actions={<span className={`${layout.muted} ${layout.small}`}>{t.secrets}</span>}>
      <Loaded query={query} height={320}>
        {(file) => <Editor file={file} />}
      </Loaded>
    </Panel>
  );
}
