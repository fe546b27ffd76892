/**
 * State machines of Pulumi: a stack as `pulumi stack export` prints it, what `pulumi preview --json` foresees, and a program in
 * YAML.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/
 */
import { isJsonArray, isJsonObject, itemsOf, memberOf, membersOf, type Json } from '../../base/json.ts';
import type { FoundMachine } from './machines-in.ts';

/** `aws:sfn/stateMachine:StateMachine`, in a program `aws:sfn:StateMachine`, and AWS's native provider. */
const TYPE = /^(?:aws:sfn(?:\/stateMachine)?|aws-native:stepfunctions):StateMachine$/;

export function isPulumi(document: Json): boolean {
  return (
    isJsonArray(memberOf(memberOf(document, 'deployment'), 'resources')) ||
    isJsonArray(memberOf(document, 'steps')) ||
    (memberOf(document, 'runtime') !== undefined && isJsonObject(memberOf(document, 'resources')))
  );
}

export function machinesInPulumi(document: Json): FoundMachine[] {
  const resources = memberOf(document, 'resources');
  return [
    ...itemsOf(memberOf(memberOf(document, 'deployment'), 'resources')).flatMap(machineOf),
    ...itemsOf(memberOf(document, 'steps')).flatMap((step) => machineOf(memberOf(step, 'newState') ?? null)),
    ...membersOf(isJsonObject(resources) ? resources : {}).flatMap(([name, resource]) =>
      isMachine(resource) ? [found(name, [memberOf(resource, 'properties')])] : [],
    ),
  ];
}

function isMachine(resource: Json): boolean {
  return TYPE.test(String(memberOf(resource, 'type')));
}

function machineOf(resource: Json): FoundMachine[] {
  if (!isMachine(resource)) return [];
  const urn = String(memberOf(resource, 'urn') ?? '');
  const name = urn.slice(urn.lastIndexOf('::') + 2);
  return [found(name, [memberOf(resource, 'outputs'), memberOf(resource, 'inputs')])];
}

function found(name: string, holders: readonly (Json | undefined)[]): FoundMachine {
  for (const holder of holders) {
    for (const key of ['definition', 'definitionString']) {
      const text = memberOf(holder, key);
      if (typeof text === 'string' && text.trimStart().startsWith('{')) return { name, definition: text };
      if (isJsonObject(text) && isJsonObject(text['States']))
        return { name, definition: JSON.stringify(text) };
    }
  }
  return { name, problem: 'its definition is known only after it is deployed: pass the definition itself' };
}
