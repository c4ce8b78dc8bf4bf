import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { FilteredFlows } from '../../library/check-flow.ts';
import type { FlowReason } from '../../library/flow-reason.ts';
import { whyNoSize } from '../../library/wanted-size.ts';
import type { Brief, Flow, Inventory, NodeCatalogue } from '../../spec/index.ts';
import { nearNames, readInputGraph, settleInputs } from '../../workflow/bind-inputs.ts';

/** What the flows that could run say to each input of a brief, over all executors. */
export interface InputTally {
  /** The inputs that some flow has. */
  had: Set<string>;
  /** The inputs that some flow takes with this value. */
  taken: Set<string>;
  /** For each input the first sentence of why its value can't be taken. */
  refusals: Map<string, string>;
  /** Every name that there is. */
  names: Set<string>;
}

export const createTally = (): InputTally => ({
  had: new Set(),
  taken: new Set(),
  refusals: new Map(),
  names: new Set(),
});

/** Some of many names, for a sentence. */
const namesOf = (names: readonly string[], most: number): string =>
  names.slice(0, most).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');

/**
 * Leaves out the flows that can't take the brief's inputs, and with `exactSize` those that give another size. Where the
 * server tells no classes, core's own are looked at.
 */
export async function fitFlows(
  filtered: FilteredFlows,
  brief: Brief,
  inventory: Inventory | null,
  tally: InputTally,
): Promise<FilteredFlows> {
  if (brief.inputs === undefined && !brief.exactSize) return filtered;
  const catalogue = inventory?.catalogue ?? undefined;
  const known = catalogue ?? (await coreCatalogue(brief));
  const models = inventory?.models;
  const left: Flow[] = [];
  const out: FilteredFlows['skipped'] = [];
  for (const flow of filtered.offered) {
    const reasons = inputReasons(flow, brief, { catalogue: known, models }, tally);
    const size = brief.exactSize ? whyNoSize(flow, brief, catalogue) : undefined;
    if (size !== undefined) reasons.push({ code: 'size', message: size });
    if (reasons.length === 0) left.push(flow);
    else out.push({ flow, reasons, missing: { classes: [], models: [] } });
  }
  return { ...filtered, offered: left, skipped: [...filtered.skipped, ...out] };
}

/** By its name, which bundlers leave alone: its 350 kB are for those who have the package installed. */
const CATALOGUE = 'comfygen/workflow/catalogue';

/** The classes that ComfyUI brings itself; none in a bundle, where values are held to those that stand there. */
async function coreCatalogue({ inputs }: Brief): Promise<NodeCatalogue | undefined> {
  if (inputs === undefined) return undefined;
  try {
    const loaded: { coreCatalogue: NodeCatalogue } = await import(CATALOGUE);
    return loaded.coreCatalogue;
  } catch {
    return undefined;
  }
}

function inputReasons(
  { workflow, slots }: Flow,
  brief: Brief,
  known: { catalogue: NodeCatalogue | undefined; models: Inventory['models'] | undefined },
  tally: InputTally,
): FlowReason[] {
  if (brief.inputs === undefined) return [];
  const graph = readInputGraph(workflow, slots, known);
  for (const name of Object.keys(graph.named)) tally.names.add(name);
  return settleInputs(graph, brief).flatMap(({ name, optional, refused }) => {
    if (refused?.code !== 'no-such-input') tally.had.add(name);
    if (refused === undefined) tally.taken.add(name);
    else if (refused.code === 'input-value' && !tally.refusals.has(name))
      tally.refusals.set(name, refused.message);
    return refused === undefined || optional ? [] : [refused];
  });
}

/**
 * Refuses inputs that no flow can take.
 *
 * @throws INVALID_BRIEF for a value that is out of range wherever there is such an input; NO_FLOW for inputs that no flow
 * of those that could run has, with the nearest names
 */
export function refuseInputs(
  { inputs = {} }: Brief,
  { had, taken, refusals, names }: InputTally,
  isLeft: boolean,
): void {
  const bad = [...refusals].filter(([name]) => !taken.has(name));
  if (bad.length > 0) {
    const said = bad.map(([, why]) => `inputs.${why}${why.endsWith('?') ? '' : '.'}`);
    const message = `The brief: ${said.join(' ')}`;
    const fields = bad.map(([name]) => `inputs.${name}`);
    throw new ComfygenError('INVALID_BRIEF', message, { details: { fields } });
  }
  if (isLeft || names.size === 0) return;
  const asked = Object.keys(inputs).filter((name) => !inputs[name]!.optional);
  const absent = asked.filter((name) => !had.has(name));
  const near = [...new Set(absent.flatMap((name) => nearNames(name, [...names])))];
  const which =
    absent.length > 0
      ? `No flow that can run here has the input ${absent.join(', ')}.`
      : `No flow that can run here takes all of these inputs: ${asked.join(', ')}.`;
  const meant = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  const there =
    absent.length > 0 && near.length === 0 && names.size > 0
      ? ` Here are ${namesOf([...names], 12)}; any value of a graph goes by node.input.`
      : '';
  throw new ComfygenError('NO_FLOW', which + meant + there, {
    details: { inputs: asked, absent, near },
  });
}
