/** `kubectl crossaccountlink permissions`: the derived policy of a definition, and what is left to decide. */
import { MAX_DEFINITION_LENGTH, parseDefinition } from '../asl/definition.ts';
import { derivePermissions } from '../asl/derive.ts';
import type { Derivation } from '../asl/derive.ts';
import type { Place } from '../asl/integrations/resources.ts';
import { policyToJson } from '../policy/print.ts';
import { EXIT } from './io.ts';
import type { ExitStatus, Io } from './io.ts';
import { describePermissions } from './permissions-text.ts';

export interface PermissionsOptions {
  readonly targetAccount: string;
  readonly region: string;
  readonly partition?: string;
  readonly output?: string;
}

/** Prints the policy; the status tells whether some Task needs a decision. Throws an error with a message for people. */
export async function permissions(path: string, options: PermissionsOptions, io: Io): Promise<ExitStatus> {
  const place = placeFrom(options);
  const definition = parseDefinition(await readDefinition(path, io));
  const derivation = derivePermissions(definition.tasks, place);
  io.write(options.output === 'json' ? printJson(derivation) : describePermissions(derivation, place));
  return derivation.diagnostics.some(({ blocking }) => blocking) ? EXIT.attention : EXIT.done;
}

function placeFrom({ targetAccount, region, partition, output }: PermissionsOptions): Place {
  if (output !== undefined && output !== 'json') throw new Error(`--output ${output}: only json is known`);
  if (!/^\d{12}$/.test(targetAccount))
    throw new Error(`--target-account ${targetAccount}: twelve digits, please`);
  if (!/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region))
    throw new Error(`--region ${region}: a Region looks like us-east-1`);
  if (partition !== undefined && !/^aws(?:-[a-z]+)*$/.test(partition)) {
    throw new Error(`--partition ${partition}: a partition is aws, aws-cn or aws-us-gov`);
  }
  return { accountId: targetAccount, region, partition: partition ?? partitionOf(region) };
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The definition as JSON text; what is no JSON is read as YAML, as AWS's own tools do. */
async function readDefinition(path: string, io: Io): Promise<string> {
  const text = await io.read(path);
  if (/^\s*\{/.test(text)) return text;
  if (text.length > MAX_DEFINITION_LENGTH) throw new Error(`${path}: larger than any definition AWS takes`);
  const { parse } = await import('yaml');
  return JSON.stringify(parse(text) ?? null);
}

function printJson({ statements, tasks, diagnostics }: Derivation): string {
  const json = {
    policy: policyToJson({ version: '2012-10-17', statements }),
    tasks: tasks.map(({ name, resource, sids }) => ({ name, resource, statements: sids })),
    diagnostics: diagnostics.map(({ task, reason, message }) => ({ task, reason, message })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
