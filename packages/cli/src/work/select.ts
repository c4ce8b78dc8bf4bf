import { compose } from '../compose.ts';
import { loadConfig } from '../config/load-config.ts';
import { resolveSetup } from '../config/settings.ts';
import { readPrompt } from '../input/read-input.ts';
import { type LimitOptions, limitRequest } from '../options/limit-options.ts';
import type { ChoiceOptions, LibraryOptions } from '../options/setup-options.ts';
import { choiceFields, renderExplanation } from '../render/choice.ts';
import { renderDocument, selectionJson } from '../render/json.ts';
import { renderWarnings } from '../render/messages.ts';
import { renderFields } from '../render/table.ts';
import type { Run } from '../terminal/io.ts';

/** Options of `select`. */
export interface SelectOptions extends ChoiceOptions, LibraryOptions, LimitOptions {
  explain?: boolean;
  seed?: number | bigint;
}

/** `select <prompt…>`: the choice, with `--explain` everything that is known of it; nothing runs. */
export async function select(
  words: readonly string[],
  options: SelectOptions,
  { io, signal }: Run,
): Promise<number> {
  const prompt = await readPrompt(words, io);
  const { config } = await loadConfig(io.cwd, options.config);
  const setup = resolveSetup(options, config, io.cwd);
  const { comfygen, selector, executor, flows, ...loaded } = await compose(setup, {}, signal);
  try {
    // The picture is not made, so a seed that was drawn for it would only differ from call to call.
    const { choiceSeed = 0, seed = config.seed ?? 0 } = options;
    const chosen = await comfygen.select(prompt, {
      seed,
      choiceSeed,
      ...limitRequest(options),
      signal,
    });
    const warnings = [...loaded.warnings, ...chosen.warnings];
    const { selection, offered, skipped } = chosen;
    if (options.json) {
      io.out(
        renderDocument('select', {
          selector: selector.name,
          executor: executor.name,
          selection: selectionJson(selection),
          offered,
          skipped,
          warnings,
        }),
      );
      return 0;
    }
    const { outColors: colors, columns } = io;
    const flow = flows.find(({ id }) => id === selection.ranked[0]?.flowId)!;
    if (options.explain) {
      const facts = { flow, selection, offered, skipped };
      io.out(renderExplanation({ ...facts, selector: selector.name }, io));
    } else io.out(renderFields(choiceFields(flow, selection, colors), colors, columns));
    if (warnings.length > 0) io.out(`\n${renderWarnings(warnings, colors, columns)}`);
    return 0;
  } finally {
    await comfygen.dispose();
  }
}
