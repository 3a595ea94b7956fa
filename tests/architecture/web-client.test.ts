import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './dependency-cruise';
import { OPENAPI_FILE } from './openapi-document';
import { CLIENT_FILE, clientText } from './web-client';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

describe('the client of the dashboard', () => {
  it('is the one that is made of the OpenAPI document (else run "npm run openapi")', () => {
    expect(read(CLIENT_FILE) === clientText(read(OPENAPI_FILE))).toBe(true);
  });
});
