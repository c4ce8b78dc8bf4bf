import type { Workflow } from '../../spec/index.ts';
import type { HttpBackend, HttpOperation, SeenRequest } from '../executor/http-backend.ts';
import type { FakeRequest, FakeService } from './fake-service.ts';
import { routeTest } from './faults.ts';

/** A server of a fake service, and which of its routes carry out which operation. */
export interface BackendServer {
  service: Pick<FakeService, 'requests' | 'faults' | 'url' | 'stop' | 'start'>;
  /** Routes by operation: `{ submit: 'POST /v1/jobs', inspect: 'GET /v1/jobs/:id' }`. */
  routes: { readonly [Operation in HttpOperation]?: string | readonly string[] };
}

/** The servers and credentials of an `HttpBackend`. */
export interface HttpBackendOptions extends Pick<HttpBackend, 'credentials'> {
  /** The API first, then hosts of files. */
  servers: readonly [BackendServer, ...BackendServer[]];
  /** How many jobs the service has taken. Default: the submits that its route carried out. */
  accepted?: HttpBackend['accepted'] | undefined;
  /** The graph in a submit. Default: the first thing in the JSON body that looks like one. */
  graphIn?: ((request: FakeRequest) => Workflow) | undefined;
}

/** One route of one server, and what it is for. */
interface KnownRoute {
  service: BackendServer['service'];
  operation: HttpOperation;
  route: string;
  matches(method: string, path: string): unknown;
}

/** An `HttpBackend` over fake services, for the backend that `executorSuite` gets. */
export function createHttpBackend({
  servers,
  credentials,
  accepted,
  graphIn = findGraph,
}: HttpBackendOptions): HttpBackend {
  const [{ service: api }] = servers;
  const known = servers.flatMap(knownRoutes);
  const of = (operation: HttpOperation) => known.filter((one) => one.operation === operation);
  const operationOf = (on: BackendServer['service'], { method, path }: FakeRequest) =>
    known.find(({ service, matches }) => service === on && matches(method, path))?.operation;
  const submits = () => api.requests.filter((request) => operationOf(api, request) === 'submit');
  return {
    origin: originOf(api),
    credentials,
    operations: [...new Set(known.map(({ operation }) => operation))],
    requests: () =>
      servers.flatMap(({ service }) =>
        service.requests.map((request): SeenRequest => {
          const { method, query, headers } = request;
          const operation = operationOf(service, request) ?? 'other';
          const path = query.size > 0 ? `${request.path}?${query}` : request.path;
          return { operation, origin: originOf(service), method, path, headers };
        }),
      ),
    accepted: accepted ?? (() => submits().filter(({ carriedOut }) => carriedOut).length),
    sent() {
      const last = submits().at(-1);
      if (last === undefined) throw new Error('Nothing was submitted.');
      return graphIn(last);
    },
    meet(operation, ...faults) {
      for (const { service, route } of of(operation)) service.faults.add(route, ...faults);
    },
    meetAlways(operation, fault) {
      for (const { service } of servers) service.faults.clear();
      if (!fault) return;
      for (const { service, route } of of(operation)) service.faults.always(route, fault);
    },
    async stop() {
      for (const { service } of servers) await service.stop();
    },
    async start() {
      for (const { service } of servers) await service.start();
    },
  };
}

function originOf({ url }: { url: string }): string {
  return new URL(url).origin;
}

function knownRoutes({ service, routes }: BackendServer): KnownRoute[] {
  return Object.entries(routes).flatMap(([operation, list]) =>
    [list].flat().map((route) => ({
      service,
      operation: operation as HttpOperation,
      route,
      matches: routeTest(route),
    })),
  );
}

function findGraph(request: FakeRequest): Workflow {
  const graph = search(request.json());
  if (!graph) throw new Error('The body of the submit holds no graph; give `graphIn`.');
  return graph;
}

/** The first object within a value whose members all are nodes. */
function search(value: unknown): Workflow | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = Object.values(value);
  const isNode = (one: unknown) => typeof one === 'object' && one !== null && 'class_type' in one;
  if (members.length > 0 && !Array.isArray(value) && members.every(isNode))
    return value as Workflow;
  for (const member of members) {
    const found = search(member);
    if (found) return found;
  }
  return undefined;
}
