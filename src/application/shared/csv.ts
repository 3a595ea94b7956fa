import { stringify } from 'csv-stringify/sync';
import { Media } from './media';

type Cell = string | number | null;

const ROWS = 500;
/** Some readers also begin a row at a bare line feed or carriage return, so that either needs quotes. */
const OPTIONS = { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * A table as a CSV file (RFC 4180) that is sent as its rows are read. It begins with a byte order mark, because
 * spreadsheets otherwise read Chinese as Latin; cells that a spreadsheet would run as formulas are made text.
 */
export function csv<T>(
  name: string,
  columns: readonly string[],
  items: AsyncIterable<T>,
  row: (item: T) => readonly Cell[],
): Media {
  const headers = { 'content-disposition': `attachment; filename="${name}.csv"` };
  return new Media('text/csv; charset=utf-8', lines(columns, items, row), headers);
}

async function* lines<T>(columns: readonly string[], items: AsyncIterable<T>, row: (item: T) => readonly Cell[]) {
  let rows: (readonly Cell[])[] = [columns];
  let mark = BYTE_ORDER_MARK;
  const text = () => mark + stringify(rows.splice(0), OPTIONS);
  for await (const item of items) {
    rows.push(row(item));
    if (rows.length < ROWS) continue;
    yield text();
    mark = '';
  }
  if (rows.length > 0) yield text();
}
