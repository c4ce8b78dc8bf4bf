import type { TestClock } from '../clock/test-clock.ts';
import type { HttpBackend } from '../executor/http-backend.ts';
import type { ExecutorBackend, ExecutorScenario } from '../executor/scenario.ts';
import type { FakeService } from './fake-service.ts';
import { type BackendServer, createHttpBackend, type HttpBackendOptions } from './http-backend.ts';
import { createScenarioGraph } from './scenario-graph.ts';

/** What a fake service and its tests make a backend of. */
export interface ServiceBackendOptions
  extends Pick<HttpBackendOptions, 'accepted' | 'graphIn'>,
    Pick<ExecutorBackend, 'filesOf'> {
  /** What the fake was set to play. */
  scenario: ExecutorScenario;
  /** The API's server: it is closed when the case is over. */
  service: BackendServer['service'] &
    Pick<FakeService, 'close'> & { clock?: TestClock | undefined };
  /** The requests that each operation is: `{ submit: 'POST /v1/jobs', inspect: 'GET /v1/jobs/:id' }`. */
  routes: BackendServer['routes'];
  /** Other servers of the service, as hosts of files; the API's server closes them. */
  hosts?: readonly BackendServer[] | undefined;
  /** The key that the executor was given. */
  key: string;
  /** The headers that carry it. Default: `authorization: Bearer` and the key. */
  credentials?: HttpBackend['credentials'] | undefined;
  /** What else may show up nowhere. */
  secrets?: readonly string[] | undefined;
  /** Time of the fake. Default: that of `service`. */
  clock?: TestClock | undefined;
}

/** A backend of `executorSuite` with the address of its service. */
export interface ServiceBackend extends ExecutorBackend {
  url: string;
  http: HttpBackend;
}

/**
 * A fake service that plays a scenario, as `executorSuite` wants it: with a graph in ComfyUI's own node classes, the
 * traffic, the faults and the time of the fake.
 *
 * @example
 * const oven = await startFakeOven({ scenario, apiKey: KEY }); // a service of createFakeService
 * return createServiceBackend({
 *   scenario,
 *   service: oven,
 *   routes: { submit: 'POST /bakes', inspect: 'GET /bakes/:id', download: 'GET /files/:name' },
 *   key: KEY,
 * });
 */
export function createServiceBackend({
  scenario,
  service,
  routes,
  hosts = [],
  key,
  credentials = { authorization: `Bearer ${key}` },
  secrets = [],
  clock = service.clock,
  filesOf,
  ...http
}: ServiceBackendOptions): ServiceBackend {
  return {
    ...createScenarioGraph(scenario),
    url: service.url,
    secrets: [key, ...secrets],
    clock,
    ...(filesOf && { filesOf }),
    http: createHttpBackend({ servers: [{ service, routes }, ...hosts], credentials, ...http }),
    close: () => service.close(),
  };
}
