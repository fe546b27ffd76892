/** From the types of `document.ts` to AWS's policy JSON: the same document gives the same text, byte for byte. */
import type { Patterns, PolicyDocument, Principals, Statement } from './document.ts';

/** A policy document in AWS's JSON shape. Lists stay lists, even if they have one value. */
interface PolicyJson {
  readonly Version: PolicyDocument['version'];
  readonly Id?: string;
  readonly Statement: readonly StatementJson[];
}

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect: Statement['effect'];
  readonly Principal?: PrincipalJson;
  readonly NotPrincipal?: PrincipalJson;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

type PrincipalJson = '*' | Readonly<Record<string, readonly string[]>>;

/** AWS's JSON shape of a document. Elements are in the grammar's order, condition operators and keys are sorted. */
export function policyToJson(document: PolicyDocument): PolicyJson {
  return {
    Version: document.version,
    ...(document.id !== undefined && { Id: document.id }),
    Statement: document.statements.map(statementToJson),
  };
}

/** AWS's JSON shape of one statement. */
export function statementToJson(statement: Statement): StatementJson {
  const { sid, effect, principals, actions, resources, conditions } = statement;
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: effect,
    ...(principals && principalElement(principals)),
    ...patternElement('Action', actions),
    ...(resources && patternElement('Resource', resources)),
    ...(conditions && { Condition: sortKeys(conditions, (keys) => sortKeys(keys, (values) => values)) }),
  };
}

/** The document as compact JSON, the form that is sent to AWS. IAM accepts no characters beyond Latin-1: these are written as
 *  JSON escapes. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names */
export function printPolicy(document: PolicyDocument): string {
  return JSON.stringify(policyToJson(document)).replaceAll(/[^\u0020-\u00ff]/g, escaped);
}

/** One code unit. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function principalElement(principals: Principals): Pick<StatementJson, 'Principal' | 'NotPrincipal'> {
  const json = principals.anyone ? '*' : sortKeys(principals.byType, (identifiers) => identifiers);
  return principals.negated ? { NotPrincipal: json } : { Principal: json };
}

function patternElement(name: 'Action' | 'Resource', patterns: Patterns): Partial<StatementJson> {
  return { [patterns.negated ? `Not${name}` : name]: patterns.values };
}

function sortKeys<T, U>(
  record: Readonly<Record<string, T>>,
  each: (value: T) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .flatMap((key) => {
        const value = record[key];
        return value === undefined ? [] : [[key, each(value)]];
      }),
  );
}
