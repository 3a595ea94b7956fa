import Ajv from 'ajv/dist/2020';
import { allOperations } from '../../src/api/catalogue';
import { openApi } from '../../src/api/http/openapi';
import type { Json, JsonObject } from '../../src/domain/shared/json';
import { hasPackages } from '../support/blob-model';
import { type DocumentedExample, differences, examplesOf } from '../support/documented-examples';
import { ExampleSite } from '../support/example-site';

const document = openApi(allOperations);
/** Looking at a film needs the optional packages. */
const isPossible = ({ operation, name }: DocumentedExample) =>
  hasPackages() || operation !== 'camera-control.dryRun' || name !== 'done';
const examples = examplesOf(document).filter(isPossible);

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
ajv.addFormat('binary', true);

/** Schemas refer to the components of the document. */
const validatorOf = (schema: JsonObject) => ajv.compile({ ...schema, components: document.components });

const withoutCharset = (type: string): string => type.replace('; charset=utf-8', '');

async function send(url: string, { method, path, body }: DocumentedExample) {
  const answer = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, type, bytes, text: new TextDecoder().decode(bytes) };
}

describe('the examples of the OpenAPI document', () => {
  let site: ExampleSite;
  beforeAll(async () => {
    site = await ExampleSite.start();
  });
  afterAll(() => site.remove());

  it('are in the document that the service shows', async () => {
    expect(await (await fetch(`${site.url}/openapi.json`)).json()).toEqual(document);
  });

  it.each(examples.map((example) => [example.operation, example.name, example] as const))(
    '%s, %s: is answered as the document shows',
    async (_operation, _name, example) => {
      const { status, type, bytes, text } = await send(site.url, example);
      expect([status, withoutCharset(type)]).toEqual([example.status, withoutCharset(example.type)]);
      // The one kind of answer that a document cannot show.
      if (example.answer === undefined) {
        expect(bytes.toString('hex', 0, 2)).toBe('ffd8');
        return;
      }
      const answer = (type.includes('json') ? JSON.parse(text) : text) as Json;
      const validate = validatorOf(example.schema);
      for (const told of [example.answer, answer])
        expect([validate(told), ajv.errorsText(validate.errors)]).toEqual([true, 'No errors']);
      const differing = differences(example, answer);
      expect({ differing, answer: differing.length > 0 ? answer : undefined }).toEqual({ differing: [] });
    },
  );
});
