import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ComfygenError, type Plan } from 'comfygen/plugin';
import { encodePng, executorSuite, scorerSuite } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { renderFarm } from './custom-executor/render-farm.ts';
import { bitsPerPixel } from './custom-scorer/bits-per-pixel.ts';

const PNG = '89504e47';
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
const pathOf = (example: string) => fileURLToPath(new URL(example, import.meta.url));
const startOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 4)).toString('hex');

/** Runs an example as its reader would, in an empty folder. */
async function runExample(
  example: string,
  inspect: (stdout: string, cwd: string) => Promise<void>,
): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), 'comfygen-example-'));
  try {
    const args = [...FLAGS, pathOf(example)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
    await inspect(stdout, cwd);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

describe('examples', () => {
  it('embed writes a picture and says why', async () => {
    await runExample('embed/embed.ts', async (stdout, cwd) => {
      expect(startOf(await readFile(join(cwd, 'picture.png')))).toBe(PNG);
      expect(stdout).toMatch(/^picture\.png by ".+": .+/);
    });
  });

  it('custom-scorer ranks by the joined score', async () => {
    await runExample('custom-scorer/custom-scorer.ts', async (stdout) => {
      const line = /^image \d: ([\d.]+) \(technical [\d.]+, bits-per-pixel [\d.]+\)$/gm;
      const values = [...stdout.matchAll(line)].map((match) => Number(match[1]));
      expect(values).toHaveLength(3);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
    });
  });

  it('fake-server gets its picture from one job, though the sockets broke', async () => {
    await runExample('fake-server/fake-server.ts', async (stdout) => {
      expect(stdout).toMatch(/^emoji-[\w-]+: \d+ bytes, seed 7, 1 job\n$/);
    });
  });

  it('image-to-image paints a half anew, then all, and sends the picture once', async () => {
    await runExample('image-to-image/image-to-image.ts', async (stdout, cwd) => {
      expect(stdout.trimEnd().split('\n')).toEqual([
        'apple.png, 256 × 256, by emoji-food',
        'half.png, 256 × 256, by emoji-inpaint',
        'pear.png, 256 × 256, by emoji-repaint',
        '2 uploads',
      ]);
      const names = ['apple', 'half', 'pear'];
      const all = await Promise.all(names.map((name) => readFile(join(cwd, `${name}.png`))));
      for (const bytes of all) expect(startOf(bytes)).toBe(PNG);
    });
  });

  it('compare-selectors finds the oracle above all, and rules above chance', async () => {
    await runExample('compare-selectors/compare-selectors.ts', async (stdout) => {
      const line = /^([\w-]+): ρ (-?[\d.]+), score ([\d.]+)$/gm;
      const rows = new Map([...stdout.matchAll(line)].map(([, name, rho]) => [name, Number(rho)]));
      expect([...rows.keys()]).toEqual(['random', 'best-single', 'knn', 'rules', 'oracle']);
      expect(rows.get('oracle')).toBe(1);
      expect(rows.get('rules')).toBeGreaterThan(rows.get('random')!);
    });
  }, 120_000);

  it('learn-from-runs trains on its own pictures, and does not trust so few', async () => {
    await runExample('learn-from-runs/learn-from-runs.ts', async (stdout) => {
      const flow = /^([\w-]+): [\d.]+, error [\d.]+, (\d+) prompts$/gm;
      const counts = [...stdout.matchAll(flow)].map(([, id, count]) => [id, Number(count)]);
      expect(counts.map(([id]) => id)).toEqual(['emoji-animals', 'emoji-food']);
      // Each was tried on several prompts, though nobody named it.
      for (const [, count] of counts) expect(count).toBeGreaterThan(1);
      const chosen = /^"a brown dog": ([\w-]+), abstained$/m.exec(stdout)?.[1];
      expect(stdout).toContain(`why: ${chosen} is the best single flow`);
      expect(stdout).toContain(`expected gain over ${chosen}: 0 (0 to 0)`);
    });
  }, 120_000);

  it('custom-executor writes what the farm drew, a job a seed', async () => {
    await runExample('custom-executor/custom-executor.ts', async (stdout, cwd) => {
      expect(stdout).toBe('2 pictures in 1 attempt\n');
      const [first, second] = await Promise.all(
        [7, 8].map((seed) => readFile(join(cwd, `waves-${seed}.png`))),
      );
      expect(startOf(first!)).toBe(PNG);
      expect(first).not.toEqual(second);
    });
  });

  it('webhook-receiver answers what the service calls for, and nobody else', async () => {
    await runExample('webhook-receiver/webhook-receiver.ts', async (stdout) => {
      const known = '200 {"known":true,"runId":"order-17","state":"succeeded"}';
      expect(stdout.trimEnd().split('\n')).toEqual([
        known,
        'image/png of order-17',
        known,
        '403 ',
        '404 {"known":false}',
        '1 file of order-17, fetched elsewhere',
      ]);
    });
  });

  it('web-progress streams over a real server', async () => {
    const server = spawn(process.execPath, [...FLAGS, pathOf('web-progress/server.ts')], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
      const answer = await fetch(line.trim());
      expect(answer.headers.get('content-type')).toBe('text/event-stream');
      expect(await answer.text()).toMatch(/^event: picture$/m);
    } finally {
      server.kill('SIGTERM');
    }
    const [code] = await once(server, 'exit');
    expect(code).toBe(0);
  });

  it('web-handler answers over a real server, and ends when it is told to', async () => {
    const server = spawn(process.execPath, [...FLAGS, pathOf('web-handler/server.ts')], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
      const good = await fetch(line.trim());
      expect(good.status).toBe(200);
      expect(startOf(await good.bytes())).toBe(PNG);
      const bad = await fetch(new URL('/?prompt=', line));
      expect(bad.status).toBe(400);
      expect(await bad.json()).toMatchObject({ code: 'INVALID_BRIEF' });
    } finally {
      server.kill('SIGTERM');
    }
    const [code] = await once(server, 'exit');
    expect(code).toBe(0);
  });
});

describe('custom-scorer', () => {
  scorerSuite({ describe, it }, { create: () => bitsPerPixel() });
});

describe('custom-executor', () => {
  executorSuite(
    { describe, it },
    {
      backend(scenario) {
        if (!['succeeds', 'runs', 'fails'].includes(scenario)) return undefined;
        return {
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
        };
      },
      create: ({ render }) => renderFarm({ render }),
      cannot: {
        'many-outputs': 'a plan of the farm has one picture',
        'missing-model': 'the farm loads no models',
        'missing-input': 'no input has to be set',
      },
    },
  );
});
