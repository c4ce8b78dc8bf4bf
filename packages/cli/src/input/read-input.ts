import { resolve } from 'node:path';
import { ComfygenError } from 'comfygen';
import { fileError } from '../output/file-error.ts';
import { type Io, MAX_INPUT_BYTES } from '../terminal/io.ts';

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

/** The text of a file, or of stdin for `-`. @throws FILE_ACCESS, also for a pipe or a device; PAYLOAD_TOO_LARGE */
export async function readText(file: string, io: Io): Promise<string> {
  return file === '-' ? io.readInput() : readTextFile(resolve(io.cwd, file));
}

/** The text of a file. @throws FILE_ACCESS, also for a pipe or a device; PAYLOAD_TOO_LARGE */
export async function readTextFile(path: string): Promise<string> {
  try {
    const { readBytes } = await import('comfygen/node');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      await readBytes(path, MAX_INPUT_BYTES),
    );
  } catch (error) {
    if (!ComfygenError.is(error) || error.cause === undefined) throw error;
    throw fileError('read', path, error.cause);
  }
}
