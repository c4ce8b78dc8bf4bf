import type { HttpBackend, HttpFault, HttpOperation, SeenRequest } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import type { FakeRequest, FakeService } from './fake-service.ts';
import { routeTest } from './fault.ts';

/** A server of a fake service, and the routes that each operation is. */
export interface BackendServer {
  service: Pick<FakeService, 'requests' | 'faults' | 'url' | 'stop' | 'start'>;
  /** `{ submit: ['POST /v1/jobs'], inspect: ['GET /v1/jobs/:id'] }` */
  routes: { readonly [Operation in HttpOperation]?: readonly string[] };
}

/** What an `HttpBackend` is made of. */
export interface HttpBackendOptions extends Pick<HttpBackend, 'credentials' | 'accepted'> {
  /** The API first, then hosts of files. */
  servers: readonly [BackendServer, ...BackendServer[]];
  /** The graph in a submit. */
  graphIn(request: FakeRequest): Workflow;
}

/** The traffic and the faults of fake services, as `executorSuite` wants them. */
export function createHttpBackend({
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
          const { method, query, headers } = request;
          const operation = kindOf(tests, request);
          const path = query.size > 0 ? `${request.path}?${query}` : request.path;
          return { operation, origin: originOf(service), method, path, headers };
        }),
      ),
    accepted,
    sent() {
      const { tests } = kinds[0]!;
      const last = api.requests.findLast((request) => kindOf(tests, request) === 'submit');
      if (last === undefined) throw new Error('Nothing was submitted.');
      return graphIn(last);
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
