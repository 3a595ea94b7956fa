import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { useWords } from '../i18n/language';
import { useCameraStates } from '../live/cameras';
import { Dialog } from '../ui/dialog';
import kit from '../ui/kit.module.css';
import { Empty } from '../ui/panel';
import { PAGES } from './pages';
import css from './shell.module.css';
import { words } from './words';

interface Target {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly go: () => void;
}

const MOST = 12;

function useTargets(text: string): readonly Target[] {
  const t = useWords(words);
  const navigate = useNavigate();
  const { cameras: all } = useCameraStates();
  return useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const matches = (...names: string[]) => names.some((name) => name.toLowerCase().includes(wanted));
    const pages = PAGES.filter(({ key, to }) => matches(t[key], to)).map(({ key, to, letter }) => ({
      id: `page-${key}`,
      name: t[key],
      kind: `g ${letter}`,
      go: () => void navigate({ to }),
    }));
    const cameras = (wanted ? (all ?? []) : [])
      .filter(({ id, name }) => matches(id, name))
      .slice(0, MOST)
      .map(({ id, name }) => ({
        id: `camera-${id}`,
        name: name === id ? id : `${id} · ${name}`,
        kind: t.cameras,
        go: () => void navigate({ to: '/cameras/$id', params: { id } }),
      }));
    const violation = /^#?\d+$/.test(wanted)
      ? [
          {
            id: 'violation',
            name: `#${wanted.replace('#', '')}`,
            kind: t.violations,
            go: () => void navigate({ to: '/violations', search: { id: Number(wanted.replace('#', '')) } }),
          },
        ]
      : [];
    return [...violation, ...cameras, ...pages].slice(0, MOST);
  }, [text, all, navigate, t]);
}

/** Ctrl+K: any page or camera by a few letters. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(words);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const targets = useTargets(text);
  const list = useId();
  const choose = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    target.go();
  };
  const move = (by: number) => setAt((at + by + targets.length) % Math.max(1, targets.length));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter') choose(targets[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t.palette} onClose={onClose}>
      <div className={css.palette}>
        <input
          className={kit.input}
          role="combobox"
          aria-label={t.paletteHint}
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={targets[at] ? `${list}-${at}` : undefined}
          placeholder={t.paletteHint}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened to type into it
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Options id={list} targets={targets} at={at} onChoose={choose} />
      </div>
    </Dialog>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly targets: readonly Target[];
  readonly at: number;
  readonly onChoose: (target: Target) => void;
}

function Options({ id, targets, at, onChoose }: OptionsProps) {
  const t = useWords(words);
  return (
    <>
      <ul id={id} role="listbox" aria-label={t.palette}>
        {targets.map((target, i) => (
          // The field keeps the focus and moves the choice; a click is the other way.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <li
            key={target.id}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            className={css.option}
            onClick={() => onChoose(target)}
          >
            <span>{target.name}</span>
            <span>{target.kind}</span>
          </li>
        ))}
      </ul>
      {targets.length === 0 ? <Empty>{t.noMatch}</Empty> : null}
    </>
  );
}
