import { BareSite } from './service-run';
import { type TestDatabase, createTestDatabase } from './test-database';

/** For each test of the present `describe`: a folder of its own for the built service, and a database of its own. */
export function siteForEach(): { readonly site: BareSite; readonly database: TestDatabase } {
  const own = {} as { site: BareSite; database: TestDatabase };
  beforeEach(async () => {
    own.database = await createTestDatabase({ empty: true });
    own.site = new BareSite();
  });
  afterEach(async () => {
    await own.site.remove();
    await own.database.drop();
  });
  return own;
}
