/**
 * State machines of a `serverless.yml`: those of the plugin serverless-step-functions, and those among its CloudFormation
 * resources. What only a deployment fills in (`${self:custom.queue}`) stays a placeholder.
 * https://www.serverless.com/plugins/serverless-step-functions
 */
import { isJsonArray, isJsonObject, memberOf, membersOf, type Json } from '../../base/json.ts';
import type { FoundMachine, MachinePlace } from './machines-in.ts';
import { machinesInTemplate, withTexts } from './template.ts';

export function isServerless(document: Json): boolean {
  const provider = memberOf(document, 'provider');
  return (
    memberOf(document, 'stepFunctions') !== undefined ||
    (memberOf(document, 'service') !== undefined && (typeof provider === 'string' || isJsonObject(provider)))
  );
}

export function machinesInServerless(document: Json, place: MachinePlace): FoundMachine[] {
  const own = memberOf(document, 'stepFunctions');
  const machines = memberOf(own, 'stateMachines');
  const elsewhere = [own, machines].find((one) => typeof one === 'string');
  const resources = memberOf(document, 'resources');
  return [
    ...(elsewhere === undefined ? [] : [inAnotherFile('stepFunctions', elsewhere)]),
    ...membersOf(isJsonObject(machines) ? machines : {}).map(([name, machine]) =>
      machineOf(name, machine, place),
    ),
    ...(isJsonArray(resources) ? resources : [resources]).flatMap((one) =>
      one === undefined ? [] : machinesInTemplate(one, place),
    ),
  ];
}

function machineOf(name: string, machine: Json, place: MachinePlace): FoundMachine {
  if (typeof machine === 'string') return inAnotherFile(name, machine);
  const definition = memberOf(machine, 'definition');
  if (isJsonObject(definition)) return { name, definition: JSON.stringify(withTexts(definition, place)) };
  if (typeof definition !== 'string') return { name, problem: 'it has no definition' };
  return definition.startsWith('${') ? inAnotherFile(name, definition) : { name, definition };
}

function inAnotherFile(name: string, reference: Json): FoundMachine {
  return { name, problem: `${JSON.stringify(reference)} points to another file: pass that one` };
}
