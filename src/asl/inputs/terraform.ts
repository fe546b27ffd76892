/** State machines of a plan or state as `terraform show -json` prints it. https://developer.hashicorp.com/terraform/internals/json-format */
import { isArray, isObject, member } from '../json.ts';
import type { Json } from '../task.ts';
import type { FoundMachine } from './machines-in.ts';

export function isTerraform(document: Json): boolean {
  return typeof member(document, 'format_version') === 'string';
}

export function machinesInTerraform(document: Json): FoundMachine[] {
  const values = member(document, 'planned_values') ?? member(document, 'values');
  return [...machinesInModule(member(values, 'root_module'))];
}

function* machinesInModule(module: Json | undefined): Generator<FoundMachine> {
  for (const resource of listIn(module, 'resources')) {
    if (member(resource, 'type') !== 'aws_sfn_state_machine') continue;
    const name = String(member(resource, 'address') ?? member(resource, 'name') ?? '');
    const definition = member(member(resource, 'values'), 'definition');
    yield typeof definition === 'string'
      ? { name, definition }
      : { name, problem: 'its definition is known only after apply: give the definition itself' };
  }
  for (const child of listIn(module, 'child_modules')) yield* machinesInModule(child);
}

function listIn(holder: Json | undefined, key: string): readonly Json[] {
  const list = isObject(holder) ? holder[key] : undefined;
  return isArray(list) ? list : [];
}
