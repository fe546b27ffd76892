/** Draws histories. The same seed always gives the same history. */
import { Random } from '../random.ts';
import { drawEvent, drawPause } from './draw-events.ts';
import { withNeighbour } from './draw-neighbour.ts';
import { drawLinks, specOf, type LinkSeat } from './draw-specs.ts';
import type { History, Kind, Step } from './history.ts';
import { accountSpec, NAMESPACES, SOURCE, TARGET } from './scenery.ts';
import { isJsonObject } from '../../src/base/json.ts';

/** What a history is drawn from. */
export interface Cast {
  readonly random: Random;
  readonly kinds: ReadonlySet<Kind>;
  /** By `namespace/name`. */
  readonly links: ReadonlyMap<string, LinkSeat>;
  readonly replicas: number;
}

/** @param kinds what may happen besides links that are made, changed and deleted */
export function drawHistory(seed: number, kinds: ReadonlySet<Kind>): History {
  const random = new Random(seed);
  const cast = drawCast(random, kinds);
  const { links, replicas } = cast;
  const steps: Step[] = [...links].map(([link, seat], index) => ({
    afterMs: index === 0 ? 1_000 : drawPause(random),
    do: 'apply',
    link,
    spec: specOf(random, cast.kinds, seat),
  }));
  const count = random.between(1, 8);
  for (let at = 0; at < count; at += 1) steps.push({ afterMs: drawPause(random), ...drawEvent(cast) });
  // Some of the events come before all links exist.
  if (random.chance(0.4)) {
    const last = steps.pop();
    if (last !== undefined) steps.splice(random.below(steps.length + 1), 0, last);
  }
  const all = kinds.has('clusters') ? withNeighbour(random, cast.kinds, steps) : steps;
  return { seed, replicas, steps: [...firstRules(cast.kinds), ...all] };
}

/** If many kinds are asked for, each history has only some: all of them at once would hide each other. */
function drawCast(random: Random, kinds: ReadonlySet<Kind>): Cast {
  const some = kinds.size > MOST_KINDS ? new Set([...kinds].filter(() => random.chance(0.4))) : kinds;
  const links = drawLinks(random, some);
  return { random, kinds: some, links, replicas: some.has('standby') && random.chance(0.7) ? 2 : 1 };
}
const MOST_KINDS = 4;

/** Their labels decide what namespaces may do. */
function byLabel(accountID: string): Step {
  const { access, ...spec } = accountSpec(accountID);
  const entries = Array.isArray(access) ? access.filter(isJsonObject) : [];
  const labelled = entries.map((entry, at) => {
    const namespaces = { selector: { matchLabels: { tenant: NAMESPACES[at] ?? '' } } };
    return Object.assign({}, entry, { namespaces });
  });
  const account = accountID === SOURCE ? 'home' : 'away';
  return { afterMs: 0, do: 'rules', account, spec: { ...spec, access: labelled } };
}

function withQueue(accountID: string): Step {
  const eventQueueURL = `https://sqs.us-east-1.amazonaws.com/${accountID}/changes`;
  const account = accountID === SOURCE ? 'home' : 'away';
  return { afterMs: 0, do: 'rules', account, spec: { ...accountSpec(accountID), eventQueueURL } };
}

/** Links of two namespaces can name one role only if the rules allow it to both. */
function firstRules(kinds: ReadonlySet<Kind>): readonly Step[] {
  if (kinds.has('events')) return [...[SOURCE, TARGET].map(withQueue), { afterMs: 0, do: 'forward' }];
  if (kinds.has('tenancy')) return [SOURCE, TARGET].map(byLabel);
  if (!kinds.has('namespaces') && !kinds.has('hold')) return [];
  const prefix = kinds.has('namespaces') ? () => '/crossaccountlink/' : undefined;
  const growth = kinds.has('hold') ? 'Hold' : undefined;
  return [
    { afterMs: 0, do: 'rules', account: 'home', spec: accountSpec(SOURCE, prefix, growth) },
    { afterMs: 0, do: 'rules', account: 'away', spec: accountSpec(TARGET, prefix, growth) },
  ];
}
