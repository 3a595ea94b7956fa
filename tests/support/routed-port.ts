import type { Call, OperationRouter, RoutedOperation } from '../../src/application/rollout/operation-router';

/** A port whose every operation is decided by the router, for tests that use it as a service would. */
export function routedPort<P extends object>(
  router: OperationRouter,
  operations: Readonly<Record<keyof P & string, RoutedOperation>>,
  domain: P,
  legacy: P,
): P {
  const on = (port: P, method: string): Call => {
    const call = (port as Record<string, Call | undefined>)[method];
    if (!call) throw new Error(`the port has no operation ${method}`);
    return call.bind(port);
  };
  const routed = Object.entries<RoutedOperation>(operations).map(([method, operation]) => [
    method,
    router.between(operation, on(domain, method), on(legacy, method)),
  ]);
  return Object.fromEntries(routed) as P;
}
