/**
 * Which parameters of an SDK operation name the resources of its IAM action: drawn from the service models by
 * scripts/generate-iam-tables.ts.
 *
 * The table maps a service, as Step Functions writes it, to a text of lines `uses=operations`. A use is
 * `<type>[!]:<sources>`: the type by its place in the list of `iam-data.ts`, `!` where the action always needs it, and for
 * each of its forms (separated by `/`) what fills the parts of the ARN (by `,`): parameters (by `|`; behind a `@`
 * one that takes whole ARNs alone, behind a `#` one that takes a number), `*` for an identifier that AWS makes, `?` for what no parameter names.
 */
import table from './generated/operations.json' with { type: 'json' };
import { iamPrefixOf } from './aws-sdk/iam-prefixes.ts';
import { arnFormsOf } from './iam-data.ts';
import type { ArnForm } from './iam-data.ts';

/** A type of resource that an operation acts on. */
export interface OperationUse {
  readonly required: boolean;
  readonly forms: readonly SourcedForm[];
}

export interface SourcedForm {
  readonly form: ArnForm;
  /** The sources of each part of the ARN's resource, in order. */
  readonly parts: readonly PartSource[];
}

export interface PartSource {
  /** Parameters; a call gives one or another of them. */
  readonly names: readonly string[];
  /** Parameters that take only whole ARNs. */
  readonly arns: readonly string[];
  /** Those of `names` that take a number. */
  readonly numbers: readonly string[];
  /** If no parameter is given: AWS makes the identifier, or nothing names it. */
  readonly otherwise: 'made' | 'unstated';
}

const SERVICES: ReadonlyMap<string, string> = new Map(Object.entries(table));
const decoded = new Map<string, ReadonlyMap<string, string>>();

let namesByPrefix: ReadonlyMap<string | undefined, readonly string[]> | undefined;

/**
 * The service's name in the table, if the operation is listed. The SDK spells a few services with `service` at their end. A name
 * that is the prefix in IAM (`logs`) means the service that the SDK calls something else (`cloudwatchlogs`).
 */
export function modelledAs(service: string, api: string): string | undefined {
  const own = [service, `${service}service`].find((name) => SERVICES.has(name));
  if (own !== undefined) return linesOf(own).has(api) ? own : undefined;
  namesByPrefix ??= Map.groupBy(SERVICES.keys(), iamPrefixOf);
  return namesByPrefix.get(iamPrefixOf(service))?.find((name) => linesOf(name).has(api));
}

/** What an operation (`getObject`) acts on; undefined if its action takes no resource, or the operation is not known. */
export function usesOf(service: string, api: string, prefix: string): readonly OperationUse[] | undefined {
  const model = modelledAs(service, api);
  const uses = model === undefined ? undefined : linesOf(model).get(api);
  return uses?.split(' ').map((use) => decodeUse(use, arnFormsOf(prefix)));
}

function linesOf(service: string): ReadonlyMap<string, string> {
  const lines = decoded.get(service) ?? decode(SERVICES.get(service) ?? '');
  decoded.set(service, lines);
  return lines;
}

function decode(packed: string): ReadonlyMap<string, string> {
  const lines = packed.split('\n').filter((line) => line !== '');
  return new Map(
    lines.flatMap((line) => {
      const [uses = '', names = ''] = line.split('=');
      return names.split(' ').map((name): [string, string] => [name, uses]);
    }),
  );
}

function decodeUse(use: string, types: readonly (readonly ArnForm[])[]): OperationUse {
  const [, type = '', always, sources = ''] = /^(\d+)(!?):(.*)$/.exec(use) ?? [];
  const forms = types[Number(type)] ?? [];
  const packed = sources.split('/');
  return {
    required: always === '!',
    forms: forms.map((form, at) => ({ form, parts: decodeParts(packed[at] ?? '') })),
  };
}

function decodeParts(packed: string): PartSource[] {
  if (packed === '') return [];
  return packed.split(',').map((part) => {
    const paths = part.split('|');
    return {
      names: paths.filter((path) => !/^[@*?]/.test(path)).map((path) => path.replace('#', '')),
      numbers: paths.filter((path) => path.startsWith('#')).map((path) => path.slice(1)),
      arns: paths.filter((path) => path.startsWith('@')).map((path) => path.slice(1)),
      otherwise: paths.includes('*') ? 'made' : 'unstated',
    };
  });
}
