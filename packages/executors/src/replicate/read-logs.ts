import type { PromptProblem } from 'comfygen/http';
import type { JobProgress } from 'comfygen/plugin';

const NODE = /^Executing node (.+?), title: .*, class type: (.+)$/;
const BAR = /(\d{1,3})%\|[^|]*\|\s*(\d+)\/(\d+)/;

/** The log's lines without what says which process wrote them. */
function linesOf(logs: string): string[] {
  return logs.split(/[\r\n]+/).map((line) => line.replace(/^\[ComfyUI(-Error)?\] ?/, '').trim());
}

/**
 * How far a job is, by what its log tells: nodes begun of all nodes, and the bar of the one at work. It never
 * falls as the log grows. `undefined` before the first node.
 */
export function progressOf(logs: string, nodes: number): JobProgress | undefined {
  const begun = new Set<string>();
  let node: string | undefined;
  let classType: string | undefined;
  let within = 0;
  let bar: { step: number; steps: number } | undefined;
  // A line that is not whole yet may have half a number.
  const whole = logs.slice(0, Math.max(logs.lastIndexOf('\n'), logs.lastIndexOf('\r')) + 1);
  for (const line of linesOf(whole)) {
    const start = NODE.exec(line);
    const [, , step, steps] = BAR.exec(line) ?? [];
    if (start) {
      [, node, classType] = start;
      begun.add(node!);
      within = 0;
      bar = undefined;
    } else if (node !== undefined && Number(steps) > 0) {
      bar = { step: Math.min(Number(step), Number(steps)), steps: Number(steps) };
      // A node may show several bars, one after the other.
      within = Math.max(within, bar.step / bar.steps);
    }
  }
  if (node === undefined) return undefined;
  const fraction = Math.min(1, (begun.size - 1 + within) / Math.max(nodes, begun.size));
  return { fraction, node, classType, ...bar };
}

/** The problems that ComfyUI printed when it refused the graph, node by node. */
export function problemsOf(logs: string): PromptProblem[] {
  const problems: PromptProblem[] = [];
  let nodeId: string | undefined;
  let classType: string | undefined;
  for (const line of linesOf(logs)) {
    const node = /^\* (.+) ([^ ]+):$/.exec(line);
    if (node) [, classType, nodeId] = node;
    const [, message, details = ''] = /^- ([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (nodeId !== undefined && message !== undefined)
      problems.push({ type: '', message, details, nodeId, classType });
    const refused = /invalid prompt: (\{.*)$/.exec(line)?.[1];
    if (refused && problems.length === 0) problems.push(readDict(refused));
  }
  return problems;
}

/** ComfyUI prints the refusal as Python does. */
function readDict(dict: string): PromptProblem {
  const value = (key: string) => {
    const quoted = new RegExp(`'${key}': (?:'((?:[^'\\\\]|\\\\.)*)'|"([^"]*)")`).exec(dict);
    return (quoted?.[1] ?? quoted?.[2])?.replace(/\\(.)/g, '$1');
  };
  return {
    type: value('type') ?? '',
    message: value('message') ?? '',
    details: value('details') ?? '',
    nodeId: value('node_id'),
    classType: value('class_type'),
  };
}
