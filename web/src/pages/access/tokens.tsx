import { useState } from 'react';
import { serverNow } from '../../api/clock';
import type { Token, TokenCreated } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useCall, useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Dialog, ActionDialog } from '../../ui/dialog';
import { Field, Select } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Panel, Table } from '../../ui/panel';
import { Loaded, ProblemNote, useFaultOf } from '../../ui/problem';
import { Age, State } from '../../ui/state';
import { words as common } from '../../ui/words';
import { words } from './words';

const ROLES = ['viewer', 'operator', 'admin'] as const;

const untilOf = (day: string) => (day ? { expires_at: new Date(`${day}T00:00:00Z`).toISOString() } : {});

interface CreateDialogProps {
  readonly onCreated: (made: TokenCreated) => void;
  readonly onClose: () => void;
}

function CreateDialog({ onCreated, onClose }: CreateDialogProps) {
  const t = useWords(words);
  const tc = useWords(common);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Token['role']>('operator');
  const [expires, setExpires] = useState('');
  const create = useChange('access.createToken', ['access']);
  const faultOf = useFaultOf(isProblem(create.error) ? create.error.faults : []);
  return (
    <Dialog title={t.create} onClose={onClose}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ body: { name, role, ...untilOf(expires) } }, { onSuccess: onCreated });
        }}
      >
        <Field label={t.name} value={name} onChange={setName} fault={faultOf('name')} required autoFocus />
        <Select
          label={t.role}
          shown
          value={role}
          options={ROLES.map((each) => [each, tc.role[each]] as const)}
          onChange={(next) => setRole(next || 'operator')}
        />
        <p className={kit.hint}>{t.roleHint}</p>
        <Field
          label={t.expires}
          type="date"
          value={expires}
          onChange={setExpires}
          hint={t.expiresHint}
          fault={faultOf('expires_at')}
        />
        {create.error ? <ProblemNote error={create.error} /> : null}
        <div className={kit.actions}>
          <Button type="submit" kind="primary" isPending={create.isPending}>
            {t.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function SecretDialog({ made, onClose }: { readonly made: TokenCreated; readonly onClose: () => void }) {
  const t = useWords(words);
  return (
    <Dialog title={t.secretTitle}>
      <p>{t.secretText}</p>
      <pre style={{ userSelect: 'all', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{made.secret}</pre>
      <div className={kit.actions}>
        <Button kind="primary" onPress={onClose}>
          {t.close}
        </Button>
      </div>
    </Dialog>
  );
}

function TokenState({ token }: { readonly token: Token }) {
  const t = useWords(words);
  if (token.revoked_at !== null) return <State of="stopped">{t.revoked}</State>;
  const isOver = token.expires_at !== null && Date.parse(token.expires_at) < serverNow();
  return <State of={isOver ? 'stopped' : 'normal'}>{isOver ? t.expired : t.valid}</State>;
}

function TokenRow({ token, onRevoke }: { readonly token: Token; readonly onRevoke: () => void }) {
  const t = useWords(words);
  const tc = useWords(common);
  const format = useFormat();
  return (
    <tr>
      <td>
        {token.name} <span className={`${layout.muted} ${layout.mono}`}>{token.id}</span>
      </td>
      <td>{tc.role[token.role]}</td>
      <td>
        <TokenState token={token} />
      </td>
      <td>{format.date(token.created_at)}</td>
      <td>{token.expires_at === null ? '–' : format.date(token.expires_at)}</td>
      <td>{token.last_used_at === null ? t.never : <Age at={token.last_used_at} />}</td>
      <td>
        {token.revoked_at === null ? (
          <Button kind="danger" onPress={onRevoke}>
            {t.revoke}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

function RevokeDialog({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const t = useWords(words);
  const revoke = useChange('access.revokeToken', ['access']);
  return (
    <ActionDialog
      title={t.revokeTitle(token.name)}
      action={t.revoke}
      isPending={revoke.isPending}
      onClose={onClose}
      onAct={() => revoke.mutate({ token_id: token.id }, { onSuccess: onClose })}
    >
      <p>{t.revokeText}</p>
      {revoke.error ? <ProblemNote error={revoke.error} /> : null}
    </ActionDialog>
  );
}

type Open = { readonly made: TokenCreated } | { readonly revoked: Token } | 'create' | undefined;

export function Tokens() {
  const t = useWords(words);
  const [open, setOpen] = useState<Open>();
  const query = useCall('access.tokens', {});
  const close = () => setOpen(undefined);
  const create = (
    <Button kind="primary" onPress={() => setOpen('create')}>
      {t.create}
    </Button>
  );
  return (
    <Panel title={t.tabs.tokens} flush actions={create}>
      <Loaded query={query} height={200} isEmpty={({ tokens }) => tokens.length === 0} empty={t.none}>
        {({ tokens }) => (
          <Table label={t.tabs.tokens} head={[t.name, t.role, t.state, t.created, t.expires, t.lastUsed, '']}>
            {tokens.map((token) => (
              <TokenRow key={token.id} token={token} onRevoke={() => setOpen({ revoked: token })} />
            ))}
          </Table>
        )}
      </Loaded>
      {open === 'create' ? <CreateDialog onClose={close} onCreated={(made) => setOpen({ made })} /> : null}
      {typeof open === 'object' && 'made' in open ? <SecretDialog made={open.made} onClose={close} /> : null}
      {typeof open === 'object' && 'revoked' in open ? <RevokeDialog token={open.revoked} onClose={close} /> : null}
    </Panel>
  );
}
