import { expect, onTestFinished } from 'vitest';
import { ComfygenError } from '../../src/errors/comfygen-error.ts';
import { createHttpClient, type HttpRequest } from '../../src/http/http-client.ts';
import { createTestClock } from '../../src/testing/clock/test-clock.ts';
import { createFakeService, type FakeRoute } from '../../src/testing/service/fake-service.ts';
import { createCallContext } from '../../src/util/call-context.ts';

export const SECRET = 'planted-secret-1234';
export const part = { role: 'executor', name: 'trial' } as const;
export const ok: FakeRoute = () => ({ json: { ok: true } });

/** A client of a fake service whose key no error may show. */
export async function setUp(routes: Record<string, FakeRoute>, path = '') {
  const clock = createTestClock();
  const service = await createFakeService({ routes, clock });
  onTestFinished(() => service.close());
  const http = createHttpClient({
    part,
    baseUrl: () => service.url + path,
    headers: () => ({ authorization: `Bearer ${SECRET}` }),
  });
  const ctx = createCallContext({ clock });
  const errorOf = (route: string, request: HttpRequest = {}) =>
    clock.run(
      http.send(route, ctx, request).then(
        () => expect.unreachable('it was answered'),
        (error: unknown) => {
          expect(ComfygenError.is(error), String(error)).toBe(true);
          expect(`${error} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain(
            SECRET,
          );
          return error as ComfygenError;
        },
      ),
    );
  return { clock, service, http, ctx, errorOf };
}
