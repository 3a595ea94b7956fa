import type { DependencyContainer } from 'tsyringe';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpApplication, httpServer } from './api/http/application';
import type { Settings } from './infrastructure/environment/settings';
import { mostConnections } from './infrastructure/system/host-system';
import { keys } from './keys';
import { startSockets } from './start-alerts';
import { startMonitoring } from './start-monitoring';
import { notListening } from './start-refusals';

const CLOSE_WITHIN_MS = 10_000;

/** Serves requests and sockets from now on; answers where. */
export async function startHttp(
  site: DependencyContainer,
  settings: Settings,
  onStop: (undo: () => Promise<unknown>) => void,
) {
  const [log, gate, { record: audit }] = [
    site.resolve(keys.log),
    site.resolve(keys.gate),
    site.resolve(keys.auditTrail),
  ];
  const { trustedProxy } = settings;
  const options = { log, gate, audit, trustedProxy, ...startMonitoring(site, onStop) };
  const server = httpServer(httpApplication(site.resolve(keys.mounted), options), log);
  server.maxConnections = mostConnections();
  const url = await listen(server, settings);
  onStop(() => close(server));
  startSockets(site, server, trustedProxy, onStop);
  return url;
}

function listen(server: Server, settings: Settings): Promise<string> {
  const { host, port } = settings;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(notListening(settings, error)));
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
