/** Parameters that seem to name a resource and do not: one of another type, or neither a name nor an ARN that the call takes. */
import { HOLE } from '../../expressions/known.ts';
import { readParameters } from '../../parameters.ts';
import type { Value } from '../../parameters.ts';
import { slipIn } from '../../expressions/slips.ts';
import type { ArnForm } from '../iam-data.ts';
import type { OperationUse, SourcedForm } from '../operations.ts';
import { atRunTime, join } from '../reading.ts';
import type { Call, Reading } from '../reading.ts';
import { wholeArn } from '../resources.ts';
import { isOfForm, optionsOf, typeOf } from './arn-forms.ts';

/** Parameters that name a resource of the type, or hold its ARN. */
export function pathsOf({ forms }: OperationUse): string[] {
  return forms.flatMap(({ parts }) => {
    const last = parts.at(-1);
    return last === undefined ? [] : [...last.names, ...last.arns];
  });
}

/** Names so general that they mean what the call itself is about: `Id` of `updateWebACL` is no IP set's. */
const GENERAL_NAMES = new Set(['Id', 'Name']);

/** A VPC's security groups are EC2's. RDS, which has such groups of its own, is not asked about them.
 *  https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html */
const OF_A_VPC = /^VpcSecurityGroup/;

/** The type without parameters of such names, if they belong to another type that the action always needs. */
export function withOwnNames(use: OperationUse, uses: readonly OperationUse[]): OperationUse {
  if (use.required) return use;
  const others = new Set(uses.filter(({ required }) => required).flatMap(pathsOf));
  const isOwn = (path: string, { service }: ArnForm) =>
    (!GENERAL_NAMES.has(path) || !others.has(path)) && (service === 'ec2' || !OF_A_VPC.test(path));
  const forms = use.forms.map(({ form, parts }) => ({
    form,
    parts: parts.map((part) => ({ ...part, names: part.names.filter((path) => isOwn(path, form)) })),
  }));
  return { ...use, forms };
}

/** All of them, each with the reason why it does not fit. */
export function misfitsAmong(uses: readonly OperationUse[], call: Call): Reading {
  const forms = uses.flatMap((use) => use.forms);
  const paths = [...new Set(uses.flatMap(pathsOf))];
  return join(
    paths.flatMap((path) => {
      if (forms.some(({ parts }) => parts.at(-1)?.numbers.includes(path) === true)) return [];
      const types = forms
        .filter(
          ({ parts }) =>
            parts.at(-1)?.arns.includes(path) === true || parts.at(-1)?.names.includes(path) === true,
        )
        .map(({ form }) => typeOf(form));
      return readParameters(call.task, path).flatMap((value) => {
        const why = misfit(value, path, forms, call);
        return why === undefined ? [] : { arns: [], unknown: [{ parameter: path, why, types }] };
      });
    }),
  );
}

function misfit(value: Value, path: string, forms: readonly SourcedForm[], call: Call): string | undefined {
  if (value.kind === 'other') return 'is not a string';
  if (value.kind !== 'text' && value.kind !== 'pattern') return undefined;
  const slip = value.kind === 'text' ? slipIn(value.text, call.task.queryLanguage) : undefined;
  if (slip !== undefined) return slip;
  const fits = value.text.startsWith('arn:')
    ? forms.some(({ form }) => wholeArn(value.text, typeOf(form), optionsOf(form)) !== undefined)
    : forms.some(
        ({ form, parts }) => parts.at(-1)?.names.includes(path) === true || isOfForm(value.text, form),
      );
  if (fits) return undefined;
  return value.kind === 'pattern'
    ? atRunTime(value.expression)
    : `${JSON.stringify(value.text.replaceAll(HOLE, '…'))} does not name one`;
}
