import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isProblem } from '../api/problem';
import { logIn } from '../api/session';
import { useWords } from '../i18n/language';
import { live } from '../live/connection';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { useProblemText } from '../ui/problem';
import { words } from './words';

/** Over the page, which stays as it is: who logs in again goes on where they were. */
export function Login() {
  const t = useWords(words);
  const textOf = useProblemText();
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const [fault, setFault] = useState<string>();
  const [isPending, setPending] = useState(false);
  const submit = async () => {
    setPending(true);
    try {
      await logIn(token.trim());
      live.connect();
      await client.invalidateQueries();
    } catch (error) {
      setFault(isProblem(error, 401) ? t.tokenWrong : textOf(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog title={t.login}>
      <form
        style={{ display: 'grid', gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>{t.loginText}</p>
        <Field
          label={t.token}
          type="password"
          name="token"
          autoComplete="current-password"
          value={token}
          onChange={setToken}
          fault={fault}
          hint={t.loginKept}
          autoFocus
        />
        <Button type="submit" kind="primary" isPending={isPending}>
          {t.login}
        </Button>
      </form>
    </Dialog>
  );
}
