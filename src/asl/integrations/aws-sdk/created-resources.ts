/** What a call makes, which is what its tags are put on. */
import type { ArnForm, IamAction } from '../iam-data.ts';
import { usesOf } from '../operations.ts';
import type { OperationUse } from '../operations.ts';
import { arn } from '../resources.ts';
import type { Resource } from '../reading.ts';
import { readAll } from './action-resources.ts';
import type { Operation } from './action-resources.ts';
import { nounOf, optionsOf, typeOf } from './arn-forms.ts';

/** Operations that make nothing. */
const MAKES_NOTHING = /^(?:delete|modify|promote|stop|update)[A-Z]/;

/**
 * What the operation makes, among the types that another action takes: by its name, if the call gives one, or any of its kind.
 * Undefined if it makes nothing, or if it is not known which of the types it makes.
 */
export function madeBy({ service, api, prefix }: Operation, taker: IamAction): Resource | undefined {
  if (MAKES_NOTHING.test(api)) return undefined;
  const forms = taker.resourceTypes.flatMap(({ arns }) => arns);
  const taken = new Set(forms.map(typeOf));
  const uses = (usesOf(service, api, prefix) ?? []).filter(
    (use) => use.required && typesOf(use).some((type) => taken.has(type)),
  );
  const [only] = uses;
  const use = uses.length === 1 ? only : calledAfter(api, uses, (one) => one.forms[0]?.form);
  if (use !== undefined) return { types: typesOf(use), read: (call) => readAll([use], call, api) };
  const form = calledAfter(api, forms, (one) => one);
  if (form === undefined) return undefined;
  return arn(form.service, form.resource.replaceAll(/\{[^{}]+\}/g, '*'), optionsOf(form));
}

function typesOf({ forms }: OperationUse): string[] {
  return forms.map(({ form }) => typeOf(form));
}

/** The one after whose type the operation is named; if there are several, the one with the longest name. */
function calledAfter<T>(
  api: string,
  choices: readonly T[],
  formOf: (choice: T) => ArnForm | undefined,
): T | undefined {
  const about = api.replace(/^[a-z]+/, '').toLowerCase();
  const fitting = choices.flatMap((choice) => {
    const form = formOf(choice);
    const noun = form === undefined ? '' : nounOf(form);
    return noun !== '' && about.includes(noun) ? [{ choice, length: noun.length }] : [];
  });
  return fitting.toSorted((a, b) => b.length - a.length)[0]?.choice;
}
