import { ActiveRules, AlertEvaluator } from '../../src/application/alerts/alert-evaluator';
import { AlertHandlingService } from '../../src/application/alerts/alert-handling-service';
import { AlertRuleService } from '../../src/application/alerts/alert-rule-service';
import { DEFAULT_VIOLATION_TYPES, type Event } from '../../src/domain/shared/event';
import {
  AlertRows,
  InMemoryAlertArchive,
  InMemoryAlertFeed,
  InMemoryAlertRules,
  InMemoryCameraChanges,
  InMemoryDeliveries,
  InMemoryEvaluationStore,
} from './in-memory-alerts';
import { EventRows } from './in-memory-events';
import { Outage } from './outage';
import { rememberingLog } from './quiet-log';

/** The alerts of a site without a database, at a time of their own. */
export function alertSiteInMemory() {
  const time = { now: new Date('2030-01-07T08:00:00Z') };
  const clock = () => time.now;
  const [rows, site, outage, log] = [new AlertRows(clock), new EventRows(), new Outage(), rememberingLog()];
  const rules = outage.over(new InMemoryAlertRules(rows));
  const archive = outage.over(new InMemoryAlertArchive(rows));
  const deliveries = outage.over(new InMemoryDeliveries(rows));
  const storing = new Outage();
  const evaluation = outage.over(storing.over(new InMemoryEvaluationStore(rows)));
  const feed = outage.over(new InMemoryAlertFeed(rows, site, DEFAULT_VIOLATION_TYPES));
  const cameraChanges = outage.over(new InMemoryCameraChanges(rows));
  const book = new ActiveRules();
  const refresh = async () => book.install(await rules.all());
  const evaluator = () =>
    new AlertEvaluator(feed, evaluation, book, refresh, clock, log, { lateMs: 5_000, catchUpMs: 0 });
  return {
    pass: (ms: number) => void (time.now = new Date(time.now.getTime() + ms)),
    setClock: (now: Date) => void (time.now = now),
    /** A detector reports something at a camera, now unless said otherwise. */
    see: (type: string, cameraId = 'cam1', at = time.now): Event => {
      const event = {
        id: `event ${site.events.length + 1}`,
        externalId: null,
        ts: at.getTime() / 1_000,
        type,
        cameraId,
        trackId: null,
        evidence: null,
      };
      site.events.push(event);
      return event;
    },
    told: () => rows.alerts.map(({ message }) => message),
    alerts: new AlertRuleService(rules, archive, clock),
    handling: new AlertHandlingService(rules, archive, deliveries, feed, clock),
    clock,
    rows,
    outage,
    /** Takes only what the evaluation stores. */
    storing,
    log,
    rules,
    deliveries,
    evaluation,
    cameraChanges,
    book,
    refresh,
    evaluator,
  };
}
