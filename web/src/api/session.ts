import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Token } from './generated';
import { send } from './client';
import { noteServerTime } from './clock';
import { isProblem } from './problem';
import { unauthorized } from './reachability';

export type Role = Token['role'];

export interface SiteFacts {
  readonly name?: string;
  readonly time_zone?: string;
  readonly version?: string;
  readonly violation_types?: Readonly<Record<string, string>> | readonly string[];
}

export interface Me {
  readonly name: string | null;
  readonly token_id: string | null;
  readonly role: Role;
  readonly needs_token: boolean;
  readonly session: boolean;
  readonly expires_at: string | null;
  readonly time?: string | number;
  readonly site: SiteFacts;
}

const ME = '/api/v1/access/me';
const SESSION = '/api/v1/access/session';

/** A service that does not say who is asking lets everybody of its machine in as an administrator. */
const OF_THIS_MACHINE: Me = {
  name: null,
  token_id: null,
  role: 'admin',
  needs_token: false,
  session: false,
  expires_at: null,
  site: {},
};

async function readMe(): Promise<Me> {
  try {
    const sent = Date.now();
    const me = (await (await send(ME, {})).json()) as Me;
    const took = Date.now() - sent;
    if (me.time !== undefined) noteServerTime(new Date(me.time).getTime() + took / 2, took / 2 + 1);
    return me;
  } catch (error) {
    if (isProblem(error, 404)) return OF_THIS_MACHINE;
    throw error;
  }
}

const EVERY_MS = 60_000;

/** Who is asking, and where; it also measures how far this PC's clock is off. */
export const useMe = (): UseQueryResult<Me> => useQuery({ queryKey: ['access.me'], queryFn: readMe, refetchInterval: EVERY_MS });

export async function logIn(token: string): Promise<void> {
  await send(SESSION, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  unauthorized.set(false);
}

export async function logOut(): Promise<void> {
  await send(SESSION, { method: 'DELETE' });
  unauthorized.set(true);
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };
export const covers = (role: Role, needed: Role): boolean => RANK[role] >= RANK[needed];
