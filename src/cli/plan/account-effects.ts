/** What changed AWSAccounts mean for existing links: each link is planned with the present rules and with the changed ones. */
import { isDeepStrictEqual } from 'node:util';
import { entriesFor } from '../../access/namespaces.ts';
import { accountRules } from '../../access/rules.ts';
import type { AWSAccount } from '../../api/awsaccount.ts';
import { toJsonObject } from '../../base/json.ts';
import { accountConfig } from '../../controllers/account/account-config.ts';
import { wasReady } from '../../controllers/link/status-facts.ts';
import type { LinkObject } from '../../controllers/state/link-object.ts';
import type { KubernetesObject } from '../../kubernetes/metadata.ts';
import { diffSpecs } from './spec-diff.ts';
import { byEffect, type AffectedLink, type Effect, type ShownAccount, type ShownLink } from './view.ts';

/** An AWSAccount among the manifests, with the existing one of that name. */
export interface AccountChange {
  readonly before: AWSAccount | undefined;
  readonly after: AWSAccount;
}

/** The links for which changed accounts may make a difference: for all others the rules say the same as before. */
export function touchedBy(
  changes: readonly AccountChange[],
  links: readonly LinkObject[],
  namespaces: ReadonlyMap<string, KubernetesObject>,
): readonly LinkObject[] {
  return links.filter((link) =>
    changes.some(
      (change) => isOf(change, link) && !saySame(change, namespaces.get(link.link.namespace), link),
    ),
  );
}

function isOf({ before, after }: AccountChange, { link }: LinkObject): boolean {
  const ids = new Set([before?.spec.accountID, after.spec.accountID]);
  return ids.has(link.stateMachine.accountId) || ids.has(link.targetRole.accountId);
}

function saySame(
  { before, after }: AccountChange,
  namespace: KubernetesObject | undefined,
  { link }: LinkObject,
): boolean {
  if (before === undefined) return false;
  const info = { name: link.namespace, labels: namespace?.metadata.labels ?? {} };
  const saidBy = ({ metadata, spec }: AWSAccount) => {
    const rules = accountRules(metadata.name, spec);
    return { ...rules, entries: entriesFor(rules, info), reach: accountConfig(spec) };
  };
  return isDeepStrictEqual(saidBy(before), saidBy(after));
}

/** What a changed account means.
 *  @param planned each of these links as planned with both rules */
export function shownAccount(
  change: AccountChange,
  links: readonly LinkObject[],
  planned: ReadonlyMap<string, { readonly before: ShownLink; readonly after: ShownLink }>,
  remark: string | undefined,
): ShownAccount {
  const { before, after } = change;
  const own = links.filter((link) => isOf(change, link));
  const affected = own.flatMap((link): readonly AffectedLink[] => {
    const plans = planned.get(link.link.key);
    const effect = plans && effectOf(plans.before, plans.after, wasReady(link));
    return plans === undefined || effect === undefined ? [] : [{ ...plans.after, effect }];
  });
  const isNew = before === undefined;
  const changes = diffSpecs(before && toJsonObject(before.spec), toJsonObject(after.spec), 'spec');
  return {
    name: after.metadata.name,
    accountID: after.spec.accountID,
    change: isNew ? 'created' : changedOrNot(changes),
    changes: isNew ? [] : changes,
    links: affected.toSorted(byEffect),
    unaffected: own.length - affected.length,
    remarks: remark === undefined ? [] : [remark],
  };
}

function changedOrNot(changes: readonly unknown[]): 'changed' | 'unchanged' {
  return changes.length > 0 ? 'changed' : 'unchanged';
}

function effectOf(before: ShownLink, after: ShownLink, ready: boolean): Effect | undefined {
  const [wasRefused, isRefused] = [before.obstacles.length > 0, after.obstacles.length > 0];
  if (wasRefused && !isRefused) return 'gains';
  if (!wasRefused && isRefused) return ready ? 'breaks' : 'loses';
  const same = isDeepStrictEqual([before.actions, before.obstacles], [after.actions, after.obstacles]);
  return same ? undefined : 'changes';
}
