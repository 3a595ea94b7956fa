import Ajv from 'ajv/dist/2020';
import type { ValidateFunction } from 'ajv/dist/2020';
import type { Server } from 'node:http';
import { httpApplication, httpServer } from '../../src/api/http/application';
import { schemaOf } from '../../src/api/http/fields';
import type { Operation } from '../../src/api/http/operation';
import { Media } from '../../src/application/shared/media';
import type { TestSite } from './test-site';

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const compiled = new Map<string, ValidateFunction>();

/** Refuses an answer that the catalogue, and so the OpenAPI document, does not describe. */
function checkAnswer(operation: Operation, answer: unknown): void {
  if (operation.output === Media) {
    if (answer instanceof Media && answer.type === operation.produces) return;
    throw new Error(`${operation.id} does not answer ${operation.produces}`);
  }
  const validate = compiled.get(operation.id) ?? ajv.compile(schemaOf(operation.output));
  compiled.set(operation.id, validate);
  const sent: unknown = JSON.parse(JSON.stringify(answer));
  if (!validate(sent))
    throw new Error(`${operation.id} answers what its row does not say: ${ajv.errorsText(validate.errors)}`);
}

/** Who may come in, and the trail of what they did, as the service has them. */
export const accessOf = ({ modules }: Pick<TestSite, 'modules'>) => ({
  gate: modules.access.gate,
  audit: modules.access.trail.record,
});

/** The HTTP side of a test site, not listening yet: supertest does that. */
export function httpOf(site: TestSite): Server {
  return httpServer(
    httpApplication(site.modules.operations, {
      log: site.log,
      checkAnswer,
      ...accessOf(site),
      meter: site.modules.monitoring.meter.count,
      scrape: () => site.modules.monitoring.prometheus.render(),
      ready: () => site.modules.monitoring.service.missing(),
    }),
    site.log,
  );
}
