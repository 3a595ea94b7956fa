import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DependencyContainer } from 'tsyringe';
import { httpApplication, httpServer } from './api/http/application';
import type { Settings } from './infrastructure/environment/settings';
import { mostConnections } from './infrastructure/system/most-connections';
import { keys } from './keys';
import { startSockets } from './start-alerts';
import { startMonitoring } from './start-monitoring';

const CLOSE_WITHIN_MS = 10_000;

/** Serves requests and sockets from now on; answers where. */
export async function startHttp(
  site: DependencyContainer,
  settings: Settings,
  onStop: (undo: () => Promise<unknown>) => void,
) {
  const [log, gate, { tell: audit }] = [site.resolve(keys.log), site.resolve(keys.gate), site.resolve(keys.auditTrail)];
  const { trustedProxy } = settings;
  const options = { log, gate, audit, trustedProxy, ...startMonitoring(site, onStop) };
  const server = httpServer(httpApplication(site.resolve(keys.mounted), options), log);
  server.maxConnections = mostConnections();
  const url = await listen(server, settings);
  onStop(() => close(server));
  startSockets(site, server, trustedProxy, onStop);
  return url;
}

function notListening({ host, port }: Settings, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken: stop what uses it, or set PORT.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user: set PORT to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: set HOST to one, such as 127.0.0.1.`;
    default:
      return error.message;
  }
}

function listen(server: Server, settings: Settings): Promise<string> {
  const { host, port } = settings;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(notListening(settings, error), { cause: error })));
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

/** Takes no new connections, lets requests finish, and cuts those that do not. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
    // A client that keeps its connection open after its answer would otherwise hold up the end for seconds.
    server.keepAliveTimeout = 1;
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
