import { Store } from '../api/store';
import { keep } from '../i18n/language';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'watchgate.theme';

const { theme: chosen } = document.documentElement.dataset;
export const theme = new Store<Theme>(chosen === 'light' || chosen === 'dark' ? chosen : 'system');

export function setTheme(next: Theme): void {
  theme.set(next);
  keep(KEY, next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
}
