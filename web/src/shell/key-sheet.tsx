import { useStore } from '../api/store';
import { useWords } from '../i18n/language';
import { Key } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Check } from '../ui/field';
import { lettersAct, setLettersAct } from '../ui/keys';
import { PAGES } from './pages';
import css from './shell.module.css';
import { words } from './words';

export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(words);
  const rows: readonly (readonly [string, string])[] = [
    ['Ctrl K', t.keyList.palette],
    ['/', t.keyList.search],
    ['?', t.keyList.sheet],
    ...PAGES.map(({ key, letter }) => [`g ${letter}`, t[key]] as const),
  ];
  return (
    <Dialog title={t.keys} onClose={onClose}>
      <table className={css.keyTable}>
        <tbody>
          {rows.map(([key, text]) => (
            <tr key={key}>
              <td>
                <Key>{key}</Key>
              </td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Check checked={useStore(lettersAct)} onChange={setLettersAct}>
        {t.lettersOn}
      </Check>
    </Dialog>
  );
}
