/**
 * Would the API server admit a manifest? Answered from the CRDs as this program knows them, for when the API server cannot be
 * asked.
 */
import { schemas } from '../../api/schemas.ts';
import { objectAt, stringAt, type Json, type JsonObject } from '../../base/json.ts';
import { completed, unknownFields } from './defaults.ts';
import { blockingProblem, problem, type Problem } from './problem.ts';
import { quoted } from './quoted.ts';
import { ruleProblems } from './rules.ts';
import { valueProblems } from './values.ts';

export type Admission =
  | {
      readonly admitted: true;
      /** With defaults, as it would stand in the cluster. */ readonly object: JsonObject;
    }
  | { readonly admitted: false; /** In the API server's words. */ readonly reason: string };

/** Checks a manifest; returns what the API server would say, or the completed object.
 *  @param known the existing object of that name */
export function admit(
  kind: keyof typeof schemas,
  manifest: JsonObject,
  known: JsonObject | undefined,
): Admission {
  const schema = schemas[kind];
  const unknown = [
    ...Object.keys(manifest).filter((key) => !TOP_LEVEL.has(key)),
    ...unknownFields(schema, manifest['spec'], 'spec'),
  ];
  if (unknown.length > 0) return refused(unknown.map((field) => `unknown field "${field}"`).join(', '));
  const spec = completed(schema, manifest['spec'] ?? null);
  const problems = [...nameProblems(manifest), ...specProblems(kind, spec)];
  if (problems.some(({ blocksRules }) => blocksRules)) problems.push(BLOCKED);
  else problems.push(...ruleProblems(schema, spec, known?.['spec'], 'spec'));
  if (problems.length > 0) return refused(worded(problems));
  return { admitted: true, object: { ...manifest, spec } };
}

const TOP_LEVEL: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

function refused(reason: string): Admission {
  return { admitted: false, reason };
}

/** Joined as Go's libraries print a list of errors. */
function worded(problems: readonly Problem[]): string {
  const texts = [...new Set(problems.map(({ path, text }) => `${path}: ${text}`))];
  return texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
}

const BLOCKED = problem(
  '<nil>',
  'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

function specProblems(kind: keyof typeof schemas, spec: Json): readonly Problem[] {
  return spec === null
    ? [blockingProblem('spec', 'Required value')]
    : [...valueProblems(schemas[kind], spec, 'spec')];
}

const NO_SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with " +
  "an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const NO_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  'alphanumeric character';
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** What is wrong with the names in a manifest whose namespace does not exist yet, in the API server's words. The API server
 *  itself would only answer that there is no such namespace. */
export function misnaming(manifest: JsonObject): string | undefined {
  const namespace = stringAt(objectAt(manifest, 'metadata'), 'namespace') ?? '';
  const off = LABEL.test(namespace)
    ? []
    : [problem('metadata.namespace', `Invalid value: ${quoted(namespace)}: ${NO_LABEL}`)];
  const problems = [...off, ...nameProblems(manifest)];
  return problems.length === 0 ? undefined : worded(problems);
}

function nameProblems(manifest: JsonObject): readonly Problem[] {
  const name = stringAt(objectAt(manifest, 'metadata'), 'name') ?? '';
  if (name === '')
    return [blockingProblem('metadata.name', 'Required value: name or generateName is required')];
  const off = (what: string) => problem('metadata.name', `Invalid value: ${quoted(name)}: ${what}`);
  return [
    ...(name.length > 253 ? [off('must be no more than 253 characters')] : []),
    ...(SUBDOMAIN.test(name) ? [] : [off(NO_SUBDOMAIN)]),
  ];
}
