import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { httpApplication, httpServer } from '../api/http/application';
import type { ServedDashboard } from '../api/http/dashboard';
import { sha256 } from '../domain/shared/sha256';
import { locating, socketCaller } from '../api/http/auth';
import { mostConnections } from '../infrastructure/system/host-system';
import type { Lifecycle } from './lifecycle';
import { type Address, notListening } from './refusals';
import type { Site } from './site';
import { startVideo } from './pictures';

const CLOSE_WITHIN_MS = 10_000;
/** Events wake it; this is the safety net. */
const EVENTS_EVERY_MS = 2_000;
const PING_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 1_000;
/** Events in quick succession are sent together. */
const APART_MS = 50;

interface HttpSettings extends Address {
  readonly trustedProxy: readonly string[];
}

/** Serves requests and sockets from now on; returns where. */
export async function startHttp(site: Site, settings: HttpSettings, life: Lifecycle): Promise<string> {
  const { access, monitoring, platform } = site;
  const dashboard = readDashboard();
  const server = httpServer(
    httpApplication(site.operations, {
      log: platform.log,
      gate: access.gate,
      audit: access.trail.record,
      trustedProxy: settings.trustedProxy,
      meter: monitoring.meter.count,
      ready: () => monitoring.service.missing(),
      scrape: () => monitoring.prometheus.render(),
      ...(dashboard ? { dashboard } : {}),
      video: site.video.push,
    }),
    platform.log,
  );
  server.maxConnections = mostConnections();
  const url = await listen(server, settings);
  life.onStop(() => close(server));
  startSockets(site, server, settings.trustedProxy, life);
  return url;
}

/** Web sockets on the server that also answers HTTP. */
export function startSockets(
  { access, live, platform, video }: Site,
  server: Server,
  trustedProxy: readonly string[],
  life: Lifecycle,
): void {
  const { sockets, events, status } = live;
  const locate = locating(trustedProxy);
  sockets.attach(server, (request) => {
    locate(request);
    return socketCaller(access.gate, request);
  });
  startVideo(platform, video, sockets, life);
  life.onStop(async () => sockets.close());
  const sending = life.every(EVENTS_EVERY_MS, 'sending events to dashboards', () => events.look(), {
    apartMs: APART_MS,
  });
  events.onJoin = sending.wake;
  platform.wakes.on('events', sending.wake);
  life.every(LOOK_EVERY_MS, 'sending the state of cameras to dashboards', () => status.look());
  life.every(LOOK_EVERY_MS, 'looking for sockets of revoked tokens', async () =>
    sockets.recheck(
      ({ tokenId, session }) =>
        (session === undefined || access.sessions.isUsable(session)) &&
        (tokenId === undefined || access.authenticator.isUsable(tokenId)),
    ),
  );
  life.every(PING_EVERY_MS, 'the ping of dashboards', async () => events.ping());
}

function listen(server: Server, address: Address): Promise<string> {
  const { host, port } = address;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(notListening(address, error)));
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

/** Accepts no new connections, lets requests finish, and closes those that do not. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
    // A client that keeps its connection open after its answer would otherwise delay the stop for seconds.
    server.keepAliveTimeout = 1;
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Beside the compiled program: both are built into one folder. */
const FOLDER = resolve(__dirname, '../../web');
/** Written last by the build. Run from its source, the program finds the dashboard's source here, which has none. */
const STAMP = '.stamp';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The built dashboard, all of it in memory (about 1.5 MB); undefined where none was built. */
function readDashboard(folder: string = FOLDER): ServedDashboard | undefined {
  if (!existsSync(join(folder, STAMP))) return undefined;
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(names.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, read(file)]));
  return { build: readFileSync(join(folder, STAMP), 'utf8'), files };
}

function read(file: string) {
  const plain = readFileSync(file);
  const packed = (ending: string) => (existsSync(file + ending) ? readFileSync(file + ending) : undefined);
  const [gzip, br] = [packed('.gz'), packed('.br')];
  return {
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    // A weak ETag: compressed or not, it is the same text.
    etag: `W/"${sha256(plain).slice(0, 32)}"`,
    plain,
    ...(gzip ? { gzip } : {}),
    ...(br ? { br } : {}),
  };
}
