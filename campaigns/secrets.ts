// Plants a secret wherever a host may give one or a service may say it back, and looks for it in all that can be printed:
// errors, events, logs, records, warnings, results, and what the command line writes.
import { tmpdir } from 'node:os';
import { main } from '../packages/cli/src/main.ts';
import { createIo } from '../packages/cli/src/terminal/io.ts';
import { createComfyGen } from '../packages/core/src/index.ts';
import {
  ComfygenError,
  createCallContext,
  createRandom,
  type Log,
  wrapExecutor,
} from '../packages/core/src/plugin.ts';
import {
  createFakeService,
  createTestFlow,
  findSecret,
  spellSecret,
} from '../packages/core/src/testing/index.ts';
import { comfyui } from '../packages/executors/src/comfyui/index.ts';
import { startFakeComfyui } from '../packages/executors/src/testing/index.ts';
import { anthropic } from '../packages/llm/src/anthropic/index.ts';
import { openai } from '../packages/llm/src/openai/index.ts';
import { type Findings, runCampaign, type Trials } from './campaign.ts';

type Random = () => number;
type Trial = (secret: string, random: Random) => Promise<unknown>;

const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)]!;

/** A secret of the kinds that are in use: letters and digits, signs that addresses and JSON escape, a password. */
function drawSecret(random: Random): string {
  const letters = (count: number) =>
    Array.from({ length: count }, () =>
      pick(random, [...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ']),
    ).join('');
  const digits = () => String(10_000 + Math.floor(random() * 90_000));
  const body = `${letters(6)}${digits()}${letters(5)}`;
  return pick(random, [body, `${body}/+${letters(4)}=`, `p&"${body}?#`, `sk-${body}`]);
}

const NAMES = [
  'apiKey',
  'x-api-key',
  'Authorization',
  'client_secret',
  'sessionToken',
  'password',
  'sig',
];

/** An error as other authors throw it, with the request in it. */
function foreignError(told: string, secret: string, random: Random): unknown {
  const request = { _header: `GET / HTTP/1.1\r\nAuthorization: ${secret}\r\n`, args: [secret] };
  const error = new Error('Request failed with status code 401');
  return pick<() => unknown>(random, [
    () => Object.assign(error, { config: { headers: { [pick(random, NAMES)]: secret } }, request }),
    () => new AggregateError([new Error(`GET https://me:${encodeURIComponent(secret)}@h/ failed`)]),
    () => new Error('outer', { cause: Object.assign(new TypeError('inner'), { request }) }),
    () => ({ status: 401, body: told, request }),
    () => new Map([[pick(random, NAMES), { value: [secret] }]]),
    () => ({ toString: () => told, request }),
  ])();
}

/** What an error of ours makes of causes and details. */
const errorTrial: Trial = async (secret, random) => {
  const details = pick<object>(random, [
    { deep: [{ [pick(random, NAMES)]: [secret] }] },
    { map: new Map([[pick(random, NAMES), new Set([secret])]]) },
    { headers: { 'x-shop': secret }, rawHeaders: ['x-shop', secret] },
    { list: [[pick(random, NAMES), secret]] },
    {
      url: new URL(
        `https://${encodeURIComponent(secret)}@h/x?${pick(random, NAMES)}=${encodeURIComponent(secret)}`,
      ),
    },
  ]);
  const cause = foreignError('no', secret, random);
  return new ComfygenError('AUTH', 'No.', { cause, details: { ...details } });
};

/** A host's run, with all that it tells. */
async function runOn(executor: Parameters<typeof createComfyGen>[0]['executor']): Promise<unknown> {
  const seen: unknown[] = [];
  const note = (...all: unknown[]) => void seen.push(all);
  const log: Log = { debug: note, info: note, warn: note };
  const comfygen = createComfyGen({ flows: [createTestFlow('one')], executor, maxRetries: 0, log });
  for (const event of [
    'run-start',
    'run-warning',
    'execute-start',
    'execute-end',
    'run-error',
    'run-end',
  ])
    (comfygen.events as { on(name: string, listen: typeof note): void }).on(event, note);
  const end = await comfygen.generate('a red apple', { seed: 1, timeoutMs: 20_000 }).then(
    ({ record, warnings, attempts }) => ({ record, warnings, attempts }),
    (error: unknown) => error,
  );
  await comfygen.dispose();
  return [end, ...seen];
}

/** An address of a server with the secret in one of the places for it, or options with one. */
function connect(url: string, secret: string, random: Random): Parameters<typeof comfyui>[0] {
  const coded = encodeURIComponent(secret);
  return pick(random, [
    { url: url.replace('//', `//me:${coded}@`) },
    { url: url.replace('//', `//${coded}@`) },
    { url: `${url}/?token=${coded}` },
    { url, headers: { 'x-shop': secret } },
    { url, headers: () => ({ authorization: `Bearer ${secret}` }) },
    { url, comfyOrgApiKey: secret },
  ]);
}

const executorTrial: Trial = async (secret, random) => {
  const service = await createFakeService({
    otherwise: () => ({
      status: pick(random, [200, 400, 401, 403, 404, 422, 429, 500, 502]),
      ...pick<object>(random, [
        { text: pick(random, spellSecret(secret)) },
        { json: { error: { message: pick(random, spellSecret(secret)), type: secret } } },
        { json: [secret], headers: { location: `/login?key=${encodeURIComponent(secret)}` } },
      ]),
    }),
  });
  const options = { timeoutMs: 2_000, lostAfterMs: 0, webSocket: false } as const;
  const executor = comfyui({ ...connect(service.url, secret, random), ...options });
  try {
    return await runOn(executor);
  } finally {
    await executor.dispose?.();
    await service.close();
  }
};

/** A run that succeeds, whose record is kept. */
const recordTrial: Trial = async (secret, random) => {
  const fake = await startFakeComfyui();
  const executor = comfyui(connect(fake.url, secret, random));
  try {
    return await runOn(executor);
  } finally {
    await executor.dispose?.();
    await fake.close();
  }
};

/** An executor of another author that throws. */
const foreignTrial: Trial = async (secret, random) => {
  const fail = async () => {
    throw foreignError('no', secret, random);
  };
  const executor = comfyui({ url: 'http://127.0.0.1:1' });
  return runOn(wrapExecutor(executor, () => ({ inventory: fail, submit: fail })));
};

const languageTrial: Trial = async (secret, random) => {
  const told = pick(random, spellSecret(secret));
  const answer = async () => {
    if (random() < 0.3) throw foreignError(told, secret, random);
    const body = random() < 0.5 ? told : JSON.stringify({ error: { message: told, param: told } });
    return new Response(body, { status: pick(random, [200, 400, 401, 403, 404, 429, 500]) });
  };
  const make = pick(random, [anthropic, openai]);
  const llm = make({
    model: 'm',
    apiKey: secret,
    baseUrl: 'http://127.0.0.1:9/v1',
    maxRetries: 0,
    fetch: answer,
  });
  const request = { messages: [{ role: 'user' as const, content: 'hello' }], maxTokens: 10 };
  return llm.generate(request as never, createCallContext()).catch((error: unknown) => error);
};

const cliTrial: Trial = async (secret, random) => {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const service = await createFakeService({
    otherwise: () => ({
      status: pick(random, [401, 404, 500]),
      text: pick(random, spellSecret(secret)),
    }),
  });
  const coded = encodeURIComponent(secret);
  const bare = service.url.replace('http://', '');
  const url = pick(random, [
    service.url.replace('//', `//me:${coded}@`),
    `${service.url}/?token=${coded}`,
    `me:${coded}@${bare}`,
    `ftp://me:${coded}@${bare}`,
  ]);
  const args = pick(random, [
    ['generate', 'a red apple', '--url', url],
    ['generate', 'a red apple', '--url', url, '--json'],
    ['doctor', '--url', url],
    ['models', '--url', url],
    ['generate', 'a red apple', '--url', url, '--url', url.replace('me:', 'you:')],
  ]);
  const io = createIo({
    out: write,
    err: write,
    env: {},
    cwd: tmpdir(),
    readInput: async () => '',
  });
  try {
    await main(args, io);
    return written;
  } finally {
    await service.close();
  }
};

const TRIALS: { readonly [place: string]: Trial } = {
  error: errorTrial,
  executor: executorTrial,
  language: languageTrial,
  foreign: foreignTrial,
  cli: cliTrial,
  record: recordTrial,
};

/** Plants `trials` secrets, in each place in turn. */
export async function secrets({ trials, seed }: Trials): Promise<Findings> {
  const random = createRandom(seed);
  const planted: { [place: string]: number } = {};
  const found: { place: string; trial: number; print?: string }[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const [place, plant] = Object.entries(TRIALS)[trial % Object.keys(TRIALS).length]!;
    const secret = drawSecret(random);
    planted[place] = (planted[place] ?? 0) + 1;
    const seen = await plant(secret, random);
    if (findSecret(seen, [secret]) === undefined) continue;
    found.push({ place, trial });
  }
  return { faults: found.length, planted, found };
}

await runCampaign(import.meta.url, 'secrets', secrets);
