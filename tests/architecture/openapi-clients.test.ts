import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { allOperations } from '../../src/api/catalogue';
import { schemaName } from '../../src/api/http/fields';
import { SERVICE_TAG } from '../../src/api/http/openapi';
import { Media } from '../../src/application/shared/media';
import type { JsonObject } from '../../src/domain/shared/json';
import { temporaryDirectory } from '../support/temporary-directory';
import { createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { testSite } from '../support/test-site';
import { ROOT } from './dependency-cruise';
import { OPENAPI_FILE } from './openapi-document';

const run = promisify(execFile);
const inRoot = { cwd: ROOT, maxBuffer: 64_000_000 };
const document = JSON.parse(readFileSync(path.join(ROOT, OPENAPI_FILE), 'utf8')) as JsonObject;

/** Findings that stay, and why. */
const EXCEPTIONS = [
  // The fixed segment wins, and no group is called `verifications`: groups are fixed names of the catalogue.
  /^no-ambiguous-paths: .*\/api\/v1\/rollout\/\{group\}\/events` and `\/api\/v1\/rollout\/verifications\/\{verification_id\}`/,
];

const LINT = `
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { readFileSync } from 'node:fs';
const absoluteRef = process.argv[1];
const source = readFileSync(absoluteRef, 'utf8');
const config = await createConfig({ extends: ['recommended-strict'] });
const problems = await lintFromString({ source, absoluteRef, config });
console.log(JSON.stringify(problems.map(({ ruleId, message, location: [at] }) => ruleId + ': ' + message + ' ' + at?.pointer)));
`;

/** What an independent linter says of a document, by the rules that it recommends. */
async function findings(file: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', LINT, file], inRoot);
  return JSON.parse(stdout) as string[];
}

const VALIDATE = `
import { validate } from '@readme/openapi-parser';
import { Validator } from '@seriousme/openapi-schema-validator';
const file = process.argv[1];
const parsed = await validate(file);
const checked = await new Validator().validate(file);
console.log(JSON.stringify([...(parsed.errors ?? []), ...parsed.warnings, ...(checked.errors ? [checked.errors].flat() : [])]));
`;

/** What two validators say of a document, one of which follows references as clients do. */
async function faultsOf(file: string): Promise<unknown[]> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', VALIDATE, file], inRoot);
  return JSON.parse(stdout) as unknown[];
}

const SESSION = `
import createClient from 'openapi-fetch';
import type { paths } from './api.js';

const { GET, POST, PUT, DELETE } = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
const said: unknown[] = [];
const me = await GET('/api/v1/access/me');
said.push(me.data?.role);
const created = await POST('/api/v1/cameras', { body: { id: 'dock', name: 'Dock', source: '0', fps: 5 } });
said.push(created.data?.ok);
const params = { path: { camera_id: 'dock' } };
const changed = await PUT('/api/v1/cameras/{camera_id}', { params, body: { fps: 6 } });
said.push(changed.data?.camera.fps);
const list = await GET('/api/v1/cameras');
said.push(list.data?.cameras.map(({ id }) => id).includes('dock'));
const counts = await GET('/api/v1/records/violations/counts', { params: { query: { by: 'status' } } });
said.push(counts.data?.total);
said.push((await DELETE('/api/v1/cameras/{camera_id}', { params })).response.status);
const gone = await GET('/api/v1/cameras/{camera_id}', { params });
said.push(gone.error?.code);
console.log(JSON.stringify(said));
`;

const PROGRAM = `
import type { components, operations, paths } from './api';

type Schemas = components['schemas'];
type Answer<O extends keyof operations> = operations[O]['responses'] extends { 200: { content: infer C } } ? C[keyof C] : never;

export const named = (camera: Schemas['Camera'], violation: Schemas['Violation']): string =>
  camera.id + camera.name + (violation.bbox?.width ?? 0).toFixed(1) + violation.status;

export function running(status: Answer<'camera-control.batchStatus'>): string[] {
  return Object.entries(status).flatMap(([id, { running, pid }]) => (running ? [id + ' ' + pid.toFixed(0)] : []));
}

export function firstEvent(events: Answer<'events.recent'>): number | undefined {
  const event: Schemas['Event'] | undefined = events[0];
  return event?.ts;
}

export const frames = ({ stats }: Answer<'camera-control.stats'>): number => stats.total_frames + stats.avg_fps;

export const rule: operations['alerts.create']['requestBody']['content']['application/json'] = {
  name: 'sink',
  rule_type: 'violation_threshold',
  conditions: { threshold: 3, duration_minutes: 10 },
};

export const evidence = ({ groups }: Answer<'rollout.overview'>): string[] =>
  groups.flatMap(({ evidence: { operations }, verdict }) => [
    ...operations.map(({ operation, domain }) => operation + domain.n.toFixed(0)),
    ...(verdict?.missing.map(({ what, need }) => what + need.toFixed(0)) ?? []),
  ]);

export const faults = ({ errors = [] }: Schemas['Problem']): string[] =>
  errors.map(({ loc, msg, suggestion }) => loc.join('.') + msg + (suggestion ?? ''));

export const path: keyof paths = '/api/v1/cameras/{camera_id}';
// @ts-expect-error there is no such camera setting: bare types would not notice
export const wrong: Schemas['NewCamera'] = { id: 'a', name: 'b', source: '0', fsp: 1 };
`;

/** A site that answers HTTP, with a database of its own. */
async function ownSite(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const database = await createTestDatabase();
  const site = await testSite({ databaseUrl: database.url });
  await site.modules.cameras.configuration.reconcile();
  const server = httpOf(site).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await new Promise((closed) => server.close(closed));
      await site.close();
      await database.drop();
    },
  };
}

describe('the OpenAPI document, for those who never saw this service', () => {
  it('has nothing that an independent linter finds fault with, but for what is named here', async () => {
    const found = await findings(path.join(ROOT, OPENAPI_FILE));
    expect(found.filter((finding) => !EXCEPTIONS.some((exception) => exception.test(finding)))).toEqual([]);
    expect(EXCEPTIONS.filter((exception) => !found.some((finding) => exception.test(finding)))).toEqual([]);
  }, 60_000);

  it('would be found fault with if there were any', async () => {
    const dir = temporaryDirectory();
    const file = path.join(dir, 'openapi.json');
    const planted = { ...document, servers: [], tags: [{ name: 'a' }], info: { title: 'x', version: 1 } };
    writeFileSync(file, JSON.stringify(planted));
    const rules = new Set((await findings(file)).map((finding) => finding.split(':')[0]));
    expect([...rules]).toEqual(expect.arrayContaining(['no-empty-servers', 'struct', 'tag-description']));
  }, 60_000);

  it('is valid for two more validators', async () => {
    expect(await faultsOf(path.join(ROOT, OPENAPI_FILE))).toEqual([]);
    const file = path.join(temporaryDirectory(), 'openapi.json');
    writeFileSync(file, JSON.stringify({ ...document, paths: { '/a': { get: { responses: { '200': {} } } } } }));
    expect(await faultsOf(file)).not.toEqual([]);
  }, 60_000);

  it('becomes a client that compiles strictly and runs a session', async () => {
    const [dir, site] = [temporaryDirectory(), await ownSite()];
    try {
      const bin = (...parts: string[]) => path.join(ROOT, 'node_modules', ...parts);
      const generator = bin('openapi-typescript', 'bin', 'cli.js');
      await run(process.execPath, [generator, OPENAPI_FILE, '--output', path.join(dir, 'api.ts')], inRoot);
      symlinkSync(bin(), path.join(dir, 'node_modules'));
      writeFileSync(path.join(dir, 'package.json'), '{"type": "module"}');
      writeFileSync(path.join(dir, 'session.ts'), SESSION);
      const strict = ['--strict', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2022'];
      const options = [...strict, '--types', 'node', '--skipLibCheck', 'session.ts'];
      const compiled = await run(bin('.bin', 'tsc'), options, { cwd: dir }).catch((error: { stdout: string }) => error);
      expect(compiled.stdout).toBe('');
      const { stdout } = await run(process.execPath, [path.join(dir, 'session.js'), site.url]);
      expect(JSON.parse(stdout)).toEqual(['admin', true, 6, true, 0, 200, 'camera.not_found']);
    } finally {
      await site.close();
    }
  }, 120_000);

  it('becomes types by which a strict program compiles', async () => {
    const dir = temporaryDirectory();
    const bin = (...parts: string[]) => path.join(ROOT, 'node_modules', ...parts);
    const generator = bin('openapi-typescript', 'bin', 'cli.js');
    await run(process.execPath, [generator, OPENAPI_FILE, '--output', path.join(dir, 'api.ts')], inRoot);
    writeFileSync(path.join(dir, 'program.ts'), PROGRAM);
    const strict = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
    const options = [...strict, '--skipLibCheck', 'false', 'program.ts'];
    const { stdout } = await run(bin('.bin', 'tsc'), options, { cwd: dir }).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  }, 120_000);

  it('names the schema of every answer and of every body', () => {
    const { paths } = document as unknown as {
      paths: Record<string, Record<string, { requestBody?: Described; responses: Record<string, Described> }>>;
    };
    const refOf = (described: Described | undefined): unknown =>
      Object.values(described?.content ?? {}).map(({ schema }) => schema.$ref)[0];
    for (const { base, path: below, verb, body, input, output, id } of allOperations) {
      const described = paths[`${base}${below}`]?.[verb.toLowerCase()];
      const named = (dto: Parameters<typeof schemaName>[0]) => `#/components/schemas/${schemaName(dto)}`;
      expect([id, refOf(described?.responses['200'])]).toEqual([id, output === Media ? undefined : named(output)]);
      expect([id, refOf(described?.requestBody)]).toEqual([id, body.use === 'ignored' ? undefined : named(input)]);
    }
  });

  it('says of every object what may be in it', () => {
    const bare: string[] = [];
    const walk = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const schema = value as Record<string, unknown>;
      const isObject = [schema.type].flat().includes('object');
      if (isObject && schema.properties === undefined && schema.additionalProperties === undefined) bare.push(at);
      for (const [name, member] of Object.entries(schema))
        if (!/^(examples?|x-refused-request)$/.test(name)) walk(member, `${at}/${name}`);
    };
    walk(document, '');
    expect(bare).toEqual([]);
  });

  it('says of every answer which headers it has', () => {
    const { paths, components } = document as unknown as {
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, Described> }>>;
      components: { responses: Record<string, Described> };
    };
    const all = Object.values(paths).flatMap((verbs) => Object.values(verbs));
    for (const { operationId, responses } of all)
      for (const [status, { headers, $ref }] of Object.entries(responses)) {
        const named = headers ?? components.responses[String($ref).split('/').at(-1) ?? '']?.headers;
        expect([operationId, status, Object.keys(named ?? {})]).toEqual([
          operationId,
          status,
          expect.arrayContaining(['X-Request-Id']),
        ]);
        const switched = allOperations.find(({ id }) => id === operationId)?.switched ?? false;
        if (status === '200') expect(Object.hasOwn(named ?? {}, 'X-Served-By')).toBe(switched);
      }
    expect(all.filter(({ operationId }) => operationId.startsWith(`${SERVICE_TAG}.`)).length).toBeGreaterThan(3);
  });
});

interface Described {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: JsonObject }>>;
}
