import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ComfygenError } from 'comfygen';
import { nearest } from 'comfygen/plugin';
import type { z } from 'zod';
import { readTextFile } from '../input/read-input.ts';
import { undisturbed } from '../terminal/interrupt.ts';
import { type Config, configKeys, configSchema } from './schema.ts';

/** How long a config file may take that loads or asks something at its top. */
const LOAD_LIMIT_MS = 30_000;
const NAMES = ['comfygen.config.json', 'comfygen.config.mjs', 'comfygen.config.ts'];

/**
 * The config file that holds here: the one given, or the nearest one upward from the folder.
 * Two beside each other are an error, because either could be the one meant.
 */
export function findConfig(cwd: string, given: string | undefined): string | undefined {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (existsSync(path)) return path;
    throw new ComfygenError('FILE_ACCESS', `There is no config file ${path}.`);
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = NAMES.filter((name) => existsSync(join(folder, name)));
    if (found.length > 1) {
      throw new ComfygenError('INVALID_OPTIONS', `${folder} has both ${found.join(' and ')}.`, {
        details: { hint: 'Keep one of them, or name it with --config FILE.' },
      });
    }
    if (found[0] !== undefined) return join(folder, found[0]);
    if (dirname(folder) === folder) return undefined;
  }
}

/** A config file's settings; `file` is `undefined` where there is no config file. */
export interface LoadedConfig {
  file: string | undefined;
  config: Config;
}

/**
 * Reads `comfygen.config.{json,mjs,ts}`: the given file or the nearest one upward. `mjs` and `ts`
 * export their settings by default and may hold parts as objects. Throws INVALID_OPTIONS with file
 * and key for anything that it does not know, and for a module that is not loaded after `limitMs`.
 */
export async function loadConfig(
  cwd: string,
  given: string | undefined,
  limitMs = LOAD_LIMIT_MS,
): Promise<LoadedConfig> {
  const file = findConfig(cwd, given);
  if (file === undefined) return { file, config: {} };
  const result = configSchema.safeParse(await readConfig(file, limitMs));
  if (result.success) return { file, config: withPaths(result.data, dirname(file)) };
  const problems = result.error.issues.flatMap(describeIssue);
  throw new ComfygenError('INVALID_OPTIONS', `${file}: ${problems.join('; ')}`, {
    details: { file, problems, hint: `Known keys: ${configKeys.slice(1).join(', ')}.` },
  });
}

async function readConfig(file: string, limitMs: number): Promise<unknown> {
  const extension = extname(file);
  if (extension === '.json') return readJson(file);
  if (extension === '.ts' && !process.features.typescript) {
    throw new ComfygenError(
      'UNSUPPORTED',
      `${file} needs a Node that runs TypeScript (22.18 or newer); this is ${process.versions.node}.`,
      {
        details: {
          file,
          hint: 'Rename it to comfygen.config.mjs without types, or use a newer Node.',
        },
      },
    );
  }
  if (!['.mjs', '.js', '.ts', '.mts'].includes(extension)) {
    throw new ComfygenError('INVALID_OPTIONS', `A config file ends in .json, .mjs or .ts: ${file}`);
  }
  const module = await importConfig(file, limitMs);
  if (module['default'] !== undefined) return module['default'];
  throw new ComfygenError('INVALID_OPTIONS', `${file} has no default export.`, {
    details: { file, hint: 'Write: export default { executor: "embedded" };' },
  });
}

async function readJson(file: string): Promise<unknown> {
  const text = await readTextFile(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ComfygenError('INVALID_OPTIONS', `${file} is not JSON: ${reason(cause)}`, { cause });
  }
}

async function importConfig(file: string, limitMs: number): Promise<Record<string, unknown>> {
  // Node would read a pipe to its end, which may never come.
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new ComfygenError('FILE_ACCESS', `${file}: not a file`, { details: { path: file } });
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `${file} was not loaded after ${limitMs / 1_000} s: something that it awaits at its top does not end.`;
    limit.reject(new ComfygenError('INVALID_OPTIONS', message, { details: { file } }));
  }, limitMs);
  try {
    // It may hold the thread, and has begun nothing yet that a signal would have to cancel.
    return await undisturbed(() => Promise.race([import(pathToFileURL(file).href), limit.promise]));
  } catch (cause) {
    if (ComfygenError.is(cause)) throw cause;
    throw new ComfygenError('INVALID_OPTIONS', `${file} cannot be loaded: ${reason(cause)}`, {
      cause,
      details: { file, hint: 'See where with --verbose.' },
    });
  } finally {
    clearTimeout(timer);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const meant = nearest(key, configKeys);
      return `unknown key "${key}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`;
    });
  }
  const path = issue.path.length === 0 ? 'the file' : `"${issue.path.join('.')}"`;
  return [`${path}: ${issue.message}`];
}

/** Paths in a config file are relative to the file, wherever the command is started. */
function withPaths(config: Config, folder: string): Config {
  const isUrl = (text: string) => /^https?:\/\//.test(text);
  const absolute = (path: string) => (isUrl(path) ? path : resolve(folder, path));
  const { flows, out, records, jobs, cache, scores, model } = config;
  return {
    ...config,
    ...(flows && { flows: flows.map((one) => (typeof one === 'string' ? absolute(one) : one)) }),
    ...(out !== undefined && { out: /[\\/]$/.test(out) ? `${absolute(out)}/` : absolute(out) }),
    ...(scores !== undefined && { scores: absolute(scores) }),
    ...(model !== undefined && { model: absolute(model) }),
    ...(records !== undefined && { records: absolute(records) }),
    ...(jobs && { jobs: absolute(jobs) }),
    ...(typeof cache === 'string' && { cache: absolute(cache) }),
  };
}
