/** The formats of ARNs in the authorization data, against what a call's parameters say. */
import type { ArnForm } from '../iam-data.ts';
import { NONE, readEach, unreadable } from '../reading.ts';
import type { Call, Reading } from '../reading.ts';
import { namedArn, typePattern } from '../resources.ts';
import type { ArnOptions } from '../resources.ts';
import { ec2TypeOf } from './services/ec2-and-organizations.ts';

/** `table/{TableName}/index/{IndexName}` → `{TableName}`, `{IndexName}`. */
export function placeholdersOf({ resource }: ArnForm): string[] {
  return resource.match(/\{[^{}]+\}/g) ?? [];
}

/** The name of the type in its ARN: `cluster-snapshot:{Name}` → `clustersnapshot`. */
export function nounOf({ resource }: ArnForm): string {
  const [segment = ''] = resource.split(/[/:]/);
  return segment.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Whether a name means something in the caller's own Region and account. */
export function isHere({ region, account }: ArnForm): boolean {
  return (region === 'R' || region === '') && (account === 'A' || account === '');
}

export function typeOf(form: ArnForm): string {
  if (isAnyServices(form)) return 'arn:*:*:*:*:*:*';
  return typePattern(form.service, form.resource, optionsOf(form));
}

/** Which Regions and accounts an ARN of this form may name besides the call's own. */
export function optionsOf(form: ArnForm): ArnOptions {
  const { region, account } = form;
  if (isAnyServices(form)) return { global: true, anyAccount: true };
  return { global: /^\*?$/.test(region), anyAccount: /^\*?$/.test(account) };
}

/** EC2's identifiers begin with the type of what they identify. */
export function identified(form: ArnForm, path: string, call: Call): Reading {
  return readEach(call, path, (id) => {
    if (!isOfForm(id, form)) return NONE;
    const { partition, region, accountId } = call.place;
    const before = `arn:${partition}:ec2:${region}:${form.account === '' ? '' : accountId}:`;
    const found = namedArn(`${before}${ec2TypeOf(id)}/`, id);
    return found === undefined ? unreadable(path, id) : { arns: [found], unknown: [] };
  });
}

/** Whether an identifier of EC2 (`vol-0a1b`) is of this form, by its prefix. */
export function isOfForm(id: string, { service, resource }: ArnForm): boolean {
  return service === 'ec2' && resource.startsWith(`${ec2TypeOf(id)}/`);
}

/** Backup's recovery points have ARNs of whichever service was backed up. */
export function isAnyServices({ service }: ArnForm): boolean {
  return service.startsWith('$');
}
