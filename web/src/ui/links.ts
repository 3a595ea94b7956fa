/** A tab says itself which one is open; the router would also mark those whose address is a part of the present one. */
export const EXACT = { exact: true, includeSearch: true } as const;
