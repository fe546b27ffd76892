/** AWS WAF: which web ACL protects a resource, and what the rules of a web ACL or a rule group refer to. */
import { HOLE, optionsOf } from '../../../expressions/known.ts';
import type { Known } from '../../../expressions/known.ts';
import { argumentsOf, hasParameter, literalAt, readParameter } from '../../../parameters.ts';
import type { Task } from '../../../task.ts';
import { splitArn } from '../../../../arn/parts.ts';
import { findIamAction } from '../../iam-data.ts';
import { leaves } from '../../leaves.ts';
import type { Leaf } from '../../leaves.ts';
import { readEach, unreadable } from '../../reading.ts';
import type { Resource } from '../../reading.ts';
import { arn, onlyHinted, wholeArn } from '../../resources.ts';
import { allow, CALLBACK, note } from '../../row.ts';
import type { Note, Permission, ServiceTable } from '../../row.ts';
import { optionsOf as lying, typeOf } from '../arn-forms.ts';

/** The load balancer, stage of an API, user pool … that a web ACL protects. */
const protectedForms = (findIamAction('wafv2', 'GetWebACLForResource')?.resourceTypes ?? [])
  .flatMap(({ arns }) => arns)
  .filter(({ service }) => service !== 'wafv2');

const protectedResource: Resource = {
  types: protectedForms.map(typeOf),
  read: (call) =>
    readEach(call, 'ResourceArn', (text) => {
      const [found] = protectedForms.flatMap((form) => wholeArn(text, typeOf(form), lying(form)) ?? []);
      return found === undefined ? unreadable('ResourceArn', text) : { arns: [found], unknown: [] };
    }),
};

const protecting = onlyHinted(
  'the web ACL that protects it',
  ['arn:*:wafv2:*:*:*/webacl/*/*'],
  'is not in the parameters',
);

/** Operations with rules, and their actions. */
const WITH_RULES: ReadonlyMap<string, string> = new Map([
  ['createRuleGroup', 'wafv2:CreateRuleGroup'],
  ['createWebACL', 'wafv2:CreateWebACL'],
  ['updateRuleGroup', 'wafv2:UpdateRuleGroup'],
  ['updateWebACL', 'wafv2:UpdateWebACL'],
]);

const SCOPES: ReadonlyMap<string, string> = new Map([
  ['CLOUDFRONT', 'global'],
  ['REGIONAL', 'regional'],
]);

/** Managed rule sets of the scope that the call names. */
function ruleSets(template: string): Resource {
  return {
    types: ['arn:*:wafv2:*:*:*/managedruleset/*/*'],
    read: (call) =>
      readEach(call, 'Scope', (scope) => {
        const folder = SCOPES.get(scope);
        if (folder === undefined) return unreadable('Scope', scope);
        return arn('wafv2', `${folder}/managedruleset/${template}`).read(call);
      }),
  };
}

/** Rule groups that AWS or a vendor manages are authorized as all managed rule sets of the caller's account. */
const managedRuleSets = ruleSets('*/*');

const VERSIONS = 'VersionsToPublish';
const RULE_GROUP = 'arn:*:wafv2:*:*:*/rulegroup/*/*';
const REFERRED = ['arn:*:wafv2:*:*:*/ipset/*/*', 'arn:*:wafv2:*:*:*/regexpatternset/*/*', RULE_GROUP];

const referred: Resource = {
  types: REFERRED,
  read: ({ task }) => ({
    arns: rulesOf(task)
      .flatMap(arnsIn)
      .flatMap((text) => wholeArn(text, REFERRED) ?? []),
    unknown: [],
  }),
};

function rulesOf(task: Task): Leaf[] {
  return [...leaves(argumentsOf(task))].filter(({ path }) => /^rules\b/i.test(path));
}

/** What a rule refers to, with holes for what only run time knows. */
function arnsIn({ name, known }: Leaf): string[] {
  return /^arn$/i.test(name) ? textsOf(known) : [];
}

function textsOf(known: Known): string[] {
  return optionsOf(known).flatMap((option) => {
    if (option.kind === 'text') return [option.text];
    return typeof option.value === 'string' ? [option.value] : [];
  });
}

/** The rule groups that become versions of a managed rule set. */
const published: Resource = {
  types: [RULE_GROUP],
  read: ({ task }) => {
    const groups = [...leaves(argumentsOf(task))]
      .filter(({ name }) => /^associatedrulegrouparn$/i.test(name))
      .map(({ known }) => textsOf(known).flatMap((text) => wholeArn(text, RULE_GROUP) ?? []));
    const isHidden = groups.length === 0 && hasParameter(task, VERSIONS);
    return {
      arns: groups.flat(),
      unknown:
        isHidden || groups.some(({ length }) => length === 0)
          ? [{ parameter: VERSIONS, why: 'does not name every rule group' }]
          : [],
    };
  },
};

export const webAcls: ServiceTable = {
  // Also authorized on the web ACL that it returns.
  // https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html
  getWebACLForResource: {
    patterns: CALLBACK,
    call: [
      allow('wafv2:GetWebACLForResource', protectedResource),
      allow(['wafv2:GetWebACL', 'wafv2:GetWebACLForResource'], protecting),
    ],
  },
  // https://docs.aws.amazon.com/waf/latest/APIReference/API_PutManagedRuleSetVersions.html
  putManagedRuleSetVersions: {
    patterns: CALLBACK,
    call: [allow('wafv2:PutManagedRuleSetVersions', [ruleSets('{Name}/{Id}'), published])],
  },
};

const RULES_AT_RUN_TIME = note(
  'CallerPermissionsNeeded',
  'Rules are known only at run time: add a statement with the call’s action for each IP set, regex pattern set and rule group that they refer to, and for managed rule groups on …:regional/managedruleset/*/* (…:global/… for CloudFront)',
);

/**
 * Web ACLs and rule groups are written with permission for what their rules refer to.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
 */
export function besideRules(
  api: string,
  task: Task,
): { readonly permissions: readonly Permission[]; readonly notes: readonly Note[] } {
  const action = WITH_RULES.get(api);
  if (action === undefined) return { permissions: [], notes: [] };
  const rules = rulesOf(task);
  const isManaged = rules.some(({ path }) => /\.managedrulegroupstatement\./i.test(path));
  const isHidden = readParameter(task, 'Rules').kind === 'dynamic' || rules.some(hidesWhich);
  return {
    permissions: [allow(action, referred), ...(isManaged ? [allow(action, managedRuleSets)] : [])],
    notes: isHidden ? [RULES_AT_RUN_TIME] : [],
  };
}

/** Whether run time decides what a rule refers to, here or further in. */
function hidesWhich(leaf: Leaf): boolean {
  const { name, path, known } = leaf;
  if (known.kind === 'unknown')
    return /^arn$/i.test(name) || /(?:^rules(?:\[\])?|statements?(?:\[\])?)$/i.test(path);
  return arnsIn(leaf).some((text) => text.includes(HOLE) && wholeArn(text, REFERRED) === undefined);
}

/** Only the service of the resource that is protected asks for an action of its own. */
export function isOfProtected(action: string, task: Task): boolean {
  const [prefix] = action.split(':');
  const named = literalAt(task, 'ResourceArn');
  return named === undefined || prefix === 'wafv2' || prefix === splitArn(named).service;
}
