/**
 * State machines of Pulumi: a stack as `pulumi stack export` prints it, what `pulumi preview --json` foresees, and a program in
 * YAML.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/
 */
import { isArray, isObject, member } from '../json.ts';
import type { Json } from '../task.ts';
import type { FoundMachine } from './machines-in.ts';

/** `aws:sfn/stateMachine:StateMachine`, in a program `aws:sfn:StateMachine`, and AWS's native provider. */
const TYPE = /^(?:aws:sfn(?:\/stateMachine)?|aws-native:stepfunctions):StateMachine$/;

export function isPulumi(document: Json): boolean {
  return (
    isArray(member(member(document, 'deployment'), 'resources')) ||
    isArray(member(document, 'steps')) ||
    (member(document, 'runtime') !== undefined && isObject(member(document, 'resources')))
  );
}

export function machinesInPulumi(document: Json): FoundMachine[] {
  const resources = member(document, 'resources');
  return [
    ...listOf(member(member(document, 'deployment'), 'resources')).flatMap(machineOf),
    ...listOf(member(document, 'steps')).flatMap((step) => machineOf(member(step, 'newState') ?? null)),
    ...Object.entries(isObject(resources) ? resources : {}).flatMap(([name, resource]) =>
      isMachine(resource) ? [found(name, [member(resource, 'properties')])] : [],
    ),
  ];
}

function isMachine(resource: Json): boolean {
  return TYPE.test(String(member(resource, 'type')));
}

function machineOf(resource: Json): FoundMachine[] {
  if (!isMachine(resource)) return [];
  const urn = String(member(resource, 'urn') ?? '');
  const name = urn.slice(urn.lastIndexOf('::') + 2);
  return [found(name, [member(resource, 'outputs'), member(resource, 'inputs')])];
}

function found(name: string, holders: readonly (Json | undefined)[]): FoundMachine {
  for (const holder of holders) {
    for (const key of ['definition', 'definitionString']) {
      const text = member(holder, key);
      if (typeof text === 'string' && text.trimStart().startsWith('{')) return { name, definition: text };
      if (isObject(text) && isObject(text['States'])) return { name, definition: JSON.stringify(text) };
    }
  }
  return { name, problem: 'its definition is known only after it is deployed: give the definition itself' };
}

function listOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}
