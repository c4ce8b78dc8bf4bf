import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { listen, listenAgain } from './listen.ts';

const open = [createServer(), createServer()] as const;
afterEach(() => open.forEach((server) => void server.close()));

it('takes the port that it had as soon as whoever got it in between lets it go', async () => {
  const [mine, other] = open;
  const port = await listen(mine, 0, '127.0.0.1');
  mine.close();
  await once(mine, 'close');
  await listen(other, port, '127.0.0.1');

  const refused = once(mine, 'error');
  const again = listenAgain(mine, port, '127.0.0.1');
  expect(await refused).toMatchObject([{ code: 'EADDRINUSE' }]);
  other.close();
  await again;
  expect(mine.address()).toMatchObject({ port });
});
