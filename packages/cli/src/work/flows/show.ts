import type { Flow, ModelRequirement } from 'comfygen';
import { listInputs } from 'comfygen/workflow';
import { coreClasses } from '../../library/known-classes.ts';
import { findFlow } from '../../library/load-library.ts';
import { type CheckedFlow, openLibrary } from '../../library/open-library.ts';
import type { LibraryOptions } from '../../options/setup-options.ts';
import { describeInput } from '../../render/inputs.ts';
import { renderDocument } from '../../render/json.ts';
import { type Field, renderFields } from '../../render/table.ts';
import { modelPath, plain } from '../../render/text.ts';
import { filledSlots } from '../../render/workflow.ts';
import type { Run } from '../../terminal/io.ts';

/** `flows show ID`: everything that is known of one flow. */
export async function showFlow(id: string, options: LibraryOptions, run: Run): Promise<number> {
  const { io } = run;
  const { checked, executor, inventory } = await openLibrary(options, run);
  const flow = findFlow(
    checked.map((one) => one.flow),
    id,
  );
  const { check } = checked.find((one) => one.flow === flow)!;
  const catalogue = inventory?.catalogue ?? (await coreClasses());
  const { workflow, slots } = flow;
  const inputs = listInputs(workflow, { slots, catalogue, models: inventory?.models });
  if (options.json) {
    const known = { executor: executor.name, ...check };
    io.out(renderDocument('flow', { ...flow, inputs, check: known }));
    return 0;
  }
  const { outColors: colors } = io;
  io.out(`${colors.bold(plain(flow.id))} · ${plain(flow.title)}\n\n`);
  const runs = check.canRun
    ? colors.green('yes')
    : check.reasons.map(({ message }) => plain(message));
  const fields: Field[] = [
    ...flowFields({ flow, check }),
    ['Inputs', inputs.map(describeInput)],
    [`On ${executor.name}`, runs],
  ];
  io.out(renderFields(fields, colors, io.columns));
  return 0;
}

function flowFields({ flow }: CheckedFlow): Field[] {
  const { provenance: from, components, cost } = flow;
  const verified = [from.verified, from.verifiedWith && `(${from.verifiedWith})`];
  return [
    ['For', plain(flow.description)],
    ['Tags', flow.tags.map(plain).join(', ')],
    ['Base model', plain(flow.baseModel ?? 'not known')],
    ['Models', flow.models.map(describeModel)],
    ['LoRAs', components.loras.map((lora) => `${plain(lora.file)} at ${lora.strengthModel}`)],
    ['Samplers', components.samplers.map(describeSampler)],
    ['Slots', describeSlots(flow)],
    ['Fits', describeNeeds(flow)],
    ['Graph', `${Object.keys(flow.workflow).length} nodes: ${flow.classes.map(plain).join(', ')}`],
    ['Cost', cost.relative === null ? '' : `${cost.relative} × a 20-step run`],
    ['Memory', describeMemory(cost.vramGb)],
    [
      'Verified',
      verified
        .filter(Boolean)
        .map((text) => plain(text ?? ''))
        .join(' ') || 'not yet',
    ],
    ['Author', plain([from.author, from.licence].filter(Boolean).join(', '))],
    ['Source', plain(from.source ?? '')],
    ['Hash', flow.hash],
  ];
}

function describeMemory(vramGb: number | null): string {
  if (vramGb === null) return '';
  return vramGb === 0 ? 'no graphics memory' : `${vramGb} GiB of graphics memory`;
}

function describeModel(model: ModelRequirement): string {
  const use = { true: 'commercial use allowed', false: 'no commercial use', null: '' };
  const facts = [
    model.licence ?? 'licence not known',
    use[`${model.commercialUse}`],
    model.url ?? 'address not known',
  ];
  if (model.folder === null) facts.unshift('folder not known');
  return plain(`${modelPath(model)}: ${facts.filter(Boolean).join(', ')}`);
}

function describeSampler(one: Flow['components']['samplers'][number]): string {
  const steps = one.steps === null ? '' : `${one.steps} steps`;
  const cfg = one.cfg === null ? '' : `cfg ${one.cfg}`;
  return plain([one.sampler, one.scheduler, steps, cfg].filter(Boolean).join(', '));
}

function describeSlots({ slots }: Flow): string {
  return filledSlots(slots)
    .map(([name, refs]) => `${name} → ${refs.map((ref) => `${ref.node}.${ref.input}`).join(' ')}`)
    .join('; ');
}

function describeNeeds({ needs }: Flow): string {
  const parts = [
    needs.subjects === undefined ? '' : `${needs.subjects} subjects`,
    needs.relations === undefined ? '' : needs.relations.join(' or '),
    needs.count === undefined ? '' : `${needs.count} of a kind`,
    needs.pictures === undefined ? '' : `with a picture as ${needs.pictures.join(', ')}`,
  ];
  return parts.filter(Boolean).join(', ') || 'any prompt';
}
