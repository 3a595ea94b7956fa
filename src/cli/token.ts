#!/usr/bin/env node
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type { AuditStore } from '../application/access/audit-trail';
import { TokenService } from '../application/access/token-service';
import type { ApiToken } from '../domain/access/api-token';
import { DomainError } from '../domain/shared/domain-error';
import { utcTime } from '../domain/shared/time';
import { withDatabaseUrl } from '@watchgate/embedded-postgres';
import { readSettings } from '../infrastructure/environment/settings';
import { Database } from '../infrastructure/postgres/database';
import { PgAudit } from '../infrastructure/postgres/pg-audit';
import { PgTokens } from '../infrastructure/postgres/pg-tokens';
import { table } from './table';

const HELP = `Usage: npm run token -- COMMAND [options]

  create --role viewer|operator|admin --name WHOSE [--expires 2030-01-31]
  list
  revoke ID

Works on the database of DATABASE_URL, or on the embedded one in DATA_DIR, whether the service runs or not.
Exit codes: 0 done, 1 failed, 2 wrong usage`;

const OPTIONS = {
  role: { type: 'string' },
  name: { type: 'string' },
  expires: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
type Parsed = ReturnType<typeof parse>;
type Command = (tokens: TokenService, parsed: Parsed) => Promise<void>;

class UsageError extends Error {}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function required(value: string | undefined, what: string): string {
  if (value) return value;
  throw new UsageError(`${what} is required.\n\n${HELP}`);
}

const audited =
  (operation: string, command: (tokens: TokenService, parsed: Parsed) => Promise<{ id: string; input: object }>) =>
  async (tokens: TokenService, audit: AuditStore, parsed: Parsed): Promise<void> => {
    const { id, input } = await command(tokens, parsed);
    const entry = {
      at: new Date(),
      actor: 'command line',
      tokenId: null,
      role: 'admin',
      operation,
      status: 200,
    } as const;
    const rest = { requestId: `process-${process.pid}`, address: '', input: { ...input }, changed: { token_id: id } };
    await audit.add([{ ...entry, ...rest }]);
  };

const create = audited('access.createToken', async (tokens, { values }) => {
  const [role, name] = [required(values.role, '--role'), required(values.name, '--name')];
  const expiry = values.expires === undefined ? {} : { expiresAt: new Date(utcTime(values.expires)) };
  const { token, text } = await tokens.create({ role, name, ...expiry });
  say(`${text}\n\nThis is shown only now. Send it as "Authorization: Bearer …". Its id is ${token.fields.id}.`);
  return { id: token.fields.id, input: { role, name } };
});

const revoke = audited('access.revokeToken', async (tokens, { positionals }) => {
  const id = required(positionals[1], 'The ID of the token');
  await tokens.revoke(id);
  say(`${id} is revoked; services notice within two seconds.`);
  return { id, input: { token_id: id } };
});

const list: Command = async (tokens) => {
  const now = new Date();
  const state = (token: ApiToken) => (token.isUsable(now) ? 'usable' : token.fields.revokedAt ? 'revoked' : 'expired');
  const rows = (await tokens.list()).map((token) => {
    const { id, name, role, createdAt, expiresAt, lastUsedAt } = token.fields;
    const time = (at: Date | null) => at?.toISOString().slice(0, 16) ?? '-';
    return [id, name, role, state(token), time(createdAt), time(expiresAt), time(lastUsedAt)];
  });
  say(table([['id', 'name', 'role', 'state', 'created', 'expires', 'last used'], ...rows]));
};

const COMMANDS: Readonly<Record<string, (t: TokenService, a: AuditStore, p: Parsed) => Promise<void>>> = {
  create,
  revoke,
  list: (tokens, _audit, parsed) => list(tokens, parsed),
};

async function onDatabase(url: string, work: (database: Database) => Promise<void>): Promise<void> {
  const database = new Database(url, (error) => process.stderr.write(`${error.message}\n`));
  try {
    await database.open();
    await work(database);
  } finally {
    await database.close();
  }
}

async function main(args: readonly string[]): Promise<void> {
  const parsed = parse(args);
  const [name = ''] = parsed.positionals;
  if (parsed.values.help) return say(HELP);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(HELP);
  await withDatabaseUrl(readSettings(process.env), (url) =>
    onDatabase(url, (database) =>
      command(new TokenService(new PgTokens(database), () => new Date()), new PgAudit(database), parsed),
    ),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const usage = error instanceof UsageError || (error instanceof DomainError && error.kind === 'invalid');
  const unknownOption = error instanceof TypeError && 'code' in error;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = usage || unknownOption ? 2 : 1;
});
