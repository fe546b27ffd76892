/** No operation of the SDK is silently wrong: each one's permissions are known, or it is said that they are not. */
import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import type { Derivation } from '../../../src/asl/derive/derive.ts';
import { iamPrefixOf } from '../../../src/asl/integrations/aws-sdk/iam-prefixes.ts';
import { findIamAction } from '../../../src/asl/integrations/iam-data.ts';
import type { ArnForm } from '../../../src/asl/integrations/iam-data.ts';
import { callOf, TARGET, withValues } from '../../pure/asl/machines.ts';
import type { InputText, OperationModel, ServiceModel } from '../../../scripts/iam-tables/service-models.ts';
import { about, remark } from '../../expectations.ts';
import { services } from './sdk-models.ts';

function everyOperation(): { service: ServiceModel; operation: OperationModel; id: string }[] {
  return services.flatMap((service) =>
    service.operations.map((operation) => ({ service, operation, id: `${service.name}:${operation.api}` })),
  );
}

/** What is looked at here of a {@link Derivation}: of tens of thousands that are kept, the rest is much to keep. */
type Result = Pick<Derivation, 'statements' | 'diagnostics'>;

function derive(id: string, parameters: JsonObject): Result {
  const call = callOf(`arn:aws:states:::aws-sdk:${id}`, parameters);
  const { statements, diagnostics } = derivePermissions([call], TARGET);
  return { statements, diagnostics };
}

/** Every top-level parameter with the same value. */
function filled({ members }: OperationModel, value: string, suffix = ''): JsonObject {
  return Object.fromEntries(members.map((name) => [name + suffix, value]));
}

/** What every operation needs if each of its top-level parameters is a name. */
function everyFilled(): readonly { id: string; derivation: Result }[] {
  filledOnce ??= everyOperation().map(({ id, operation }) => ({
    id,
    derivation: derive(id, filled(operation, 'name')),
  }));
  return filledOnce;
}
let filledOnce: readonly { id: string; derivation: Result }[] | undefined;

/** What an operation needs if only run time knows each of its top-level parameters. */
function unknownYet(id: string, operation: OperationModel): Result {
  const derivation = unknownOnce.get(id) ?? derive(id, filled(operation, '$.value', '.$'));
  unknownOnce.set(id, derivation);
  return derivation;
}
const unknownOnce = new Map<string, Result>();

/** Texts of the input that are given a literal. @param always leaves out what the operation may go without */
function given({ inputs }: OperationModel, { always = false } = {}): readonly InputText[] {
  return inputs.filter(
    ({ depth, path, required }) =>
      depth <= 2 && (required || !always) && !path.includes('[keys]') && !path.includes('[][]'),
  );
}

/** Each of these texts: a name, or if the member's name says so, an ARN of a type that the action takes. */
function literals(api: string, service: ServiceModel, texts: readonly InputText[]): JsonObject {
  const types = findIamAction(iamPrefixOf(service.name) ?? '', api)?.resourceTypes ?? [];
  const arns = types.flatMap(({ arns: forms }) => forms).map(filledArn);
  return withValues(texts.map((text) => [text.path, literalFor(text, arns)]));
}

/** What every operation needs whose parameters are literals: all of them, and those alone that it always takes. */
function everyLiteral() {
  literalOnce ??= everyOperation().map(({ id, operation, service }) => {
    const [all, always] = [given(operation), given(operation, { always: true })];
    const literal = derive(id, literals(operation.api, service, all));
    const least =
      always.length === all.length ? literal : derive(id, literals(operation.api, service, always));
    return { id, operation, literal, least };
  });
  return literalOnce;
}
let literalOnce:
  | readonly { id: string; operation: OperationModel; literal: Result; least: Result }[]
  | undefined;

/** Actions that are allowed on some resource and not on all. */
function boundActions({ statements }: Result): string[] {
  return statements.flatMap(({ actions, resources }) =>
    resources?.values.includes('*') === true ? [] : actions.values,
  );
}

function filledArn({ service, region, account, resource }: ArnForm): string {
  const name = resource.replaceAll(/\{([^}]+)\}/g, (_, part: string) => part.toLowerCase());
  const place = `${region === 'R' ? TARGET.region : region}:${/^[A*]$/.test(account) ? TARGET.accountId : account}`;
  // What was backed up may be of any service.
  return `arn:aws:${service.startsWith('$') ? 'ec2' : service}:${place}:${name}`;
}

function literalFor({ name, shape, words, isNumber }: InputText, arns: readonly string[]): string | number {
  const [word] = words;
  if (word !== undefined) return word;
  if (isNumber) return 1;
  if (/queueurl$/i.test(name)) return 'https://sqs.us-east-1.amazonaws.com/222222222222/q';
  if (/^(?:kms)?keyid$/i.test(name)) return '1234abcd-12ab-34cd-56ef-1234567890ab';
  if (/(?:account|owner|registry|catalog)(?:id)?$/i.test(name)) return TARGET.accountId;
  if (/role(?:arn)?$/i.test(name)) return 'arn:aws:iam::222222222222:role/worker';
  if (/ur[il]$/i.test(name) || /s3location/i.test(name)) return 's3://bucket/key';
  if (!/arns?$/i.test(name) && !(shape.includes('Arn') && !/name|id/i.test(name))) return 'name';
  const noun = name.toLowerCase().replace(/arns?$/, '');
  return (
    arns.find((arn) => arn.replaceAll('-', '').includes(noun)) ??
    arns[0] ??
    'arn:aws:sqs:us-east-1:222222222222:q'
  );
}

function isKnown({ diagnostics }: Result): boolean {
  return diagnostics.every(({ reason }) => reason !== 'UnknownIntegration');
}

function documented(action: string): ReturnType<typeof findIamAction> {
  const [prefix = '', name = ''] = action.split(':');
  return findIamAction(prefix, name);
}

describe('over every operation of the SDK', () => {
  it('there are more than 400 services with more than 15,000 operations', () => {
    expect(services.length).toBeGreaterThan(400);
    expect(everyOperation().length).toBeGreaterThan(15_000);
  });

  it('a service’s prefix is what its requests are signed for, or one that is known to differ', () => {
    const wrong = services
      .map(({ name, signingName }) => ({
        name,
        expected: SIGNED_OTHERWISE[name] ?? signingName,
        found: iamPrefixOf(name),
      }))
      .filter(({ expected, found }) => found !== undefined && found !== expected);
    expect(wrong).toStrictEqual([]);
  });

  it('at least 93 % are known, and the others are reported', () => {
    const unknown = everyFilled().filter(({ derivation }) => !isKnown(derivation));
    const share = unknown.length / everyFilled().length;
    about(`${(share * 100).toFixed(1)} % unknown: ${unknown.map(({ id }) => id).join(' ')}`, () =>
      expect(share).toBeLessThanOrEqual(0.07),
    );
  });

  it('every action is one that AWS documents', () => {
    const unheard = new Set<string>();
    for (const { id, derivation } of everyFilled()) {
      const { statements, diagnostics } = derivation;
      const actions = [
        ...statements.flatMap(({ actions: { values } }) => values),
        ...diagnostics.flatMap((one) => one.actions),
      ];
      for (const action of actions)
        if (!action.endsWith('*') && documented(action) === undefined) unheard.add(`${id} ${action}`);
    }
    expect([...unheard]).toStrictEqual([]);
  });

  it('* stands only where the action need not be bound to a resource', () => {
    const wide = new Set<string>();
    for (const { id, derivation } of everyFilled()) {
      for (const { actions, resources } of derivation.statements) {
        if (!resources?.values.includes('*')) continue;
        for (const action of actions.values) {
          if (documented(action)?.resourceTypes.some(({ required }) => required) && !MAY_NAME_NOTHING.has(id))
            wide.add(`${id} ${action}`);
        }
      }
    }
    expect([...wide]).toStrictEqual([]);
  });

  it.each([
    ['every parameter is a literal', 'literal', 0.96],
    ['those alone are given, as literals, that they always take', 'least', 0.945],
  ] as const)('of those that are known nearly all ask nothing when %s', (_when, which, least) => {
    const known = everyLiteral()
      .map((one) => one[which])
      .filter(isKnown);
    const asking = known.filter(({ diagnostics }) => diagnostics.some(({ blocking }) => blocking));
    const share = 1 - asking.length / known.length;
    remark(`${known.length} operations known, ${(share * 100).toFixed(1)} % settled by literals`);
    expect(share).toBeGreaterThan(least);
  });

  it('what is known only at run time is never guessed: what is not granted is in a decision', () => {
    const guessed = new Set<string>();
    for (const { id, operation } of everyOperation()) {
      const { statements } = unknownYet(id, operation);
      const named = statements
        .flatMap(({ resources }) => resources?.values ?? [])
        .filter((arn) => arn !== '*');
      for (const arn of named) if (arn.includes('$.value')) guessed.add(`${id} ${arn}`);
    }
    expect([...guessed]).toStrictEqual([]);
  });

  it('what literals bind to a resource is neither dropped nor allowed on everything where only run time knows', () => {
    const lost = new Set<string>();
    for (const { id, operation, literal } of everyLiteral()) {
      if (!isKnown(literal) || NAMED_BY_NOTHING_ELSE.has(id)) continue;
      const { statements, diagnostics } = unknownYet(id, operation);
      const asked = new Set(diagnostics.flatMap(({ actions }) => actions));
      const said = diagnostics.map(({ message }) => message).join();
      for (const action of boundActions(literal)) {
        const found = statements.find(({ actions }) => actions.values.includes(action));
        const isTold = asked.has(action) || said.includes(action);
        if (!isTold && (found === undefined || found.resources?.values.includes('*') === true))
          lost.add(`${id} ${action}`);
      }
    }
    expect([...lost]).toStrictEqual([]);
  });

  it('what answers in a stream is not offered', () => {
    const offered = everyOperation().filter(
      ({ id, operation }) => operation.streams && isKnown(derive(id, {})),
    );
    expect(offered.map(({ id }) => id)).toStrictEqual([]);
  });

  it('API Gateway’s verbs and paths are those of its model', () => {
    const wrong: string[] = [];
    for (const { id, operation } of everyOperation().filter(({ service }) =>
      /^apigateway(v2)?$/.test(service.name),
    )) {
      if (operation.path.includes('/tags/')) continue;
      const [statement] = derive(id, filled(operation, 'x')).statements;
      const path = operation.path.replace(/^\/v2|\?.*$/g, '').replaceAll(/\{[^}]+\}/g, 'x');
      const found = `${statement?.actions.values.join()} ${statement?.resources?.values.join()}`;
      const expected = `apigateway:${operation.method} arn:aws:apigateway:us-east-1::${path}`;
      if (found !== expected) wrong.push(`${id}: ${found}, not ${expected}`);
    }
    expect(wrong).toStrictEqual([]);
  });
});

/** Operations that may name a resource or not, and that IAM knows only as `*` without one; and those that need none according to
 *  their own page, although an older service with the same prefix binds the action.
 *  https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html */
const MAY_NAME_NOTHING = new Set([
  'greengrassv2:createDeployment',
  'greengrassv2:listDeployments',
  'sns:publish',
]);

/**
 * Operations whose resource is in a member with another name, which also takes names of other kinds: an ARN in it is read, a
 * value that is known only at run time tells nothing.
 */
const NAMED_BY_NOTHING_ELSE = new Set([
  'appstream:describeSoftwareAssociations',
  'chimesdkmediapipelines:startSpeakerSearchTask',
  'cloudformation:listHookResults',
  'cloudwatchlogs:listLogAnomalyDetectors',
  'ec2:modifyVpcEndpointConnectionNotification',
  's3files:listFileSystems',
]);

/** Services whose requests are signed for another name than their prefix in IAM. */
const SIGNED_OTHERWISE: Readonly<Record<string, string>> = {
  cloudcontrol: 'cloudformation',
  cloudwatch: 'cloudwatch',
  iotdataplane: 'iot',
  iotjobsdataplane: 'iotjobsdata',
  iotsecuretunneling: 'iot',
  mturk: 'mechanicalturk',
  partnercentralaccount: 'partnercentral',
  partnercentralbenefits: 'partnercentral',
  partnercentralchannel: 'partnercentral',
  partnercentralselling: 'partnercentral',
  resourcegroupstaggingapi: 'tag',
  sso: 'sso',
};
