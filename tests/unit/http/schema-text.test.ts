import { Html, html, schemaText } from '../../../src/api/http/docs-page';
import type { JsonObject } from '../../../src/domain/shared/json';

const limited = { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'of this page' };

describe('a schema as people read it', () => {
  it.each<[string, JsonObject, string]>([
    ['a type', { type: 'integer' }, 'integer'],
    ['a value that may be absent', { type: ['string', 'null'] }, 'string | null'],
    ['a time', { type: ['string', 'null'], format: 'date-time' }, 'time | null'],
    ['some values', { type: 'string', enum: ['low', 'high'] }, '"low" | "high"'],
    ['a list', { type: 'array', items: { type: 'number' } }, '[number]'],
    ['anything', {}, 'anything'],
    ['any object', { type: 'object' }, 'object'],
    ['names and values', { type: 'object', additionalProperties: { type: 'number' } }, '{\n  [name]: number\n}'],
    ['a component', { $ref: '#/components/schemas/Problem' }, 'Problem'],
    [
      'limits, defaults and meanings',
      { type: 'object', properties: { limit: limited } },
      '{\n  limit?: integer  // 1 to 1000; 100 unless given; of this page\n}',
    ],
    [
      'objects in lists in objects',
      {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'array', items: { type: 'object', properties: { b: { type: 'null' } } } } },
      },
      '{\n  a: [{\n    b?: null\n  }]\n}',
    ],
  ])('%s', (_what, schema, text) => {
    expect(schemaText(schema)).toBe(text);
  });
});

it('a template of HTML takes everything for text that is no HTML itself', () => {
  const [text, inner] = [`<b title="it's">&</b>`, new Html('<i>1</i>')];
  expect(html`<p>${text}${inner}${[inner, inner]}${2}</p>`.text).toBe(
    '<p>&lt;b title=&quot;it&#39;s&quot;&gt;&amp;&lt;/b&gt;<i>1</i><i>1</i><i>1</i>2</p>',
  );
});
