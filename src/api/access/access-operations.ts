import type { AccessPort } from '../../application/access/access-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import {
  AuditPageDto,
  AuditQueryDto,
  TokenCreatedDto,
  TokenKeyDto,
  TokenListDto,
  TokenRevokedDto,
  WantedTokenDto,
} from './access-dto';
import { accessExamples as examples } from './access-examples';

const role = 'admin';

/** Who may do what is no matter of the two paths: not switched. */
export const accessOperations = operations<AccessPort>('access', {
  tokens: {
    http: 'GET /access/tokens',
    summary: 'Every token',
    input: NoInputDto,
    output: TokenListDto,
    example: examples.tokens,
    role,
  },
  createToken: {
    http: 'POST /access/tokens',
    summary: 'Give out a token',
    input: WantedTokenDto,
    output: TokenCreatedDto,
    example: examples.createToken,
    role,
  },
  revokeToken: {
    http: 'DELETE /access/tokens/{token_id}',
    summary: 'Take a token back, on every instance within two seconds',
    input: TokenKeyDto,
    output: TokenRevokedDto,
    example: examples.revokeToken,
    role,
  },
  audit: {
    http: 'GET /access/audit',
    summary: 'Who changed what, newest first',
    input: AuditQueryDto,
    output: AuditPageDto,
    example: examples.audit,
    role,
  },
});
