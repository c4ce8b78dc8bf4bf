import type { Config } from '../../config/schema.ts';
import type { Setup } from '../../config/settings.ts';
import { compose } from '../../parts/compose.ts';
import { findFlow } from '../../parts/flows.ts';
import { choiceFields } from '../../render/choice.ts';
import { renderFields } from '../../render/fields.ts';
import { renderJson } from '../../render/json.ts';
import { renderWarnings } from '../../render/warnings.ts';
import type { Run } from '../run.ts';
import type { GenerateOptions } from './options.ts';
import { generateRequest } from './request.ts';

/** `generate --dry-run`: the choice and the bound workflow; nothing runs and nothing is written. */
export async function dryRun(
  prompt: string,
  options: GenerateOptions,
  config: Config,
  setup: Setup,
  { io, signal }: Pick<Run, 'io' | 'signal'>,
): Promise<number> {
  const { comfygen, executor, flows, warnings: loadWarnings } = await compose(setup, {}, signal);
  try {
    if (options.flow !== undefined) findFlow(flows, options.flow);
    const request = generateRequest(options, config, executor);
    const { selection, flow, plan, ...rest } = await comfygen.plan(prompt, { ...request, signal });
    const warnings = [...loadWarnings, ...rest.warnings];
    if (options.json) {
      io.out(
        renderJson({
          flow: { id: flow.id, title: flow.title, baseModel: flow.baseModel },
          labels: selection.labels,
          reason: selection.reason,
          ranked: selection.ranked.map(({ workflow: _, ...one }) => one),
          executor: executor.name,
          seed: plan.seed,
          planHash: plan.hash,
          workflow: plan.workflow,
          warnings,
        }),
      );
      return 0;
    }
    const colors = io.outColors;
    const fields = [...choiceFields(flow, selection, colors), ['Seed', plan.seed] as const];
    io.out(`${renderFields([...fields, ['Plan', plan.hash]], colors, io.columns)}\n`);
    io.out(renderJson(plan.workflow));
    if (warnings.length > 0) io.out(`\n${renderWarnings(warnings, colors, io.columns)}`);
    return 0;
  } finally {
    await comfygen.dispose();
  }
}
