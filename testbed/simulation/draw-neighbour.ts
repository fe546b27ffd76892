/** Draws what happens in another cluster on the same accounts, between the events of the first cluster. */
import type { Random } from '../random.ts';
import { drawPause } from './draw-events.ts';
import { drawLinks, specOf, type LinkSeat } from './draw-specs.ts';
import type { Event, Kind, Step } from './history.ts';

/** @param steps the steps of the first cluster and of AWS */
export function withNeighbour(
  random: Random,
  kinds: ReadonlySet<Kind>,
  steps: readonly Step[],
): readonly Step[] {
  const links = drawLinks(random, kinds);
  const applied = [...links].map(([link, seat]): Event => ({
    do: 'apply',
    link,
    spec: specOf(random, kinds, seat),
  }));
  const more = Array.from({ length: random.below(5) }, () => drawThere(random, kinds, links));
  const all = [...steps];
  // The events keep their order, and begin anywhere.
  let from = random.below(all.length + 1);
  for (const event of [...applied, ...more]) {
    all.splice(from, 0, { afterMs: drawPause(random), do: 'elsewhere', event });
    from += 1 + random.below(all.length - from);
  }
  return all;
}

function drawThere(random: Random, kinds: ReadonlySet<Kind>, links: ReadonlyMap<string, LinkSeat>): Event {
  const link = random.pick([...links.keys()]);
  const draw = random.next();
  if (draw < 0.35) return { do: 'delete', link };
  if (draw < 0.7) return { do: 'apply', link, spec: specOf(random, kinds, links.get(link)) };
  if (draw < 0.8) return { do: 'request', link };
  return {
    do: 'crash',
    replica: 0,
    calls: random.between(1, 40),
    sent: random.chance(0.5),
    downMs: random.between(500, 60_000),
  };
}
