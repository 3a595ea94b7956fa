import { EventPosting, EventService } from '../../../src/application/events/event-service';
import { Media } from '../../../src/application/shared/media';
import type { Event } from '../../../src/domain/shared/event';
import { EventRows, InMemoryEvents } from '../../support/in-memory-events';
import { InMemoryJournal } from '../../support/in-memory-journal';
import { mediaText } from '../../support/media-text';
import { Outage } from '../../support/outage';

const NOW = new Date('2030-01-01T12:00:00Z');
const seconds = NOW.getTime() / 1_000;
const sent = (id: string, more: object = {}) => ({ id, ts: seconds, type: 't', camera_id: 'cam1', ...more });
const stored = (id: string, ts: number, more: Partial<Event> = {}): Event => ({
  id,
  externalId: null,
  ts,
  type: 't',
  cameraId: 'cam1',
  trackId: null,
  evidence: null,
  ...more,
});
const id = (n: number) => `b0000000-0000-4000-8000-00000000000${n}`;

describe('events', () => {
  let rows: EventRows;
  let journal: InMemoryJournal;
  let database: Outage;
  let disk: Outage;
  let service: EventService;
  beforeEach(() => {
    [rows, journal, database, disk] = [new EventRows(), new InMemoryJournal('j'), new Outage(), new Outage()];
    const posting = new EventPosting(disk.over(journal), () => NOW, 180);
    service = new EventService(database.over(new InMemoryEvents(rows)), posting, () => NOW);
  });
  const written = async () => {
    const [file] = await journal.list();
    const { lines } = file ? await journal.read(file, 0) : { lines: [] };
    return lines.filter((line) => line !== '').map((line) => (JSON.parse(String(line)) as { id: string }).id);
  };

  it('of the last minutes are answered newest first, by type and camera', async () => {
    rows.events.push(
      stored(id(1), seconds - 30),
      stored(id(2), seconds - 10, { type: 'u' }),
      stored(id(3), seconds - 20, { cameraId: 'cam2' }),
      stored(id(4), seconds - 61),
    );
    const ids = async (query: object = {}) =>
      (await service.recent({ limit: 9, minutes: 1, ...query })).map((event) => event.id);
    expect(await ids()).toEqual([id(2), id(3), id(1)]);
    expect([await ids({ etype: 'u' }), await ids({ camera_id: 'cam2' })]).toEqual([[id(2)], [id(3)]]);
    expect(await ids({ limit: 1 })).toEqual([id(2)]);
  });

  it('that are sent are written once, and each that is none is named', async () => {
    rows.events.push(stored(id(1), seconds));
    const bad = sent(id(9), { ts: 'never' });
    expect(await service.post({ events: [sent(id(1)), sent(id(2)), sent(id(2)), bad] })).toEqual({
      ok: true,
      accepted: 1,
      duplicates: 2,
      rejected: [{ index: 3, reason: 'ts must be seconds since 1970 or an ISO time' }],
    });
    expect(await service.post({ events: [sent(id(2))] })).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await written()).toEqual([id(2)]);
  });

  it('that two send at once count once', async () => {
    const both = await Promise.all([1, 2].map(() => service.post({ events: [sent(id(1)), sent(id(2))] })));
    expect(both.map(({ accepted }) => accepted)).toEqual([2, 0]);
    expect(await written()).toEqual([id(1), id(2)]);
  });

  it('are not accepted where they cannot be written, and can be sent again', async () => {
    disk.away = true;
    await expect(service.post({ events: [sent(id(1))] })).rejects.toMatchObject({ kind: 'unavailable' });
    disk.away = false;
    expect(await service.post({ events: [sent(id(1))] })).toMatchObject({ accepted: 1 });
  });

  it('are not accepted while nobody can say which are known', async () => {
    database.away = true;
    await expect(service.post({ events: [sent(id(1))] })).rejects.toMatchObject({ code: 'database.unavailable' });
    expect(await written()).toEqual([]);
  });

  it('of a time are exported as a table that no spreadsheet runs', async () => {
    rows.events.push(
      stored(id(1), seconds - 5, { type: '=1+1', evidence: { b: 1, a: 'x' } }),
      stored(id(2), seconds - 90_000),
    );
    const media = await service.exportCsv({ camera_id: 'cam1' });
    expect(media).toBeInstanceOf(Media);
    expect([media.type, media.headers]).toEqual([
      'text/csv; charset=utf-8',
      { 'content-disposition': 'attachment; filename="events.csv"' },
    ]);
    expect(await mediaText(media)).toBe(
      `\uFEFFid,time,type,camera_id,track_id,evidence\r\n${id(1)},2030-01-01T11:59:55.000Z,'=1+1,cam1,,"{""a"":""x"",""b"":1}"\r\n`,
    );
  });
});

describe('an answer that is not JSON', () => {
  it('has no headers of its own unless it is given some', () => {
    const media = new Media('image/jpeg', Buffer.from([1, 2]));
    expect([media.type, media.headers, media.body]).toEqual(['image/jpeg', {}, Buffer.from([1, 2])]);
  });
});
