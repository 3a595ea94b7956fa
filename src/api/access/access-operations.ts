import type {
  AccessService,
  AuditPage,
  AuditQuery,
  TokenCreated,
  TokenKey,
  TokenList,
  TokenRevoked,
  TokenView,
  WantedToken,
} from '../../application/access/access-service';
import { roles } from '../../domain/shared/role';
import { type Examples, invalid, unknown, unreadable } from '../http/example';
import { Flag, ListOf, MANY, NoInputDto, OneOf, Part, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { all, anyMembers, count, named, orNull, text, textOrNull } from '../http/schemas';

const roleSchema = { type: 'string', enum: roles };
const time = { type: 'string', format: 'date-time' };
const timeOrNull = { type: ['string', 'null'], format: 'date-time' };
const sent = orNull(anyMembers('what was sent, secrets masked'));
const changed = orNull(anyMembers('where the change is kept, or what it changed'));

const token = () =>
  named(
    'Token',
    all({
      id: text,
      name: text,
      role: roleSchema,
      created_at: time,
      expires_at: timeOrNull,
      revoked_at: timeOrNull,
      last_used_at: timeOrNull,
    }),
  );

class TokenListDto implements TokenList {
  @ListOf(token, { about: 'newest first, revoked and expired ones included' }) tokens: TokenView[];
}

class WantedTokenDto implements WantedToken {
  @Text({ min: 1, max: 100, about: 'whose it is; what is done with it is told under this name' }) name: string;
  @OneOf(roles) role: string;
  @Time({ optional: true, about: 'it never expires when absent' }) expires_at?: string;
}

class TokenCreatedDto implements TokenCreated {
  @Flag() ok: true;
  @Part(token) token: TokenView;
  @Text({ about: 'the token itself, shown here and nowhere else' }) secret: string;
}

class TokenKeyDto implements TokenKey {
  @Text({ min: 1, max: 100 }) token_id: string;
}

class TokenRevokedDto implements TokenRevoked {
  @Flag() ok: true;
  @Text() token_id: string;
}

class AuditQueryDto implements AuditQuery {
  @Text({ max: 100, optional: true, about: 'name of a token' }) actor?: string;
  @Text({ max: 100, optional: true, about: 'id of an operation, such as cameras.create' }) operation?: string;
  @Text({ max: 100, optional: true, about: 'id of a token' }) token_id?: string;
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
  @Whole({ min: 1, max: MANY, optional: true, about: 'next_cursor of the page before' }) cursor?: number;
}

const entry = () =>
  named(
    'AuditEntry',
    all({
      id: count,
      at: time,
      actor: textOrNull,
      token_id: textOrNull,
      role: { type: ['string', 'null'], enum: [...roles, null] },
      operation: text,
      status: count,
      request_id: text,
      address: text,
      input: sent,
      changed,
    }),
  );

class AuditPageDto implements AuditPage {
  @ListOf(entry, { about: 'newest first' }) entries: AuditPage['entries'];
  @Part(() => ({ type: ['integer', 'null'], description: 'where the next page begins; null after the last one' }))
  next_cursor: number | null;
}

const accessExamples = {
  tokens: {
    input: {},
    answer: {
      tokens: [
        {
          id: '3f0c5e1d2b7a9c44',
          name: 'wang',
          role: 'viewer',
          created_at: '2026-01-05T08:15:02.114Z',
          expires_at: null,
          revoked_at: null,
          last_used_at: null,
        },
        {
          id: '5a1b2c3d4e5f6071',
          name: 'li',
          role: 'admin',
          created_at: '2026-01-05T08:15:02.114Z',
          expires_at: null,
          revoked_at: null,
          last_used_at: null,
        },
      ],
    },
  },
  createToken: {
    input: { name: 'dashboard', role: 'viewer' },
    answer: {
      ok: true,
      token: {
        id: '9c1e77d0a25b4f38',
        name: 'dashboard',
        role: 'viewer',
        created_at: '2026-01-05T08:15:02.114Z',
        expires_at: null,
        revoked_at: null,
        last_used_at: null,
      },
      secret: 'wgt_(shown once)',
    },
    varies: ['/token/id', '/secret'],
    refused: invalid(
      { name: 'dashboard', role: 'root' },
      'role',
      'must be one of the following values: viewer, operator, admin',
      'enum',
      { values: ['viewer', 'operator', 'admin'] },
    ),
  },
  revokeToken: {
    input: { token_id: '3f0c5e1d2b7a9c44' },
    answer: { ok: true, token_id: '3f0c5e1d2b7a9c44' },
    refused: unknown({ token_id: 'none' }, 'access.token_not_found', 'There is no token "none".'),
  },
  audit: {
    input: { operation: 'cameras.update', limit: 1 },
    answer: {
      entries: [
        {
          id: 3,
          actor: null,
          token_id: null,
          role: 'admin',
          operation: 'cameras.update',
          status: 200,
          address: '127.0.0.1',
          input: { name: 'Main gate', camera_id: 'gate' },
          changed: { revision: 2 },
          at: '2026-01-05T08:15:02.114Z',
          request_id: 'c0ffee',
        },
      ],
      next_cursor: 3,
    },
    varies: ['/entries/*/id', '/entries/*/request_id', '/next_cursor'],
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal', { min: 1, max: 1000 }),
  },
} satisfies Partial<Examples<AccessService>>;

const role = 'admin';

/** Access rights do not differ between the two paths: not switched. */
export const accessOperations = operations<AccessService>('access', {
  tokens: {
    http: 'GET /access/tokens',
    summary: 'Every token',
    call: (access) => access.tokens(),
    input: NoInputDto,
    output: TokenListDto,
    example: accessExamples.tokens,
    role,
  },
  createToken: {
    http: 'POST /access/tokens',
    summary: 'Give out a token',
    call: (access, input) => access.createToken(input),
    input: WantedTokenDto,
    output: TokenCreatedDto,
    example: accessExamples.createToken,
    role,
  },
  revokeToken: {
    http: 'DELETE /access/tokens/{token_id}',
    summary: 'Take a token back, on every instance within two seconds',
    call: (access, input) => access.revokeToken(input),
    input: TokenKeyDto,
    output: TokenRevokedDto,
    example: accessExamples.revokeToken,
    role,
  },
  audit: {
    http: 'GET /access/audit',
    summary: 'Who changed what, newest first',
    call: (access, input) => access.audit(input),
    input: AuditQueryDto,
    output: AuditPageDto,
    example: accessExamples.audit,
    role,
  },
});
