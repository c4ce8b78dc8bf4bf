import type { NodeCatalogue, NodeInfo, Workflow } from 'comfygen/workflow';
import { CircleFailure, NodeFailure, type RunGraph } from './graph-run.ts';
import { orderNodes, reachNodes } from './run-order.ts';
import { resultKey, type ServerState } from './server-state.ts';

/** Runs graphs so that those which the server takes although they can't run end as on the server. */
export function failAsServer(run: RunGraph, info: NodeCatalogue): RunGraph {
  return async (job) => {
    const { workflow, outputs } = job;
    const order = orderNodes(workflow, outputs);
    const stuck = outputs.find((id) => !order.includes(id));
    if (stuck !== undefined) {
      job.cached([]);
      for (const id of order) {
        job.start(id);
        job.finish(id);
      }
      throw new CircleFailure(stuck);
    }
    return run({
      ...job,
      start(id) {
        job.start(id);
        const fault = faultOf(workflow, id, info);
        if (fault) throw fault;
      },
    });
  };
}

/** What a node of core raises for values that no server checks. Classes of packs may take any. */
function faultOf(workflow: Workflow, id: string, info: NodeCatalogue): NodeFailure | undefined {
  const links = strangeLinks(workflow, info);
  // A result that isn't there is missed where it is handed out, not where it is asked for.
  if (links.some(({ from, isThere }) => from === id && !isThere))
    return new NodeFailure('IndexError', 'list index out of range');
  const { class_type = '', inputs = {} } = workflow[id] ?? {};
  if (!/^(nodes$|comfy_extras\b)/.test(String(info[class_type]?.python_module))) return undefined;
  const text = Object.keys(inputs).find(
    (name) => typeof inputs[name] === 'string' && isPicture(info[class_type], name),
  );
  if (text) return new NodeFailure('AttributeError', "'str' object has no attribute 'shape'");
  const strange = links.find(({ to }) => to === id);
  if (!strange) return undefined;
  const message = `${class_type}.execute() got an unexpected keyword argument '${strange.name}'`;
  return new NodeFailure('TypeError', message);
}

/** Whether this graph, although the server accepts it, kills the server's only worker thread. */
export function isLethal(
  workflow: Workflow,
  outputs: readonly string[],
  { info, cache }: { info: NodeCatalogue; cache: ServerState['cache'] },
): boolean {
  const reached = reachNodes(workflow, outputs);
  const isBare = (id: string) => !reached.has(id) && workflow[id]!.inputs === undefined;
  if (Object.keys(workflow).some(isBare)) return true;
  const order = orderNodes(workflow, outputs);
  const isCached = (id: string) => order.includes(id) && cache.has(resultKey(workflow, id));
  // What is cached is looked up before anything runs, where nobody catches what is raised.
  return strangeLinks(workflow, info).some(
    ({ from, to, isThere }) => reached.has(to) && !isThere && (!workflow[from] || isCached(from)),
  );
}

/** Links that no class declares; `isThere` tells whether their source has such an output. */
function strangeLinks(workflow: Workflow, info: NodeCatalogue) {
  return Object.entries(workflow).flatMap(([to, { class_type, inputs }]) =>
    Object.entries(inputs ?? {}).flatMap(([name, value]) => {
      if (!isLink(value) || isDeclared(info[class_type], name)) return [];
      const [from, slot] = [value[0], Number(value[1])];
      const given = info[workflow[from]?.class_type ?? '']?.output ?? [];
      const isThere = Number.isInteger(slot) && given.at(slot) !== undefined;
      return [{ from, to, name, isThere }];
    }),
  );
}

function isLink(value: unknown): value is [string, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return typeof value[0] === 'string' && ['number', 'boolean'].includes(typeof value[1]);
}

/** Inputs that open up or grow have dotted names under that of the declared one. */
function isDeclared(info: NodeInfo | undefined, name: string): boolean {
  const { required = {}, optional = {} } = info?.input ?? {};
  return [name, name.split('.')[0]!].some((one) => one in required || one in optional);
}

function isPicture(info: NodeInfo | undefined, name: string): boolean {
  const { required = {}, optional = {} } = info?.input ?? {};
  const spec = required[name] ?? optional[name];
  return Array.isArray(spec) && ['IMAGE', 'MASK'].includes(spec[0]);
}
