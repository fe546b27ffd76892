/** JSONata is computed as far as the definition gives its values: held to JSONata's own implementation. */
import * as fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from '@jest/globals';
import { evaluateJsonata } from '../../../src/asl/expressions/jsonata.ts';
import { fromJson, HOLE, unknown } from '../../../src/asl/expressions/known.ts';
import type { Known } from '../../../src/asl/expressions/known.ts';

/** `$x` is known at run time only; `$name`, `$list`, `$rate`, `$config` are constants. */
const CONSTANTS = {
  name: 'Orders',
  list: ['a', 'b'],
  rate: 1.5,
  config: { table: 'orders', region: 'us-east-1', tags: [{ key: 'k' }] },
} as const;
const SCOPE = {
  input: unknown('the input'),
  variables: new Map([
    ['name', fromJson(CONSTANTS.name)],
    ['list', fromJson([...CONSTANTS.list])],
    ['rate', fromJson(CONSTANTS.rate)],
    ['config', fromJson({ ...CONSTANTS.config, tags: [{ key: 'k' }] })],
  ]),
};

function evaluate(text: string): Known {
  return evaluateJsonata(`{% ${text} %}`, SCOPE);
}

/** Texts with `…` for what is known only at run time; undefined if that is everything. */
function textsOf(known: Known): string[] | undefined {
  if (known.kind === 'oneOf') return known.options.flatMap((option) => textsOf(option) ?? []);
  if (known.kind === 'text') return [known.text.replaceAll(HOLE, '…')];
  return known.kind === 'scalar' ? [String(known.value)] : undefined;
}

describe('a name is known that', () => {
  const known: [expression: string, ...texts: string[]][] = [
    ['$lowercase($name)', 'orders'],
    ["$uppercase('a-' & $x & '-b')", 'A-…-B'],
    ["$trim('  a   b ')", 'a b'],
    ['$substring($name, 0, 3)', 'Ord'],
    ['$substring($name, -2)', 'rs'],
    ["$substring('orders-' & $x, 0, 6)", 'orders'],
    ["$substring('orders-' & $x, 2)", 'ders-…'],
    ["$substring('ab' & $x, 0, 4)", 'ab…'],
    ["$substringBefore('a:b:c', ':')", 'a'],
    ["$substringAfter('a:b:c', ':')", 'b:c'],
    ["$substringAfter('arn:' & $x, 'arn:') & '-t'", '…-t'],
    ["$replace('a/b/c', '/', '-')", 'a-b-c'],
    ["$join(['a', 'b', $name], '-')", 'a-b-Orders'],
    ["$join(['a', $string(7)])", 'a7'],
    ["$join($split('a,b', ','), '-')", 'a-b'],
    ["$split('us-east-1', '-')[1]", 'east'],
    ["$merge([$config, {'table': 'items'}]).table", 'items'],
    ["$merge([$config, {'table': 'items'}]).region", 'us-east-1'],
    ["$merge([$x, {'table': 'items'}]).table", 'items'],
    ["$map($list, function($v) { 't-' & $v })[1]", 't-b'],
    ['$map($list, function($v, $i) { $v & $i })[1]', 'b1'],
    ['$map($list, $uppercase)[0]', 'A'],
    ["$map(['a'], function($v) { $v & 'x' })", 'ax'],
    ["$append($list, 'c')[2]", 'c'],
    ["$lookup($config, 'table')", 'orders'],
    ["'n' & $count($list)", 'n2'],
    ["$contains($name, 'Ord') ? 'yes' : 'no'", 'yes'],
    ["$config.region = 'us-east-1' ? 'east' : 'else'", 'east'],
    ["$not($config.region = 'us-east-1') ? 'east' : 'else'", 'else'],
    ["$exists($config.table) ? $config.table : 'none'", 'orders'],
    ["$x = 'p' ? 'a' : 'b'", 'a', 'b'],
    // A fraction is no text that is spelled like it, and equals the same number wherever it comes from.
    ["1.5 = '1.5' ? 'a' : 'b'", 'a', 'b'],
    ["1.5 != '1.5' ? 'a' : 'b'", 'a', 'b'],
    ["$rate = 1.5 ? 'a' : 'b'", 'a', 'b'],
    ["'v' & 1.5", 'v1.5'],
    ['$parse(\'{"a": "b"}\').a', 'b'],
    ["($a := 'x'; $b := $a & 'y'; $b & $x)", 'xy…'],
    ["($f := function($s) { $s & '-t' }; $f($name))", 'Orders-t'],
    ['$name ~> $lowercase ~> $substring(0, 3)', 'ord'],
    ["($lowercase := function($s) { 'mine' }; $lowercase($name))", 'mine'],
    ["'b-' & $x[0].y & '-' & $x[z = 1].w", 'b-…-…'],
    ["'b-' & $x.y.{'a': b} & /* a remark */ '-t'", 'b-…-t'],
    ["'t-' & $replace($x, /[^a-z]/, '')", 't-…'],
    ["'t-' & ($x^(<a, >b))[0].c", 't-…'],
    ["$states.input.a & '-t'", '…-t'],
    ["[1..3][0] & '-t'", '…-t'],
  ];
  for (const [expression, ...texts] of known) {
    it(expression, () => {
      expect(textsOf(evaluate(expression))).toStrictEqual(texts);
    });
  }
});

describe('nothing is known of', () => {
  const hidden = [
    '$x',
    '$uppercase($x)',
    '$now()',
    '$replace($name, /r/, "s")',
    '$replace("a", "a", "$1")',
    "$substringBefore('ab' & $x, 'bc')",
    "$substringBefore('a' & $x & 'b:c', ':')",
    "$substring('orders-' & $x, -2)",
    "($f := function($s) { $s }; $g := function($s) { 'b' }; $f ~> $g)",
    "$map($list, function($v) { $v = 'a' ? $v })",
    '$map($list, $substring)',
    "($x = 'p' ? $y := 'a'; $y)",
    '$uppercase("ß")',
    '$list.key',
    '$config.tags.key',
    "$merge([{'a': 'b'}, $x]).a",
    "($f := function($n) { $f($n) }; $f('a'))",
  ];
  for (const expression of hidden) {
    it(expression, () => {
      expect(evaluate(expression).kind).toBe('unknown');
    });
  }
});

describe('an expression that would take long is given up', () => {
  const doubled = Array.from({ length: 60 }, (_, at) => `$a${at + 1} := $a${at} & $a${at};`).join(' ');
  const spread = Array.from({ length: 40 }, (_, at) => `$a${at + 1} := $append($a${at}, $a${at});`).join(' ');
  const calls = Array.from(
    { length: 20 },
    (_, at) => `$f${at + 1} := function($v) { $f${at}($f${at}($v)) };`,
  ).join(' ');
  const hostile: [what: string, expression: string][] = [
    ['a text that doubles', `($a0 := 'xy'; ${doubled} $a60)`],
    ['a list that doubles', `($a0 := ['x', 'y']; ${spread} $join($a40))`],
    ['calls that double', `($f0 := function($v) { $v & 'x' }; ${calls} $f20('a'))`],
    [
      'maps within maps',
      `($l := $split('${'a,'.repeat(60)}a', ','); $map($l, function($a) { $join($map($l, function($b) { $join($map($l, function($c) { $c })) })) })[0])`,
    ],
    ['brackets within brackets', `${'('.repeat(2_000)}'a'${')'.repeat(2_000)}`],
  ];
  for (const [what, expression] of hostile) {
    it(what, () => {
      let steps = 0;
      const known = evaluateJsonata(`{% ${expression} %}`, SCOPE, (taken) => {
        steps += taken;
        return true;
      });
      expect(known.kind).toBe('unknown');
      expect(steps).toBeLessThan(40_000);
    });
  }
});

const { expression: EXPRESSION } = fc.letrec<{ expression: string; list: string }>((tie) => {
  const made = tie('expression');
  const leaf = fc.constantFrom(
    "'a'",
    '"b c"',
    "'*'",
    "'x-y'",
    '$x',
    '$z',
    '$missing',
    '7',
    '$name',
    '$config.table',
    '$list[1]',
    'null',
    'true',
  );
  const two = (put: (a: string, b: string) => string) => fc.tuple(made, made).map(([a, b]) => put(a, b));
  return {
    list: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom('$list', "['q']", '[]', "$split('a-b', '-')", '["a", ["b", "c"]]', '$z'),
      two((a, b) => `[${a}, ${b}]`),
      fc.tuple(tie('list'), made).map(([list, one]) => `$append(${list}, ${one})`),
      fc.tuple(tie('list'), made).map(([list, one]) => `$map(${list}, function($v) { $v & ${one} })`),
      tie('list').map((list) => `[${list}, 'z']`),
    ),
    expression: fc.oneof(
      { maxDepth: 3 },
      leaf,
      two((a, b) => `${a} & ${b}`),
      made.map((a) => `(${a})`),
      two((a, b) => `($x = 'p' ? ${a} : ${b})`),
      two((a, b) => `(${a} = ${b} ? ${a} : ${b})`),
      two((a, b) => `($v := ${a}; $v & ${b})`),
      two((a, b) => `(${a} != ${b})`),
      made.map((a) => `$uppercase($string(${a}))`),
      made.map((a) => `$lowercase(${a})`),
      made.map((a) => `$trim(${a})`),
      fc
        .tuple(made, fc.integer({ min: -3, max: 3 }), fc.option(fc.integer({ min: -1, max: 4 })))
        .map(([a, from, count]) => `$substring(${a}, ${from}${count === null ? '' : `, ${count}`})`),
      two((a, b) => `$substringBefore(${a}, ${b})`),
      two((a, b) => `$substringAfter(${a}, ${b})`),
      two((a, b) => `$replace(${a}, '-', ${b})`),
      two((a, b) => `$contains(${a}, ${b})`),
      two((a, b) => `$merge([$config, {'table': ${a}}, {'other': ${b}}, $w]).table`),
      made.map((a) => `$exists(${a})`),
      made.map((a) => `$not(${a})`),
      fc.tuple(tie('list'), fc.integer({ min: -2, max: 2 })).map(([list, at]) => `(${list})[${at}]`),
      fc.tuple(tie('list'), fc.constantFrom('-', '')).map(([list, by]) => `$join(${list}, '${by}')`),
      tie('list').map((list) => `$count(${list})`),
      made.map((a) => `${a} ~> $uppercase`),
    ),
  };
});

describe('laws', () => {
  it('JSONata comes out as it is foreseen', async () => {
    const word = fc.constantFrom('p', 'q', '*', '', 'a/b', 'A b');
    const wild = fc.oneof(word, fc.constantFrom(3, null, true), fc.array(word, { maxLength: 2 }));
    await fc.assert(
      fc.asyncProperty(EXPRESSION, wild, wild, async (text, x, z) => {
        const known = evaluate(text);
        if (known.kind === 'unknown') return;
        const value = await valueOf(text, { ...CONSTANTS, x, z, w: { w: z } });
        if (value !== FAILED && !isPossible(known, value)) expect({ text, known, value }).toBe('foreseen');
      }),
      { numRuns: 2_000 },
    );
  });
});

const FAILED = Symbol('an execution that has come to its end');

async function valueOf(text: string, variables: Record<string, unknown>): Promise<unknown> {
  try {
    return await jsonata(text).evaluate({}, variables);
  } catch {
    return FAILED;
  }
}

function isPossible(known: Known, value: unknown): boolean {
  if (known.kind === 'unknown') return true;
  if (known.kind === 'oneOf') return known.options.some((option) => isPossible(option, value));
  if (known.kind === 'scalar') return known.value === value;
  if (known.kind === 'array')
    return (
      Array.isArray(value) &&
      value.length === known.items.length &&
      known.items.every((item, at) => isPossible(item, value[at]))
    );
  if (known.kind !== 'text' || typeof value !== 'string') return false;
  const [first = '', ...rest] = known.text.split(HOLE);
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const [index, piece] of rest.entries()) {
    const found = index === rest.length - 1 ? value.length - piece.length : value.indexOf(piece, at);
    if (found < at || !value.startsWith(piece, found)) return false;
    at = found + piece.length;
  }
  return at === value.length;
}
