/**
 * The API server's refusal of a manifest in words for people: one problem after the other, with what to write if the API
 * server's own words leave that open.
 */
import type { FieldSchema } from '../../api/field-schema.ts';
import { schemas } from '../../api/schemas.ts';
import { didYouMean } from '../../base/suggest.ts';

/** The refusal in these words.
 *  @param reason on one line, without what precedes the list of problems */
export function refusalWords(kind: string, reason: string): string {
  const root = kind === 'AWSAccount' ? schemas.AWSAccount : schemas.CrossAccountLink;
  const unknown = [...reason.matchAll(UNKNOWN_FIELD)];
  if (unknown.length > 0)
    return unknown.map(([text, path = '']) => `${text}${otherName(root, path)}`).join('; ');
  const problems = problemsIn(reason);
  // That rules were not evaluated is not worth saying beside other problems.
  const reported = problems.filter((problem) => !problem.startsWith('<nil>: '));
  return (reported.length === 0 ? problems : reported)
    .map((problem) => `${problem}${remedy(kind, root, problem)}`)
    .join('; ');
}

const UNKNOWN_FIELD = /unknown field "([^"]*)"/g;

/** Go prints a list in brackets. */
function problemsIn(reason: string): readonly string[] {
  if (!reason.startsWith('[') || !reason.endsWith(']')) return [reason];
  return reason.slice(1, -1).split(/, (?=(?:spec|metadata)[\w.:[\]/-]*: |<nil>: )/);
}

function otherName(root: FieldSchema, path: string): string {
  const [, parent, name = path] = /^(.*)\.([^.]+)$/.exec(path) ?? [];
  if (parent === undefined) return elsewhere(root, name);
  const [, list] = /^(.*)\[\d+\]$/.exec(parent) ?? [];
  if (list !== undefined && schemaAt(root, list)?.type === 'object') return ` (${list} is not a list)`;
  const known = Object.keys(schemaAt(root, parent)?.properties ?? {});
  const meant = didYouMean(name, known).slice(': '.length);
  if (meant !== '') return ` (${meant})`;
  return known.length === 0 ? '' : ` (known there: ${known.join(', ')})`;
}

/** About a field that was written beside the spec. */
function elsewhere(root: FieldSchema, name: string): string {
  return Object.hasOwn(root.properties ?? {}, name) ? ' (it belongs below spec)' : '';
}

/** What to write, if the API server only says what it expects. */
function remedy(kind: string, root: FieldSchema, problem: string): string {
  const [, path = '', wanted = '', found = ''] =
    /: (\S+) in body must be of type (\w+): "(\w*)"$/.exec(problem) ?? [];
  if (path !== '') return remedyOfType(schemaAt(root, path), wanted, found);
  const [, matched] = /: (\S+) in body should match '/.exec(problem) ?? [];
  if (matched !== undefined) return ` (see "kubectl explain ${explained(kind, matched)}")`;
  return problem.endsWith(' in body should have at least 1 items')
    ? ' (leave the field out, or name one)'
    : '';
}

function remedyOfType(schema: FieldSchema | undefined, wanted: string, found: string): string {
  if (wanted === 'string' && ['integer', 'number', 'boolean'].includes(found)) return ' (put it in quotes)';
  if (found === 'string' && wanted !== 'array' && wanted !== 'object') return ' (write it without quotes)';
  if (wanted === 'array') return ' (write a list: [a, b], or a line with "- " for each)';
  const fields = Object.keys(schema?.properties ?? {});
  if (wanted !== 'object' || fields.length === 0) return '';
  const blank = found === 'string' ? ', each with a space after its colon' : '';
  return ` (it has fields of its own: ${fields.slice(0, 4).join(', ')}${fields.length > 4 ? ', …' : ''}${blank})`;
}

function explained(kind: string, path: string): string {
  return `${kind.toLowerCase()}.${path.replaceAll(/\[\d+\]/g, '')}`;
}

/** The schema of a field, by its path as the API server writes it: `spec.access[0].namespaces`. */
function schemaAt(root: FieldSchema, path: string): FieldSchema | undefined {
  const steps = path.split(/\.|(?=\[)/).slice(1);
  return steps.reduce<FieldSchema | undefined>((at, step) => {
    if (step.startsWith('[')) return at?.items;
    const named = at?.properties;
    return named !== undefined && Object.hasOwn(named, step) ? named[step] : at?.additionalProperties;
  }, root);
}
