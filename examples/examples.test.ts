import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ComfygenError, type Plan } from 'comfygen/plugin';
import { encodePng, executorSuite } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { renderFarm } from './custom-executor/custom-executor.ts';

const PNG = '89504e47';

/** Runs an example as its reader would, in an empty folder. */
async function runExample<T>(
  path: string,
  inspect: (stdout: string, cwd: string) => Promise<T>,
): Promise<T> {
  const cwd = await mkdtemp(join(tmpdir(), 'comfygen-example-'));
  try {
    const file = fileURLToPath(new URL(path, import.meta.url));
    const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, file], { cwd });
    return await inspect(stdout, cwd);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

describe('examples', () => {
  it('embed writes a picture and says why', async () => {
    await runExample('embed/embed.ts', async (stdout, cwd) => {
      const bytes = await readFile(join(cwd, 'picture.png'));
      expect(bytes.subarray(0, 4).toString('hex')).toBe(PNG);
      expect(stdout).toMatch(/^picture\.png by ".+": .+/);
    });
  });

  it('custom-scorer ranks by the joined score', async () => {
    await runExample('custom-scorer/custom-scorer.ts', async (stdout) => {
      const values = [
        ...stdout.matchAll(/^seed \d+: ([\d.]+) \(technical [\d.]+, detail [\d.]+\)$/gm),
      ].map((m) => Number(m[1]));
      expect(values).toHaveLength(3);
      expect(values).toEqual([...values].sort((a, b) => b - a));
    });
  });

  it('web-handler answers over a real server', async () => {
    const { handle } = await import('./web-handler/web-handler.ts');
    const server = createServer(async (req, res) => {
      const answer = await handle(new Request(`http://${req.headers.host}${req.url}`));
      res.writeHead(answer.status, Object.fromEntries(answer.headers));
      res.end(new Uint8Array(await answer.arrayBuffer()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const good = await fetch(`${url}/?prompt=a%20green%20frog`);
      expect(good.status).toBe(200);
      expect(
        Buffer.from(await good.arrayBuffer())
          .subarray(0, 4)
          .toString('hex'),
      ).toBe(PNG);
      const bad = await fetch(`${url}/?prompt=`);
      expect(bad.status).toBe(400);
      expect(await bad.json()).toMatchObject({ code: 'INVALID_BRIEF' });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('custom-executor', () => {
  executorSuite(
    { describe, it },
    {
      backend: (scenario) => ({
        workflow: {
          '1': { class_type: 'PlainColour', inputs: { seed: 1 } },
          '2': { class_type: 'SaveImage', inputs: { images: ['1', 0] } },
        },
        async render({ workflow }: Plan) {
          if (scenario === 'fails') throw new Error('out of paint');
          if (scenario === 'runs') return new Promise<never>(() => {});
          const { class_type: name, inputs } = workflow['1']!;
          if (name !== 'PlainColour')
            throw new ComfygenError('MISSING_NODE', `The farm has no node class ${name}.`);
          return encodePng(8, 8, () => [Number(inputs['seed']), 0, 0]);
        },
      }),
      create: ({ render }) => renderFarm({ render }),
    },
  );
});
