import type { Database } from '../postgres/database';
import type { PartReport } from './import-report';
import { importTable, makeRoom } from './import-tables';
import { alertHistory, alertRules, detectionRecords, statisticsHourly, violationEvents } from './old-table-plans';
import type { OldTables } from './old-tables';

/** Ends a transaction whose work was only to be looked at. */
class DryRun {
  constructor(readonly reports: readonly PartReport[]) {}
}

/** Takes over the five old tables in one transaction; a dry run does the same and takes it back. */
export async function importDatabase(
  database: Database,
  old: OldTables,
  { oldest, dryRun }: { readonly oldest: Date; readonly dryRun: boolean },
): Promise<readonly PartReport[]> {
  const plans = [detectionRecords(oldest), statisticsHourly, violationEvents, alertRules, alertHistory(old.name)];
  for (const plan of plans) await database.transaction((sql) => makeRoom(sql, old, plan));
  try {
    return await database.transaction(async (sql) => {
      await sql.query('SET LOCAL statement_timeout = 0', []);
      const reports: PartReport[] = [];
      for (const plan of plans) reports.push(await importTable(sql, old, plan));
      if (dryRun) throw new DryRun(reports);
      return reports;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.reports;
    throw error;
  }
}
