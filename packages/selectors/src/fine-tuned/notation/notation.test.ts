import { fileURLToPath } from 'node:url';
import { loadFlows } from 'comfygen/node';
import {
  findSlots,
  hashWorkflow,
  type InputValue,
  isLink,
  parseWorkflow,
  type SlotName,
  type Workflow,
  type WorkflowNode,
} from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactWorkflow } from './compact-workflow.ts';
import { DICTIONARY } from './dictionary.ts';
import { expandWorkflow, readWorkflow } from './expand-workflow.ts';
import { notationGrammar } from './notation-grammar.ts';
import { blankSlots, noSlots } from './placeholders.ts';

const flows = await loadFlows(fileURLToPath(new URL('../../../../../workflows', import.meta.url)));
const node = (class_type: string, inputs: WorkflowNode['inputs']): WorkflowNode => ({
  class_type,
  inputs,
});
const roundTrip = (workflow: Workflow) => expandWorkflow(compactWorkflow(workflow)).workflow;
const valueBack = (value: InputValue) =>
  roundTrip({ '1': node('Any', { x: 0 }), '2': node('Any', { value }) })['2']!.inputs['value'];

describe('every flow of the library', () => {
  it('is all of them', () => expect(flows.length).toBeGreaterThanOrEqual(52));

  it.each(flows.map((flow) => [flow.id, flow] as const))('%s comes back whole', (_id, flow) => {
    const back = roundTrip(flow.workflow);
    expect(back).toEqual(flow.workflow);
    expect(hashWorkflow(back)).toBe(flow.hash);
  });

  it.each(flows.map((flow) => [flow.id, flow] as const))(
    '%s comes back with its slots',
    (_id, flow) => {
      const { workflow, slots } = flow;
      const back = expandWorkflow(compactWorkflow(workflow, { slots }));
      expect(back.workflow).toEqual(blankSlots(workflow, slots));
      expect(hashWorkflow(back.workflow, { without: slots })).toBe(
        hashWorkflow(workflow, { without: slots }),
      );
      for (const name of Object.keys(noSlots()) as SlotName[]) {
        expect(back.slots[name]).toHaveLength(slots[name].length);
        expect(back.slots[name]).toEqual(expect.arrayContaining(slots[name]));
      }
    },
  );

  it('needs less than a quarter of its JSON', () => {
    const sum = (write: (flow: (typeof flows)[number]) => string) =>
      flows.reduce((total, flow) => total + write(flow).length, 0);
    const json = sum(({ workflow }) => JSON.stringify(workflow));
    expect(
      sum(({ workflow, slots }) => compactWorkflow(workflow, { slots, meta: false })),
    ).toBeLessThan(json / 4);
  });
});

describe('a text that people can read', () => {
  it('is a line a node, what feeds it above', () => {
    const flow = flows.find(({ id }) => id === 'sdxl-lcm')!;
    const text = compactWorkflow(flow.workflow, { slots: flow.slots, meta: false });
    expect(text).toMatch(/^4 Ckpt sd_xl_base_1\.0\.safetensors$/m);
    expect(text).toMatch(/^6 Text @\d+\.1 \$prompt$/m);
    expect(text).toMatch(/^5 Latent \$width:1024 \$height:1024 \$batch$/m);
  });
});

const id = fc.oneof(
  fc.nat(60).map(String),
  fc.constantFrom('57:13', 'a b', 'toString', '"', '@3', '', '007', 'é', '-', '$seed'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('text', 'a=b', ';', '-1'),
);
const classType = fc.oneof(
  fc.constantFrom(...DICTIONARY.map((entry) => entry.classType)),
  fc.constantFrom(...DICTIONARY.map((entry) => entry.code)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);
const scalar: fc.Arbitrary<InputValue> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '@3',
    '["3",0]',
    'true',
    'null',
    '-',
    '1e5',
    '007',
    '$prompt',
    'a=b',
    ';',
    ' x',
    '\u2028',
  ),
  fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => {
    return !Number.isInteger(n) || Number.isSafeInteger(n) || Math.abs(n) > 2 ** 64;
  }),
  fc.constantFrom(-0, 1e21, 1e20, 5e-324, 2 ** 53 - 1),
  fc.boolean(),
  fc.constant(null),
);
const nested: fc.Arbitrary<InputValue> = fc.letrec<{ value: InputValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const inputNames = [...new Set(DICTIONARY.flatMap((entry) => entry.inputs))];

function anyNode(sources: readonly string[]): fc.Arbitrary<WorkflowNode> {
  const output = fc.oneof(fc.nat(3), fc.constantFrom(-2, 0.5, 1e21));
  const links = sources.length === 0 ? [] : [fc.tuple(fc.constantFrom(...sources), output)];
  const values = fc.oneof(
    nested.filter((value) => !isLink(value)),
    ...links,
  );
  const names = fc.oneof(fc.constantFrom(...inputNames), key);
  const meta = fc.oneof(
    fc.constant({}),
    fc.string().map((title) => ({ title })),
    fc.dictionary(fc.string({ maxLength: 5 }), nested, { maxKeys: 2 }),
  );
  return fc.record(
    { class_type: classType, inputs: fc.dictionary(names, values, { maxKeys: 12 }), _meta: meta },
    { requiredKeys: ['class_type', 'inputs'] },
  ) as fc.Arbitrary<WorkflowNode>;
}
const anyGraph: fc.Arbitrary<Workflow> = fc
  .uniqueArray(id, { minLength: 1, maxLength: 8 })
  .chain((ids) =>
    fc
      .tuple(...ids.map((_id, index) => anyNode(ids.slice(0, index))))
      .map((nodes) => Object.fromEntries(nodes.map((one, index) => [ids[index]!, one]))),
  )
  // What core refuses is no workflow: names such as `__proto__`, seeds of more than 64 bits.
  .filter((workflow) => isReadable(workflow));

function isReadable(workflow: Workflow): boolean {
  try {
    return parseWorkflow(workflow) !== undefined;
  } catch {
    return false;
  }
}

describe('any workflow', () => {
  it('comes back as core reads it: ids, titles, every value', () => {
    fc.assert(
      fc.property(anyGraph, (workflow) => {
        const graph = parseWorkflow(workflow);
        const back = roundTrip(workflow);
        expect(back).toEqual(graph);
        expect(hashWorkflow(back)).toBe(hashWorkflow(graph));
      }),
      { numRuns: 200 },
    );
  });

  it('is written the same whatever the order of its keys', () => {
    fc.assert(
      fc.property(anyGraph, (workflow) => {
        const turned = Object.fromEntries(
          Object.entries(workflow)
            .reverse()
            .map(([name, one]) => [
              name,
              { ...one, inputs: Object.fromEntries(Object.entries(one.inputs).reverse()) },
            ]),
        );
        const bare = { meta: false };
        const plain = (graph: Workflow) => !/[{[]/.test(compactWorkflow(graph, bare));
        fc.pre(plain(workflow));
        expect(compactWorkflow(turned, bare)).toBe(compactWorkflow(workflow, bare));
      }),
    );
  });

  it('keeps its slots', () => {
    fc.assert(
      fc.property(anyGraph, (workflow) => {
        const slots = findSlots(workflow);
        const back = expandWorkflow(compactWorkflow(workflow, { slots }));
        expect(back.workflow).toEqual(blankSlots(parseWorkflow(workflow), slots));
      }),
    );
  });

  it('of 5,000 nodes in a chain is written and read', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, n) => [
        String(5_000 - n),
        node('Any', n === 4_999 ? {} : { before: [String(4_999 - n), 0] }),
      ]),
    );
    expect(roundTrip(chain)).toEqual(chain);
  });
});

describe('values', () => {
  it.each<InputValue>([
    2n ** 64n - 1n,
    -(2n ** 63n),
    1e21,
    1e20,
    5e-324,
    '1e20',
    '-0',
    'naïve',
    '\ud800',
  ])('%s keeps its type', (value) => expect(valueBack(value)).toBe(value));

  it('of minus zero are zero, as in JSON', () => expect(valueBack(-0)).toBe(0));
});

describe('what is no workflow', () => {
  it.each([
    ['', /no nodes/],
    ['4', /Line 1, column 2: a class must stand here/],
    ['4 Ckpt a\n4 Ckpt b', /Line 2, column 1: node 4 stands above already/],
    ['6 Text @4.1 x', /Line 1, column 8: node 4 does not stand above/],
    ['6 Text ["4",1] x', /Line 1, column 8: node 4 does not stand above/],
    ['1 Int 1 2', /Line 1, column 9: all 1 inputs stand before; write name=value/],
    ['1 Own 1', /Line 1, column 7: Own is not in the dictionary; write name=value/],
    ['1 Int value=1 value=2', /Line 1, column 15: value stands twice/],
    ['1 Int "abc', /Line 1, column 7: the text that begins here does not end/],
    ['1 Int "a\\x"', /Line 1, column 7: this is no text as JSON/],
    ['1 Own "a\\x"=1', /Line 1, column 7: this is no text as JSON/],
    ['1 Int $size', /\$size" is no placeholder; those are \$prompt, \$negative/],
    ['1 Int $constructor', /is no placeholder/],
    ['1 Int $width', /Line 1, column \d+: \$width needs a value/],
    ['1 Int 1)', /Line 1, column 8: "\)" can't stand here/],
    ['1 Int {"a" 1}', /column 12: ":" must stand here/],
    ['1 Int [1 2]', /column 10: "," or "\]" must stand here/],
    ['1 Int [1', /"," or "\]" must stand here/],
    ['1 Int 1e999', /1e999 is too large/],
    ['1 Int -x', /"-x" is no number/],
    [`1 Int ${'['.repeat(70)}`, /nested deeper than 64/],
    ['1 Int 1 ;"x" 2', /nothing may follow a title/],
    ['1 Int 1 ;5', /a title in quotes, or an object/],
    ['1 (', /a text in quotes must stand here, not "\("/],
    ['{"3":{}}', /Line 1, column 1: a node's id must stand here, not "\{"/],
    ['__proto__ Int 1', /can't be the name of a node/],
    ['1 Int 99999999999999999999999', /64 bits/],
  ])('%j', (text, message) => {
    expect(() => expandWorkflow(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_WORKFLOW',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('is never an error of another kind, whatever the text', () => {
    const scraps = fc.constantFrom(
      ...'4 Text @4.1 "a\\ $prompt : ~ ; - = [ ] { } 1e5 null \n Ckpt'.split(' '),
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(scraps, fc.string({ unit: 'binary' }))), (parts) => {
        try {
          expandWorkflow(parts.join(''));
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_WORKFLOW' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the nodes before the fault', () => {
    const { workflow, fault } = readWorkflow(
      '4 Ckpt a\n6 Text @4.1 $prompt\n7 Text @9 x\n8 Decode',
    );
    expect(Object.keys(workflow)).toEqual(['4', '6']);
    expect(fault?.details).toEqual({ line: 3, column: 8 });
  });
});

describe('the dictionary', () => {
  it('knows each class, code and input once, and no code is a class', () => {
    const codes = DICTIONARY.map(({ code }) => code);
    const classes = DICTIONARY.map((entry) => entry.classType);
    expect(new Set([...codes, ...classes]).size).toBe(codes.length + classes.length);
    for (const code of codes) expect(coreCatalogue).not.toHaveProperty(code);
    for (const { inputs } of DICTIONARY) expect(new Set(inputs).size).toBe(inputs.length);
  });

  it('has for each class the inputs that ComfyUI declares', () => {
    for (const { classType: name, inputs } of DICTIONARY) {
      const { required, optional } = coreCatalogue[name]?.input ?? {};
      expect([name, [...inputs].sort()]).toEqual([
        name,
        Object.keys({ ...required, ...optional }).sort(),
      ]);
    }
  });
});

describe('the grammar', () => {
  const { regex } = notationGrammar(flows);
  const whole = new RegExp(`^(?:${regex})$`, 'u');
  const written = flows.map(({ workflow, slots }) =>
    compactWorkflow(workflow, { slots, meta: false }),
  );

  it.each(written.map((text, index) => [flows[index]!.id, text] as const))(
    'has %s in it',
    (_id, text) => expect(text).toMatch(whole),
  );

  it.each([
    '',
    '4 Nothing',
    '4 Ckpt',
    '4 Ckpt "a\n5 Save',
    'Sure! 4 Ckpt a',
    '4 Ckpt a\n',
    '4 Ckpt {}',
  ])('has %j in it only if it can be read so far', (text) =>
    expect(whole.test(text)).toBe(text === '4 Ckpt'),
  );

  it('knows only the classes of its flows', () => {
    const one = notationGrammar([{ classes: ['SaveImage', 'My.Node'] }]);
    expect('9 Save @8').toMatch(new RegExp(`^(?:${one.regex})$`));
    expect('9 Decode @8').not.toMatch(new RegExp(`^(?:${one.regex})$`));
    expect(one.gbnf).toContain(String.raw`class ::= "\"My.Node\"" | "Save"`);
  });
});
