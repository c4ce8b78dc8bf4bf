import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ComfygenError } from 'comfygen';
import { fileError } from '../output/file-error.ts';
import type { Io } from '../terminal/io.ts';

/** The prompt from the words of the command line; a single `-` reads it from stdin. */
export async function readPrompt(words: readonly string[], io: Io): Promise<string> {
  const text = words.length === 1 && words[0] === '-' ? await io.readInput() : words.join(' ');
  const prompt = text.trim();
  if (prompt === '') {
    throw new ComfygenError('INVALID_BRIEF', 'The prompt is empty.', {
      details: { hint: 'Say what to draw: comfygen generate "a red apple left of a green frog"' },
    });
  }
  return prompt;
}

/** The text of a file, or of stdin for `-`. */
export async function readText(file: string, io: Io): Promise<string> {
  if (file === '-') return io.readInput();
  const path = resolve(io.cwd, file);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw fileError('read', path, cause);
  }
}
