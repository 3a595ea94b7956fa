/** What was decided and is not stored yet, kept by the browser: a reload or a power cut loses no decision. */
export interface Kept {
  readonly key: number;
  readonly id: number;
  readonly version: number;
  readonly status: 'pending' | 'confirmed' | 'false_positive' | 'resolved';
  readonly before: Kept['status'];
  readonly notes?: string;
  readonly at: number;
}

const NAME = 'watchgate';
const TABLE = 'decisions';

const opened = new Promise<IDBDatabase | undefined>((resolve) => {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(TABLE, { keyPath: 'key' }));
  request.addEventListener('success', () => resolve(request.result));
  request.addEventListener('error', () => {
    // A private window may forbid it: decisions then live as long as the page.
    console.warn('this browser keeps no decisions over a reload', request.error);
    resolve(undefined);
  });
});

async function act<T>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  const database = await opened;
  if (!database) return undefined;
  return new Promise((resolve, reject) => {
    const request = work(database.transaction(TABLE, mode).objectStore(TABLE));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('the browser could not keep a decision')),
    );
  });
}

export const keepDecision = (decision: Kept): Promise<unknown> => act('readwrite', (table) => table.put(decision));
export const dropDecision = (key: number): Promise<unknown> => act('readwrite', (table) => table.delete(key));
export const keptDecisions = async (): Promise<readonly Kept[]> =>
  (await act<Kept[]>('readonly', (table) => table.getAll() as IDBRequest<Kept[]>)) ?? [];
