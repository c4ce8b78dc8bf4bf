import { afterEach, describe, expect, it } from 'vitest';
import { createFakeService, type FakeServiceOptions } from './fake-service.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(options: FakeServiceOptions) {
  const service = await createFakeService(options);
  open.push(service);
  return service;
}

describe('createFakeService', () => {
  it('writes down what it gets, with the names of the route, and whether it was done', async () => {
    const service = await start({
      routes: {
        'POST /jobs/:id': ({ json }) => ({ status: 201, json: json() }),
        'GET /jobs/:id': () => ({ status: 404 }),
      },
    });
    const body = '{"seed":18446744073709551615}';
    const url = `${service.url}/jobs/a%20b?x=1`;
    expect(await (await fetch(url, { method: 'POST', body })).text()).toBe(body);
    await fetch(url);
    await fetch(service.url);
    expect(service.requests.map(({ params, carriedOut }) => [params, carriedOut])).toEqual([
      [{ id: 'a b' }, true],
      [{ id: 'a b' }, false],
      [{}, false],
    ]);
    expect(service.requests[0]?.query.get('x')).toBe('1');
    expect([service.count('POST /jobs/:id'), service.count('GET /jobs/:id')]).toEqual([1, 1]);
  });

  it('counts a request as done that meets its fault afterwards, and none that meets one instead', async () => {
    const service = await start({ routes: { 'POST /jobs': () => ({ json: {} }) } });
    service.faults.add('POST /jobs', { kind: 'reset-after' }, { kind: 'reset' }, { kind: 'html' });
    const post = () => fetch(`${service.url}/jobs`, { method: 'POST' });
    await expect(post()).rejects.toThrow();
    await expect(post()).rejects.toThrow();
    expect(await (await post()).text()).toContain('<title>Sign in</title>');
    expect(service.requests.map(({ carriedOut }) => carriedOut)).toEqual([true, false, false]);
  });

  it('lets a route say what goes wrong, and answers what no route takes', async () => {
    const service = await start({
      routes: { 'GET /gone': () => ({ fault: { kind: 'status', status: 410, body: 'gone' } }) },
      otherwise: ({ path }) => {
        throw new Error(`no ${path}`);
      },
      onError: (error) => ({ status: 400, text: String(error) }),
    });
    const get = async (path: string) => {
      const response = await fetch(service.url + path);
      return [response.status, await response.text()];
    };
    const two = service.received(2);
    expect(await get('/gone')).toEqual([410, 'gone']);
    expect(await get('/other')).toEqual([400, 'Error: no /other']);
    await two;
  });

  it('answers late on its own clock, and on the same port once it is back', async () => {
    const {
      url,
      clock,
      faults,
      stop,
      start: again,
    } = await start({
      routes: { 'GET /x': () => ({ text: 'here' }) },
    });
    faults.add('GET /x', { kind: 'slow', ms: 5_000 });
    const before = clock.now();
    const answer = async () => (await fetch(`${url}/x`)).text();
    expect(await clock.run(answer())).toBe('here');
    expect(clock.now() - before).toBe(5_000);
    await stop();
    await expect(answer()).rejects.toThrow();
    await again();
    expect(await answer()).toBe('here');
  });
});
