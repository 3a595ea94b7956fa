import type { AlertHandlingPort } from '../../application/alerts/alert-handling-port';
import { operations } from '../http/operation';
import { AlertDto } from './alert-dto';
import {
  DeliveryDto,
  DeliveryKeyDto,
  DeliveryListDto,
  DeliveryQueryDto,
  DryRunDto,
  DryRunWishDto,
  HandlingDto,
} from './alert-handling-dto';
import { alertHandlingExamples as examples } from './alert-handling-examples';

/** Operations the old backend does not have: they have one implementation and are not switched. */
export const alertHandlingOperations = operations<AlertHandlingPort>('alert-handling', {
  test: {
    http: 'POST /alerts/rules/{rule_id}/test',
    summary: 'What the rule would have told over the last hours; nothing is sent',
    input: DryRunWishDto,
    output: DryRunDto,
    example: examples.test,
    effect: 'read',
  },
  acknowledge: {
    http: 'POST /alerts/history/{alert_id}/acknowledge',
    summary: 'Somebody takes care of the alert',
    input: HandlingDto,
    output: AlertDto,
    example: examples.acknowledge,
  },
  resolve: {
    http: 'POST /alerts/history/{alert_id}/resolve',
    summary: 'The alert is dealt with',
    input: HandlingDto,
    output: AlertDto,
    example: examples.resolve,
  },
  deliveries: {
    http: 'GET /alerts/deliveries',
    summary: 'Notices on their way, each with its attempts, newest first',
    input: DeliveryQueryDto,
    output: DeliveryListDto,
    example: examples.deliveries,
  },
  replay: {
    http: 'POST /alerts/deliveries/{delivery_id}/replay',
    summary: 'Try a notice that was given up once more',
    input: DeliveryKeyDto,
    output: DeliveryDto,
    example: examples.replay,
  },
});
