import type { AccessPort } from '../../application/access/access-port';
import type { Examples } from '../http/example';
import { invalid, unknown, unreadable } from '../http/refused-examples';

export const accessExamples: Examples<AccessPort> = {
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
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal'),
  },
};
