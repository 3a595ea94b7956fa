import { createContext, use, useSyncExternalStore } from 'react';

/** The two languages; each page brings its own words, English being their type. */
export type Language = 'en' | 'zh';

/** What another language must have: every key, with the same values to fill in. */
type Same<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...values: infer V) => string
      ? (...values: V) => string
      : Same<T[K]>;
};

export interface Dictionary<T> {
  readonly en: Same<T>;
  readonly zh: Same<T>;
}

/** Words in both languages: the compiler refuses a key or a value that only one of them has. */
export const dictionary = <const T extends object>(en: T, zh: Same<T>): Dictionary<T> => ({ en: en as Same<T>, zh });

const KEY = 'watchgate.language';
const listeners = new Set<() => void>();
let language: Language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

export function setLanguage(next: Language): void {
  language = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  keep(KEY, next);
  for (const listener of listeners) listener();
}

/** Storage can be full or forbidden: the choice then holds for this visit. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch (error) {
    console.warn('this browser does not keep the choice', error);
  }
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useStoredLanguage = (): Language => useSyncExternalStore(subscribe, () => language);

export const LanguageContext = createContext<Language>('en');
export const useLanguage = (): Language => use(LanguageContext);
export const useWords = <T>(words: Dictionary<T>): Same<T> => words[useLanguage()];
export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');
