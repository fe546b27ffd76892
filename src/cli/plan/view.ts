/** A plan to be shown: the same structure however it was made, and in whatever format it is printed. */
import { keyOf } from '../../kubernetes/metadata.ts';
import { counted } from '../../base/counted.ts';
import type { PlannedLink } from '../../controllers/dry-run/dry-run.ts';
import type { FieldChange } from '../../policy/diff.ts';

/** A write to AWS. */
export interface ShownWrite {
  readonly object: string;
  /** Named after the API operation. */
  readonly operation: string;
  readonly reason: string;
  readonly changes: readonly FieldChange[];
}

export interface ShownLink {
  readonly namespace: string;
  readonly name: string;
  readonly actions: readonly ShownWrite[];
  /** What keeps the link from being as wanted, besides the writes. */
  readonly obstacles: readonly string[];
  /** What a person should know although nothing waits for it now. */
  readonly remarks: readonly string[];
}

/** What changed rules mean for an existing link. */
export type Effect =
  /** It is Ready, and would be refused. */
  | 'breaks'
  /** It would have been allowed, is not Ready yet, and would be refused. */
  | 'loses'
  /** It is refused, and would be allowed. */
  | 'gains'
  /** It stays allowed, and other things would be written; or it stays refused for another reason. */
  | 'changes';

export interface AffectedLink extends ShownLink {
  readonly effect: Effect;
}

/** An AWSAccount among the manifests. */
export interface ShownAccount {
  readonly name: string;
  readonly accountID: string;
  readonly change: 'created' | 'changed' | 'unchanged';
  readonly changes: readonly FieldChange[];
  /** Links of the cluster that are affected, the worst first. */
  readonly links: readonly AffectedLink[];
  /** How many of its links are not affected. */
  readonly unaffected: number;
  readonly remarks: readonly string[];
}

export interface ShownPlan {
  readonly links: readonly ShownLink[];
  /** Left out if no AWSAccount is among the manifests. */
  readonly accounts?: readonly ShownAccount[];
}

/** Without what only an operator needs for a write. */
export function shownLink({ link, actions, obstacles, remarks }: PlannedLink): ShownLink {
  const { namespace, name } = link.link;
  return { namespace, name, actions: actions.map(shownWrite), obstacles, remarks };
}

function shownWrite({ object, operation, reason, changes }: ShownWrite): ShownWrite {
  return { object, operation, reason, changes };
}

/** Whether anything would be written, is an obstacle, or changes for a link. */
export function needsAttention({ links, accounts = [] }: ShownPlan): boolean {
  return (
    links.some(({ actions, obstacles }) => actions.length + obstacles.length > 0) ||
    accounts.some((account) => account.links.length > 0)
  );
}

/** The plan in a sentence: `4 writes to 3 objects. 1 link is held up.` */
export function summaryOf({ links, accounts = [] }: ShownPlan): string {
  const writes = links.flatMap(({ actions }) => actions);
  const objects = new Set(writes.map(({ object }) => object));
  const heldUp = links.filter(({ obstacles }) => obstacles.length > 0).length;
  const sentences = [
    ...(writes.length > 0
      ? [`${counted(writes.length, 'write')} to ${counted(objects.size, 'object')}.`]
      : []),
    ...(heldUp > 0 ? [`${counted(heldUp, 'link')} ${heldUp === 1 ? 'is' : 'are'} held up.`] : []),
    ...effectsOf(accounts),
  ];
  return sentences.length === 0 ? 'Nothing to change.' : sentences.join(' ');
}

const EFFECTS: readonly Effect[] = ['breaks', 'loses', 'gains', 'changes'];

function effectsOf(accounts: readonly ShownAccount[]): readonly string[] {
  const effects = new Map<string, Effect>();
  for (const link of accounts.flatMap(({ links }) => links)) effects.set(keyOf(link), link.effect);
  const parts = EFFECTS.flatMap((effect) => {
    const number = [...effects.values()].filter((each) => each === effect).length;
    return number === 0 ? [] : [`${counted(number, 'link')} ${number === 1 ? effect : PLURAL[effect]}`];
  });
  return parts.length === 0 ? [] : [`By the rules ${parts.join(', ')}.`];
}

const PLURAL: Readonly<Record<Effect, string>> = {
  breaks: 'break',
  loses: 'lose',
  gains: 'gain',
  changes: 'change',
};

/** The worst first. */
export function byEffect(a: AffectedLink, b: AffectedLink): number {
  return EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect) || (keyOf(a) < keyOf(b) ? -1 : 1);
}

/** The structure of `plan -o json`, which is stable (docs/cli.md). Empty parts are left out if programs can do without them. */
export function planValue({ links, accounts }: ShownPlan): object {
  return {
    links: links.map(linkValue),
    ...(accounts !== undefined && {
      accounts: accounts.map(({ name, accountID, change, changes, links: affected, unaffected }) => ({
        name,
        accountID,
        change,
        changes,
        links: affected.map((link) => ({ effect: link.effect, ...linkValue(link) })),
        unaffected,
      })),
    }),
  };
}

function linkValue({ namespace, name, actions, obstacles }: ShownLink): object {
  return { namespace, name, actions, ...(obstacles.length > 0 && { obstacles }) };
}
