import type { Me, SessionService, SignIn, SiteView } from '../../application/access/session-service';
import { type Role, roles } from '../../domain/shared/role';
import type { Examples } from '../http/example';
import { Flag, NoInputDto, OneOf, Part, Text, Time } from '../http/fields';
import { operations } from '../http/operation';
import { all, count, listOf, named, text, textOrNull } from '../http/schemas';

const site = () =>
  named(
    'Site',
    all({
      name: text,
      time_zone: text,
      version: text,
      violation_types: listOf(text),
      event_retention_days: count,
      history_retention_days: count,
    }),
  );

class MeDto implements Me {
  @Part(() => textOrNull, { about: 'the name of the token; null where none was needed' }) name: string | null;
  @Part(() => textOrNull) token_id: string | null;
  @OneOf(roles) role: Role;
  @Flag() needs_token: boolean;
  @Flag({ about: 'whether a session of a browser let the caller in' }) session: boolean;
  @Part(() => ({ type: ['string', 'null'], format: 'date-time' }), { about: 'when the session ends unless it is used' })
  expires_at: string | null;
  @Time({ about: 'the present time of the service' }) time: string;
  @Part(site) site: SiteView;
}

class SignInDto implements SignIn {
  @Text({ min: 1, max: 200, about: 'the token; the browser gets a cookie in its place' }) token: string;
}

class SignedOutDto {
  @Flag() ok: true;
}

const shownSite = {
  name: 'Plant 2',
  time_zone: 'UTC',
  version: '0.1.0',
  violation_types: ['insufficient_dwell_time', 'no_hairnet', 'skip_drying'],
  event_retention_days: 180,
  history_retention_days: 1095,
};

const sessionExamples = {
  me: {
    input: {},
    answer: {
      name: null,
      token_id: null,
      role: 'admin',
      needs_token: false,
      session: false,
      expires_at: null,
      time: '2026-01-05T08:15:02.114Z',
      site: shownSite,
    },
    varies: ['/site'],
  },
  signIn: {
    input: { token: 'wgt_5a1b2c3d4e5f6071_for-the-examples-of-the-api-document-only-0' },
    answer: {
      name: 'li',
      token_id: '5a1b2c3d4e5f6071',
      role: 'admin',
      needs_token: false,
      session: true,
      expires_at: '2026-01-05T20:15:02.114Z',
      time: '2026-01-05T08:15:02.114Z',
      site: shownSite,
    },
    varies: ['/site'],
  },
  signOut: { input: {}, answer: { ok: true } },
} satisfies Examples<Pick<SessionService, 'me' | 'signIn' | 'signOut'>>;

/** The browsers that signed in; not switched. */
export const sessionOperations = operations<Pick<SessionService, 'me' | 'signIn' | 'signOut'>>('access', {
  me: {
    http: 'GET /access/me',
    summary: 'Who calls, what they may do, and what site this is',
    call: (sessions) => sessions.me(),
    input: NoInputDto,
    output: MeDto,
    example: sessionExamples.me,
  },
  signIn: {
    http: 'POST /access/session',
    summary:
      'Sign a browser in with a token: it gets a cookie that no script can read, for 12 hours after its last use',
    call: (sessions, input) => sessions.signIn(input),
    input: SignInDto,
    output: MeDto,
    example: sessionExamples.signIn,
    role: 'anybody',
  },
  signOut: {
    http: 'DELETE /access/session',
    summary: 'Sign this browser out',
    call: (sessions) => sessions.signOut(),
    input: NoInputDto,
    output: SignedOutDto,
    example: sessionExamples.signOut,
    role: 'anybody',
  },
});
