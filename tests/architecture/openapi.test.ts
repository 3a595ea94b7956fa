import { readFileSync } from 'node:fs';
import path from 'node:path';
import { allOperations } from '../../src/api/catalogue';
import { SERVICE_TAG } from '../../src/api/http/openapi';
import { ROOT } from './dependency-cruise';
import { OPENAPI_FILE, openApiText } from './openapi-document';

const HINT = `${OPENAPI_FILE} is not what the catalogue says: run "npm run openapi" and look at the difference`;

const twice = (values: readonly string[]): string[] => values.filter((value, i) => values.indexOf(value) !== i);

describe('the OpenAPI document', () => {
  it('in the repository is the one the catalogue generates', () => {
    const golden = readFileSync(path.join(ROOT, OPENAPI_FILE), 'utf8');
    const [kept, generated] = [golden.split('\n'), openApiText().split('\n')];
    const line = generated.findIndex((text, i) => text !== kept[i]);
    const difference = line < 0 ? '' : `${HINT} (line ${line + 1}: ${kept[line]}, generated: ${generated[line]})`;
    expect(difference).toBe('');
    expect(kept).toHaveLength(generated.length);
  });

  it('describes every operation of the catalogue', () => {
    const { paths } = JSON.parse(openApiText()) as { paths: Record<string, Record<string, { operationId: string }>> };
    const all = Object.values(paths).flatMap((verbs) => Object.values(verbs).map((o) => o.operationId));
    const described = all.filter((id) => !id.startsWith(`${SERVICE_TAG}.`));
    expect(described.sort()).toEqual(allOperations.map((o) => o.id).sort());
    expect(described.length).toBeGreaterThan(0);
  });
});

describe('the catalogue', () => {
  it('gives every operation an id of its own', () => {
    expect(twice(allOperations.map((o) => o.id))).toEqual([]);
  });

  it('gives every operation a verb and path of its own, whatever the parameters are called', () => {
    expect(twice(allOperations.map((o) => `${o.verb} ${o.path.replaceAll(/\{\w+\}/g, '{}')}`))).toEqual([]);
  });
});
