import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { PythonError, pythonRepr, pythonStr, pythonType } from '../python-values.ts';
import { expandInputs, type TakenInput } from './expand-inputs.ts';
import { isJudgedByClass, judgeByClass } from './judge-by-class.ts';
import { judgeLiteral } from './judge-literal.ts';
import { inputInfo, type NodeError, nodeError } from './node-error.ts';

/** What a server checks a node against. */
export interface NodeChecks {
  info: NodeCatalogue;
  /** Whether there is an input file of this name, as LoadImage checks it. */
  hasInput(name: string): boolean;
}

/** What is known of a node: `ok` is false where it or a node before it has errors. */
interface Judged {
  ok: boolean;
  errors: NodeError[];
}

/** Judges nodes from the outputs up, each once, in the order and with the words of the server. */
export function createNodeJudge(prompt: Workflow, checks: NodeChecks) {
  const seen = new Map<string, Judged>();

  const judge = (id: string, path: readonly string[]): Judged => {
    const known = seen.get(id);
    if (known) return known;
    if (path.includes(id)) return markCircle(id, path);
    const { class_type: classType, inputs } = prompt[id]!;
    if (inputs === undefined) throw new PythonError('KeyError', "'inputs'");
    const info = checks.info[classType]!;
    const errors: NodeError[] = [];
    let ok = true;
    for (const input of expandInputs(info, inputs)) {
      const value = inputs[input.name];
      if (value === undefined) {
        if (input.isRequired) errors.push(missing(input));
      } else if (!Array.isArray(value)) {
        errors.push(...judgeLiteral(input, inputs, isJudgedByClass(classType, input.name)));
      } else if (value.length !== 2) {
        errors.push(badLink(input, value));
      } else {
        const mismatch = judgeLink(input, value);
        if (mismatch) errors.push(mismatch);
        else if (!judgeSource(input, value, [...path, id])) ok = false;
      }
    }
    errors.push(...judgeByClass(classType, inputs, checks.hasInput));
    // A circle that was found on the way has left its mark here.
    const marked = seen.get(id)?.errors ?? [];
    const all = [...marked, ...errors];
    const judged = { ok: ok && all.length === 0, errors: all };
    seen.set(id, judged);
    return judged;
  };

  /** Whether the node that a link comes from is right; what goes wrong there is that node’s error. */
  const judgeSource = (input: TakenInput, link: unknown[], path: string[]): boolean => {
    const source = String(link[0]);
    try {
      return judge(source, path).ok;
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      const inner = nodeError(
        'exception_during_inner_validation',
        'Exception when validating inner node',
        error.message,
        {
          ...inputInfo(input),
          exception_message: error.message,
          exception_type: error.type,
          traceback: TRACEBACK,
          linked_node: link,
        },
      );
      seen.set(source, { ok: false, errors: [inner] });
      return false;
    }
  };

  const judgeLink = (input: TakenInput, link: unknown[]): NodeError | undefined => {
    const received = outputType(link);
    if (matches(received, input.type)) return undefined;
    const details = `${input.name}, received_type(${pythonStr(received)}) mismatch input_type(${pythonStr(input.type)})`;
    return nodeError('return_type_mismatch', 'Return type mismatch between linked nodes', details, {
      ...inputInfo(input),
      received_type: received,
      linked_node: link,
    });
  };

  const outputType = ([source, slot]: unknown[]): unknown => {
    if (typeof source === 'object' && source !== null)
      throw new PythonError('TypeError', `unhashable type: '${pythonType(source)}'`);
    if (typeof source !== 'string' || !Object.hasOwn(prompt, source))
      throw new PythonError('KeyError', pythonRepr(source));
    const info = checks.info[prompt[source]!.class_type]!;
    const { output = [] } = info;
    // Classes of the newer kind keep their outputs in a list, the others in a tuple.
    const kind = 'output_matchtypes' in info ? 'list' : 'tuple';
    const place = typeof slot === 'boolean' ? Number(slot) : slot;
    if (typeof place !== 'number' || !Number.isInteger(place)) {
      const what = `${kind} indices must be integers or slices, not ${pythonType(slot)}`;
      throw new PythonError('TypeError', what);
    }
    const type = output.at(place);
    // Classes of node packs whose outputs hang on their inputs declare a tuple that has one for every place.
    const isPack = String(info.python_module).startsWith('custom_nodes');
    if (type === undefined && isPack && place >= 0) return '*';
    if (type === undefined) throw new PythonError('IndexError', `${kind} index out of range`);
    return type;
  };

  const markCircle = (id: string, path: readonly string[]): Judged => {
    const circle = [...path.slice(path.indexOf(id)), id];
    const nodes = [...new Set(circle)];
    const details = circle.map((one) => `${one} (${prompt[one]!.class_type})`).join(' -> ');
    for (const one of nodes) {
      const error = nodeError('dependency_cycle', 'Dependency cycle detected', details, {
        node_id: one,
        cycle_nodes: nodes,
      });
      seen.set(one, { ok: false, errors: [error] });
    }
    return seen.get(id)!;
  };

  return {
    /** All nodes that were looked at so far. */
    seen: seen as ReadonlyMap<string, Judged>,
    output(id: string): Judged {
      try {
        return judge(id, []);
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        const message = 'Exception when validating node';
        const own = nodeError('exception_during_validation', message, error.message, {
          exception_type: error.type,
          traceback: TRACEBACK,
        });
        seen.set(id, { ok: false, errors: [own] });
        return seen.get(id)!;
      }
    },
  };
}

const TRACEBACK = ['  File "<path>", line 1, in validate_inputs\n'];

function missing({ name, shown }: TakenInput): NodeError {
  return nodeError('required_input_missing', 'Required input is missing', shown, {
    input_name: name,
  });
}

function badLink(input: TakenInput, value: unknown[]): NodeError {
  const message = 'Bad linked input, must be a length-2 list of [node_id, slot_index]';
  return nodeError('bad_linked_input', message, input.name, {
    ...inputInfo(input),
    received_value: value,
  });
}

/** Whether a server lets an output of one type into an input of another. */
function matches(output: unknown, input: unknown): boolean {
  if (pythonRepr(output) === pythonRepr(input)) return true;
  if ([output, input].some((type) => type === '*' || type === 'COMFY_MATCHTYPE_V3')) return true;
  if (Array.isArray(output) && input === 'COMBO') return true;
  if (typeof output !== 'string' || typeof input !== 'string') return false;
  const [given, taken] = [output, input].map((types) => types.split(',').map((one) => one.trim()));
  return given!.includes('*') || taken!.includes('*') || given!.some((one) => taken!.includes(one));
}
