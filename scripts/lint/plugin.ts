/**
 * This project's own rules for the linter: each import and each global of src/ is checked with layers.ts, each regular expression
 * with bounded-expressions.ts.
 */
import { posix, relative, sep } from 'node:path';
import { boundedExpressions } from './bounded-expressions.ts';
import { globalProblem, importProblem, layerOf } from './layers.ts';

/** The parts of ESLint's plugin API (https://eslint.org/docs/latest/extend/custom-rules) that the rule uses. */
interface Node {
  readonly type: string;
}
interface Text extends Node {
  readonly value: unknown;
}
interface Importing extends Node {
  readonly source: Text | null;
}
interface Identifier extends Node {
  readonly name: string;
}
interface MemberExpression extends Node {
  readonly object: Node;
  readonly property: Node;
}
interface NewExpression extends Node {
  readonly callee: Node;
  readonly arguments: readonly Node[];
}
interface Context {
  readonly cwd: string;
  readonly filename: string;
  readonly sourceCode: { isGlobalReference(node: Node): boolean };
  report(problem: { readonly node: Node; readonly message: string }): void;
}

function layers(context: Context) {
  const path = relative(context.cwd, context.filename).split(sep).join('/');
  if (layerOf(path) === undefined) return {};
  const report = (node: Node, message: string | undefined): void => {
    if (message !== undefined) context.report({ node, message });
  };
  const checkImport = (node: Importing): void => {
    const specifier = node.source?.value;
    if (typeof specifier !== 'string') return;
    const isFile = specifier.startsWith('.');
    report(node, importProblem(path, isFile ? posix.join(posix.dirname(path), specifier) : specifier));
  };
  const isGlobal = (node: Node): node is Identifier =>
    isIdentifier(node) && context.sourceCode.isGlobalReference(node);
  return {
    ImportDeclaration: checkImport,
    ExportNamedDeclaration: checkImport,
    ExportAllDeclaration: checkImport,
    ImportExpression: checkImport,
    TSImportType: checkImport,
    Identifier(node: Identifier) {
      if (isGlobal(node)) report(node, globalProblem(path, node.name));
    },
    MemberExpression(node: MemberExpression) {
      if (isGlobal(node.object) && isIdentifier(node.property))
        report(node, globalProblem(path, `${node.object.name}.${node.property.name}`));
    },
    NewExpression(node: NewExpression) {
      if (isGlobal(node.callee) && node.arguments.length === 0)
        report(node, globalProblem(path, `new ${node.callee.name}()`));
    },
  };
}

function isIdentifier(node: Node): node is Identifier {
  return node.type === 'Identifier';
}

export default {
  meta: { name: 'project' },
  rules: { layers: { create: layers }, 'bounded-expressions': { create: boundedExpressions } },
};
