import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isTyping, lettersAct, pressed } from '../ui/keys';
import { PAGES } from './pages';

const SECOND_KEY_WITHIN_MS = 1_500;

interface Actions {
  readonly palette: () => void;
  readonly sheet: () => void;
}

/** `g` and a letter, Ctrl+K, `?` and `/`, on every page. */
export function useHotkeys(actions: Actions): void {
  const navigate = useNavigate();
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let leaderAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const key = pressed(event);
      if (key === 'Ctrl+k') {
        event.preventDefault();
        return latest.current.palette();
      }
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || isTyping(event)) return undefined;
      if (document.querySelector('[role="dialog"]') || !lettersAct.get()) return undefined;
      const page = PAGES.find(({ letter }) => letter === key);
      if (page && Date.now() - leaderAt < SECOND_KEY_WITHIN_MS) {
        // Before the page's own keys see it.
        event.preventDefault();
        event.stopImmediatePropagation();
        leaderAt = 0;
        return void navigate({ to: page.to });
      }
      leaderAt = key === 'g' ? Date.now() : 0;
      if (event.key === '?') latest.current.sheet();
      else if (key === '/') document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus();
      else return undefined;
      return event.preventDefault();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [navigate]);
}
