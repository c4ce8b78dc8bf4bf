import { readFile } from 'node:fs/promises';
import { type LearnedModel, learned, parseLearnedModel } from '@comfygen/selectors/learned';
import { ComfygenError, type SelectorV1 } from 'comfygen';
import { fileError } from '../output/file-error.ts';

/** The learned selector of a model file. @throws FILE_ACCESS; INVALID_MODEL where the file is another or damaged */
export async function loadLearned(
  path: string,
  options: Record<string, unknown>,
): Promise<SelectorV1> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileError('read', path, cause);
  });
  const model = readModel(path, text);
  // A model that compares prompts by meaning needs what it was trained with.
  const embedder =
    model.embedder === null
      ? undefined
      : (await import('@comfygen/llm/embeddings')).sentenceEmbeddings();
  return learned({ embedder, ...options, model });
}

function readModel(path: string, text: string): LearnedModel {
  try {
    return parseLearnedModel(JSON.parse(text));
  } catch (cause) {
    const reason = ComfygenError.is(cause) ? cause.message : 'It is not JSON.';
    throw new ComfygenError('INVALID_MODEL', `${path}: ${reason}`, { cause, details: { path } });
  }
}
