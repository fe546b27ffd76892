/**
 * State machines of Terraform and OpenTofu: a plan or a state as `terraform show -json` prints it, and the file in which a state
 * is kept, as `terraform state pull` prints it.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
import { isArray, isObject, member } from '../json.ts';
import type { Json } from '../task.ts';
import type { FoundMachine } from './machines-in.ts';

export function isTerraform(document: Json): boolean {
  return typeof member(document, 'format_version') === 'string';
}

/** `terraform.tfstate` */
export function isTerraformState(document: Json): boolean {
  return typeof member(document, 'terraform_version') === 'string' && isArray(member(document, 'resources'));
}

export function machinesInTerraformState(document: Json): FoundMachine[] {
  return listIn(document, 'resources')
    .filter((resource) => member(resource, 'type') === TYPE)
    .flatMap((resource) =>
      listIn(resource, 'instances').map((instance) => {
        const definition = member(member(instance, 'attributes'), 'definition');
        return machineOf(addressOf(resource, instance), definition);
      }),
    );
}

/** `module.shop.aws_sfn_state_machine.checkout["eu"]` */
function addressOf(resource: Json, instance: Json): string {
  const module = member(resource, 'module');
  const index = member(instance, 'index_key');
  const named = `${TYPE}.${String(member(resource, 'name') ?? '')}`;
  return `${typeof module === 'string' ? `${module}.` : ''}${named}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`;
}

function machineOf(name: string, definition: Json | undefined): FoundMachine {
  return typeof definition === 'string' && definition !== ''
    ? { name, definition }
    : { name, problem: 'its definition is known only after apply: give the definition itself' };
}

const TYPE = 'aws_sfn_state_machine';

export function machinesInTerraform(document: Json): FoundMachine[] {
  const values = member(document, 'planned_values') ?? member(document, 'values');
  return [...machinesInModule(member(values, 'root_module'))];
}

function* machinesInModule(module: Json | undefined): Generator<FoundMachine> {
  for (const resource of listIn(module, 'resources')) {
    if (member(resource, 'type') !== TYPE) continue;
    const name = String(member(resource, 'address') ?? member(resource, 'name') ?? '');
    yield machineOf(name, member(member(resource, 'values'), 'definition'));
  }
  for (const child of listIn(module, 'child_modules')) yield* machinesInModule(child);
}

function listIn(holder: Json | undefined, key: string): readonly Json[] {
  const list = isObject(holder) ? holder[key] : undefined;
  return isArray(list) ? list : [];
}
