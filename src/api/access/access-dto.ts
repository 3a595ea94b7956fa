import type {
  AuditPage,
  AuditQuery,
  TokenCreated,
  TokenKey,
  TokenList,
  TokenRevoked,
  TokenView,
  WantedToken,
} from '../../application/access/access-port';
import { roles } from '../../domain/shared/role';
import { Flag, ListOf, MANY, OneOf, Part, Text, Time, Whole } from '../http/fields';
import { all, anyMembers, count, named, orNull, text, textOrNull } from '../http/schemas';

const role = { type: 'string', enum: roles };
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
      role,
      created_at: time,
      expires_at: timeOrNull,
      revoked_at: timeOrNull,
      last_used_at: timeOrNull,
    }),
  );

export class TokenListDto implements TokenList {
  @ListOf(token, { about: 'newest first, revoked and expired ones included' }) tokens: TokenView[];
}

export class WantedTokenDto implements WantedToken {
  @Text({ min: 1, max: 100, about: 'whose it is; what is done with it is told under this name' }) name: string;
  @OneOf(roles) role: string;
  @Time({ optional: true, about: 'it never expires when absent' }) expires_at?: string;
}

export class TokenCreatedDto implements TokenCreated {
  @Flag() ok: true;
  @Part(token) token: TokenView;
  @Text({ about: 'the token itself, shown here and nowhere else' }) secret: string;
}

export class TokenKeyDto implements TokenKey {
  @Text({ min: 1, max: 100 }) token_id: string;
}

export class TokenRevokedDto implements TokenRevoked {
  @Flag() ok: true;
  @Text() token_id: string;
}

export class AuditQueryDto implements AuditQuery {
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

export class AuditPageDto implements AuditPage {
  @ListOf(entry, { about: 'newest first' }) entries: AuditPage['entries'];
  @Part(() => ({ type: ['integer', 'null'], description: 'where the next page begins; null after the last one' }))
  next_cursor: number | null;
}
