/** What an address says, read with care: anybody can write into it. What does not fit is left out. */
type Raw = Readonly<Record<string, unknown>>;

export const text = (raw: Raw, name: string): string | undefined => {
  const value = raw[name];
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
};

export const number = (raw: Raw, name: string): number | undefined => {
  const value = Number(raw[name]);
  return raw[name] !== undefined && raw[name] !== '' && Number.isFinite(value) ? value : undefined;
};

export const oneOf = <T extends string>(raw: Raw, name: string, values: readonly T[]): T | undefined =>
  values.find((value) => value === raw[name]);

/** Leaves out what is not set, so that addresses stay short. */
export const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
