/** Objects that several namespaces share name the roles of all of them. What is reported of a plan is for one namespace. */
import type { ObjectPlan } from './action.ts';
import type { FieldChange } from '../policy/diff.ts';

const HIDDEN_ROLE = '(a role of another namespace)';

/** Whether a role, by its ARN, belongs to another namespace. */
export type IsHidden = (arn: string) => boolean;

/** The text without the ARNs of these roles. A role's name may contain commas, and a comma may separate two ARNs. */
export function hideIn(text: string, isHidden: IsHidden): string {
  return text.replaceAll(/arn:(?:[^"'\s,\])]|,(?!arn:))+/g, (found) => {
    const arn = upToCommas(found).find(isHidden);
    return arn === undefined ? found : `${HIDDEN_ROLE}${found.slice(arn.length)}`;
  });
}

/** The text, and what precedes each of its commas, the longest first. The ARNs that the operator writes have at most 256
 *  characters. */
function upToCommas(text: string): readonly string[] {
  const ends = [...text.slice(0, LONGEST_ARN + 1).matchAll(/,/g)].map(({ index }) => index);
  return [text, ...ends.toReversed().map((end) => text.slice(0, end))];
}

const LONGEST_ARN = 256;

/** The plan without these roles' ARNs in what people read; what is written stays the same. */
export function hideRoles<Plan extends ObjectPlan>(plan: Plan, isHidden: IsHidden): Plan {
  const hide = (change: FieldChange) => hideInChange(change, isHidden);
  return {
    ...plan,
    actions: plan.actions.map((action) => ({ ...action, changes: action.changes.map(hide) })),
    ...(plan.leaves !== undefined && { leaves: plan.leaves.map(hide) }),
  };
}

/** Changes from which something was left out → the whole change. It is no field of the change, because what people read must
 *  not hold it. */
const WHOLE = new WeakMap<FieldChange, FieldChange>();

/** The change with nothing left out, for comparing it with others: the rules decide which roles are hidden, and may change. Not
 *  to be shown to anybody. */
export function wholeChange(change: FieldChange): FieldChange {
  return WHOLE.get(change) ?? change;
}

function hideInChange(change: FieldChange, isHidden: IsHidden): FieldChange {
  const { path, before, after } = change;
  const hidden = {
    path: hideIn(path, isHidden),
    ...(before !== undefined && { before: hideIn(before, isHidden) }),
    ...(after !== undefined && { after: hideIn(after, isHidden) }),
  };
  WHOLE.set(hidden, change);
  return hidden;
}

/** Whether a change is about hidden roles only, and so does not concern this namespace. */
export function isAllHidden({ before, after }: FieldChange): boolean {
  return [before, after].every((value) => value === undefined || value === HIDDEN_ROLE) && before !== after;
}
