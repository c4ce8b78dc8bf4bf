import type { HttpBackend, HttpFault, HttpOperation, SeenRequest } from 'comfygen/testing';
import type { FakeRequest, FakeService } from '../../src/testing/fake-service.ts';
import { routeTest } from '../../src/testing/fault.ts';

/** A server of a service, and the routes that its operations are. */
export interface ServiceServer {
  service: Pick<FakeService, 'requests' | 'faults' | 'url' | 'stop' | 'start'>;
  routes: { readonly [Operation in HttpOperation]?: readonly string[] };
}

/** What differs from one service to the next. */
interface HttpBackendOptions extends Pick<HttpBackend, 'credentials' | 'accepted'> {
  /** The API first, then hosts of files. */
  servers: readonly [ServiceServer, ...ServiceServer[]];
  /** The graph in a submit. */
  graphIn(request: FakeRequest): unknown;
}

/** The traffic of fakes, as the suite wants it. */
export function httpBackend({
  servers,
  credentials,
  accepted,
  graphIn,
}: HttpBackendOptions): HttpBackend {
  const [{ service: api }] = servers;
  const originOf = ({ url }: { url: string }) => new URL(url).origin;
  const kinds = servers.map(({ service, routes }) => ({
    service,
    tests: Object.entries(routes).flatMap(([operation, list]) =>
      list.map((route) => ({
        operation: operation as HttpOperation,
        route,
        matches: routeTest(route),
      })),
    ),
  }));
  const kindOf = (tests: (typeof kinds)[number]['tests'], { method, path }: FakeRequest) =>
    tests.find(({ matches }) => matches(method, path))?.operation ?? 'other';
  const each = (operation: HttpOperation, act: (service: FakeFaults, route: string) => void) => {
    for (const { service, tests } of kinds)
      for (const test of tests) if (test.operation === operation) act(service, test.route);
  };
  return {
    origin: originOf(api),
    credentials,
    operations: [...new Set(kinds.flatMap(({ tests }) => tests.map(({ operation }) => operation)))],
    requests: () =>
      kinds.flatMap(({ service, tests }) =>
        service.requests.map((request): SeenRequest => {
          const { method, path, headers } = request;
          const operation = kindOf(tests, request);
          return { operation, origin: originOf(service), method, path, headers };
        }),
      ),
    accepted,
    sent() {
      const { tests } = kinds[0]!;
      const last = api.requests.findLast((request) => kindOf(tests, request) === 'submit');
      return graphIn(last!) as ReturnType<HttpBackend['sent']>;
    },
    meet: (operation, ...faults) =>
      each(operation, (service, route) => service.faults.add(route, ...faults)),
    meetAlways(operation, fault: HttpFault | undefined) {
      for (const { service } of kinds) service.faults.clear();
      if (fault) each(operation, (service, route) => service.faults.always(route, fault));
    },
    async stop() {
      for (const { service } of kinds) await service.stop();
    },
    async start() {
      for (const { service } of kinds) await service.start();
    },
  };
}

type FakeFaults = Pick<FakeService, 'faults'>;
