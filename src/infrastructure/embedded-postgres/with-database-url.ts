import { startEmbeddedPostgres } from './embedded-postgres';

/** Works on the server of `databaseUrl`; where that is empty on the embedded one in `dataDir`, for as long as it takes. */
export async function withDatabaseUrl<T>(
  { databaseUrl, dataDir }: { readonly databaseUrl: string; readonly dataDir: string },
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== '') return work(databaseUrl);
  const embedded = await startEmbeddedPostgres({ dir: dataDir });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
