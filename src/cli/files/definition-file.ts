/** A file as one JSON value: JSON or YAML in any spelling, in any of the usual encodings. */
import type { Json } from '../../base/json.ts';
import { MAX_DEFINITION_LENGTH, MAX_NESTING } from '../../asl/definition/definition.ts';
import { quotePlaceholders } from '../../asl/inputs/machines-in.ts';
import { nestingDepth } from '../../asl/definition/json-text.ts';
import { sourceCode } from './source-code.ts';
import type { Tags } from 'yaml';

/** Templates are larger than definitions.
 *  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_FILE_LENGTH = 8 * MAX_DEFINITION_LENGTH;
/** Parsing YAML takes longer than JSON. */
const MAX_YAML_LENGTH = MAX_DEFINITION_LENGTH;

/** Parses the text as JSON, otherwise as YAML.
 *  @throws Error of one line that says what is wrong */
export async function parseFile(path: string, text: string): Promise<Json> {
  const clean = text.replace(/^\uFEFF/, '');
  if (clean.length > MAX_FILE_LENGTH) {
    throw new Error(
      `${path}: ${clean.length} characters, which is more than is accepted here (${MAX_FILE_LENGTH})`,
    );
  }
  if (/^\s*[{[]/.test(clean)) {
    if (nestingDepth(clean) > MAX_NESTING)
      throw new Error(`${path}: nested deeper than ${MAX_NESTING} levels`);
    const parsed = parseJson(clean) ?? parseJson(quotePlaceholders(clean));
    if (parsed !== undefined) return parsed.value;
  }
  return parseOther(path, clean);
}

/** Parses YAML; for the source of a tool, the error says how to get a definition out of it. */
async function parseOther(path: string, text: string): Promise<Json> {
  try {
    const value = await parseYaml(path, text);
    if (typeof value === 'object' && value !== null) return value;
    // JSON in a string, as `aws … describe-state-machine --query definition` prints it.
    if (typeof value === 'string' && /^\s*\{/.test(value)) return await parseFile(path, value);
    refuseSource(path, text);
    return value;
  } catch (error) {
    refuseSource(path, text);
    throw error;
  }
}

function refuseSource(path: string, text: string): void {
  const said = sourceCode(path, text);
  if (said !== undefined) throw new Error(`${path}: ${said}`);
}

function parseJson(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Flow style nests by brackets, block style by indentation: both are limited before anything is built. */
async function parseYaml(path: string, text: string): Promise<Json> {
  if (text.length > MAX_YAML_LENGTH) throw new Error(`${path}: larger than any definition that AWS accepts`);
  if (nestingDepth(text) > MAX_NESTING || blockDepth(text) > MAX_NESTING) {
    throw new Error(`${path}: nested deeper than ${MAX_NESTING} levels`);
  }
  // Through its default export: a bundle knows no other of a CommonJS package that is loaded lazily.
  const { parseDocument } = (await import('yaml')).default;
  const { refuseBombs, refuseDuplicateKeys, valueOf } = await import('./yaml.ts');
  const { orTemplate, yamlProblem } = await import('./yaml-problem.ts');
  try {
    refuseBombs(text);
    const customTags = await shortForms();
    const document = parseDocument(text, { merge: true, customTags, logLevel: 'error', uniqueKeys: false });
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`is neither JSON nor YAML: ${yamlProblem(error)}`);
    refuseDuplicateKeys(document);
    return JSON.parse(JSON.stringify(valueOf(document, 1_000) ?? null));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${path}: ${orTemplate(text, problem, 'as with helm template')}`, { cause: error });
  }
}

/** Deepest indentation, and the most dashes before one line: a block has no more levels. */
function blockDepth(text: string): number {
  let deepest = 0;
  for (const [blanks] of text.matchAll(/^(?:[ ]|- )*/gm)) deepest = Math.max(deepest, blanks.length / 2);
  return deepest;
}

/** CloudFormation's short forms, as `!Ref Table` for `{"Ref": "Table"}`. */
const INTRINSICS =
  'And Base64 Cidr Condition Equals FindInMap GetAtt GetAZs If ImportValue Join Not Or Ref Select Split Sub ToJsonString Transform'.split(
    ' ',
  );

async function shortForms(): Promise<Tags> {
  const { YAMLMap } = (await import('yaml')).default;
  return INTRINSICS.flatMap((name) => {
    const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
    const wrap = (value: unknown) => {
      const map = new YAMLMap();
      map.set(key, value);
      return map;
    };
    return [
      { tag: `!${name}`, resolve: (text: string) => wrap(text) },
      { tag: `!${name}`, collection: 'seq' as const, resolve: wrap },
      { tag: `!${name}`, collection: 'map' as const, resolve: wrap },
    ];
  });
}
