/** What callers may do, from least to most: look, operate the site, decide who may do what. */
export const roles = ['viewer', 'operator', 'admin'] as const;

export type Role = (typeof roles)[number];

/** Whether somebody with one role may do what another role is needed for. */
export const covers = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);
