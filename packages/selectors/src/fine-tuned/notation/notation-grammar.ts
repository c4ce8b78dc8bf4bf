import { byClass } from './dictionary.ts';
import { writeName } from './write-value.ts';

/** A grammar of the notation, for servers that force a reply to follow one. */
export interface NotationGrammar {
  /** llama.cpp's GBNF: `--grammar-file`, or `grammar` in a request. */
  gbnf: string;
  /** A regular expression for the whole reply: vLLM's and SGLang's structured outputs, and others. */
  regex: string;
}

/**
 * The notation with only the node classes of these flows. Titles and values of nested JSON, which the safety policy
 * refuses anyway, are left out. A grammar keeps the form; that links lead to nodes above and that parts exist is
 * checked when the reply comes.
 *
 * ```text
 * workflow = node { newline node }         each node after those that feed it
 * node     = id class { value | "-" | name "=" value } [ ";" title ]
 * class    = code of the dictionary | name; values in the dictionary's order, "-" for an input that is absent
 * value    = "@" id [ "." output ]         a link; output 0 is not written
 *          | "$" slot [ ":" value ] [ "~" template ]   prompt, negative, seed, width, height, batch
 *          | number | true | false | null | word | JSON
 * ```
 */
export function notationGrammar(flows: readonly { classes: readonly string[] }[]): NotationGrammar {
  const names = [...new Set(flows.flatMap((flow) => flow.classes))].sort();
  const classes = names.map((name) => byClass.get(name)?.code ?? writeName(name));
  return { gbnf: gbnfOf(classes), regex: regexOf(classes) };
}

function gbnfOf(classes: readonly string[]): string {
  return [
    String.raw`root ::= node ("\n" node)*`,
    'node ::= id " " class (" " argument)*',
    'id ::= [0-9]+ (":" [0-9]+)*',
    `class ::= ${classes.map((name) => JSON.stringify(name)).join(' | ')}`,
    'argument ::= "-" | (name "=")? value',
    'name ::= [A-Za-z_] [A-Za-z0-9_]*',
    'value ::= link | slot | string | number | word',
    'link ::= "@" id ("." [0-9]+)?',
    'slot ::= filled ("~" string)?',
    'filled ::= "$prompt" | "$negative" (":" string)? | "$seed" | "$batch" | ("$width:" | "$height:") [0-9]+',
    'number ::= "-" [0-9]+ ("." [0-9]+)? ([eE] [-+]? [0-9]+)?',
    'word ::= [A-Za-z0-9_] [A-Za-z0-9_.+/-]*',
    String.raw`string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" hex hex hex hex))* "\""`,
    'hex ::= [0-9A-Fa-f]',
  ].join('\n');
}

// Numbers without a sign are words to a grammar: both are made of the same signs.
function regexOf(classes: readonly string[]): string {
  const id = '[0-9]+(:[0-9]+)*';
  const string = String.raw`"([^"\\\x00-\x1F]|\\(["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"`;
  const filled = String.raw`\$(prompt|negative(:${string})?|seed|batch|(width|height):[0-9]+)`;
  const values = [
    String.raw`@${id}(\.[0-9]+)?`,
    `${filled}(~${string})?`,
    string,
    String.raw`-[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?`,
    '[A-Za-z0-9_][A-Za-z0-9_.+/-]*',
  ];
  const argument = `(-|([A-Za-z_][A-Za-z0-9_]*=)?(${values.join('|')}))`;
  const name = classes
    .map((one) => one.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('|');
  const node = `${id} (${name})( ${argument})*`;
  return String.raw`${node}(\n${node})*`;
}
