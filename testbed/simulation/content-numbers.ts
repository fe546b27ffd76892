/** Numbers for contents: equal contents have the same number in all histories. What follows from contents alone can then be
 *  looked up by a few numbers, and need not be worked out again in each history. */
import type { Link } from '../../src/desired/link.ts';
import type { ModelRole } from './aws-model.ts';

class Numbering {
  readonly #numbers = new Map<string, number>();
  #given = 0;

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    // A number is never given twice, so forgetting numbers only means that what was stored under them is not found again.
    if (this.#numbers.size >= MOST_NUMBERED) this.#numbers.clear();
    this.#given += 1;
    this.#numbers.set(text, this.#given);
    return this.#given;
  }
}
const MOST_NUMBERED = 20_000;

const NUMBERS = new Numbering();
const OF_LINKS = new WeakMap<Link, number>();
/** Records of roles never change, but how a trust policy is shown depends on other roles. */
const OF_ROLES = new WeakMap<ModelRole, { readonly trust: string; readonly number: number }>();

export function numberOfText(text: string): number {
  return NUMBERS.of(text);
}

/** A link as far as it asks for access: without what tells it from the same link of another history, and without what is only
 *  written on its role. */
export function numberOfLink(link: Link): number {
  const known = OF_LINKS.get(link);
  if (known !== undefined) return known;
  const { key: _, name: __, uid: ___, createdAt: ____, ...named } = link;
  const { deletedAt: _____, description: ______, tags: _______, ...asked } = named;
  const number = NUMBERS.of(JSON.stringify(asked));
  OF_LINKS.set(link, number);
  return number;
}

/** A role as policies decide about it: its ID counts only if a policy names it.
 *  @param trust as IAM shows it */
export function numberOfRole(role: ModelRole, trust: string): number {
  const known = OF_ROLES.get(role);
  if (known?.trust === trust) return known.number;
  const { arn, inline, attached, boundary = '', tags } = role;
  const number = NUMBERS.of(JSON.stringify([arn, trust, [...inline], attached, boundary, [...tags]]));
  OF_ROLES.set(role, { trust, number });
  return number;
}
