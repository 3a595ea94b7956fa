import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { call } from './client';
import { noteServerTime } from './clock';
import type { Me } from './generated';
import { unauthorized } from './reachability';

export type Role = Me['role'];

async function readMe(): Promise<Me> {
  const sent = Date.now();
  const me = await call('access.me', {});
  const took = Date.now() - sent;
  noteServerTime(new Date(me.time).getTime() + took / 2, took / 2 + 1);
  return me;
}

const EVERY_MS = 60_000;

/** Who is asking, and where; it also measures how far this PC's clock is off. */
export const useMe = (): UseQueryResult<Me> =>
  useQuery({ queryKey: ['access.me'], queryFn: readMe, refetchInterval: EVERY_MS });

export async function logIn(token: string): Promise<void> {
  await call('access.signIn', { body: { token } });
  unauthorized.set(false);
}

export async function logOut(): Promise<void> {
  await call('access.signOut', {});
  unauthorized.set(true);
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };
export const covers = (role: Role, needed: Role): boolean => RANK[role] >= RANK[needed];
