/**
 * State machines of Terraform and OpenTofu: a plan or a state as `terraform show -json` prints it, and the file in which a state
 * is kept, as `terraform state pull` prints it.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
import { isJsonArray, itemsOf, memberOf, type Json } from '../../base/json.ts';
import type { FoundMachine } from './machines-in.ts';

/** What Terraform calls a state machine. */
export const TYPE = 'aws_sfn_state_machine';

export function isTerraform(document: Json): boolean {
  return typeof memberOf(document, 'format_version') === 'string';
}

/** `terraform.tfstate` */
export function isTerraformState(document: Json): boolean {
  return (
    typeof memberOf(document, 'terraform_version') === 'string' &&
    isJsonArray(memberOf(document, 'resources'))
  );
}

export function machinesInTerraformState(document: Json): FoundMachine[] {
  return itemsOf(memberOf(document, 'resources'))
    .filter((resource) => memberOf(resource, 'type') === TYPE)
    .flatMap((resource) =>
      itemsOf(memberOf(resource, 'instances')).map((instance) => {
        const definition = memberOf(memberOf(instance, 'attributes'), 'definition');
        return machineOf(addressOf(resource, instance), definition);
      }),
    );
}

/** `module.shop.aws_sfn_state_machine.checkout["eu"]` */
function addressOf(resource: Json, instance: Json): string {
  const module = memberOf(resource, 'module');
  const index = memberOf(instance, 'index_key');
  const named = `${TYPE}.${String(memberOf(resource, 'name') ?? '')}`;
  return `${typeof module === 'string' ? `${module}.` : ''}${named}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`;
}

function machineOf(name: string, definition: Json | undefined): FoundMachine {
  return typeof definition === 'string' && definition !== ''
    ? { name, definition }
    : { name, problem: 'its definition is known only after apply: pass the definition itself' };
}

export function machinesInTerraform(document: Json): FoundMachine[] {
  const values = memberOf(document, 'planned_values') ?? memberOf(document, 'values');
  return [...machinesInModule(memberOf(values, 'root_module'))];
}

function* machinesInModule(module: Json | undefined): Generator<FoundMachine> {
  for (const resource of itemsOf(memberOf(module, 'resources'))) {
    if (memberOf(resource, 'type') !== TYPE) continue;
    const name = String(memberOf(resource, 'address') ?? memberOf(resource, 'name') ?? '');
    yield machineOf(name, memberOf(memberOf(resource, 'values'), 'definition'));
  }
  for (const child of itemsOf(memberOf(module, 'child_modules'))) yield* machinesInModule(child);
}
