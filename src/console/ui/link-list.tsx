/** Links as a list that can hold thousands: only the rows in sight exist. It says everything that the map shows. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LinkRow } from '../model/contract.ts';
import { routeHash, type Route } from '../model/route.ts';
import { TONE_NAMES } from '../model/tones.ts';
import { Dot, Empty } from './parts.tsx';

const ROW_HEIGHT = 60;
/** Rows beyond both ends, so that scrolling shows no gap. */
const SPARE = 6;

interface LinkListProps {
  readonly links: readonly LinkRow[];
  readonly route: Route;
  /** The text that is shown if there are none. */
  readonly nothing: string;
  readonly onHover: (keys: ReadonlySet<string> | undefined) => void;
}

export function LinkList({ links, route, nothing, onHover }: LinkListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(Math.floor(top / ROW_HEIGHT) - SPARE, 0);
  const last = Math.min(Math.ceil((top + height) / ROW_HEIGHT) + SPARE, links.length);

  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || !(event.target instanceof HTMLElement)) return;
    const index = Number(event.target.dataset['index']) + step;
    if (Number.isNaN(index) || index < 0 || index >= links.length) return;
    event.preventDefault();
    const next = box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  };

  if (links.length === 0) return <Empty>{nothing}</Empty>;
  return (
    <div
      class="list"
      ref={box}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={move}
      onMouseLeave={() => onHover(undefined)}
    >
      <ul style={{ height: `${links.length * ROW_HEIGHT}px` }}>
        {links.slice(first, last).map((row, index) => (
          <li key={row.key} style={{ transform: `translateY(${(first + index) * ROW_HEIGHT}px)` }}>
            <a
              data-index={first + index}
              href={routeHash({ ...route, link: row.key })}
              class={row.key === route.link ? 'row current' : 'row'}
              {...(row.key === route.link && { 'aria-current': 'true' as const })}
              onMouseEnter={() => onHover(new Set([row.key]))}
            >
              <Row row={row} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Row({ row }: { readonly row: LinkRow }) {
  return (
    <>
      <Dot tone={row.tone} />
      <span class="row-main">
        <span class="row-name">{row.name}</span>
        <span class="row-way">
          {row.namespace} · {row.machine.name} → {row.role.name}
        </span>
      </span>
      <span class="row-side">
        <span class={`row-reason ${row.tone}`}>
          <span class="unseen">{TONE_NAMES[row.tone]}: </span>
          {row.reason}
        </span>
        {row.drift > 0 && <span class="row-drift">drift {row.drift}</span>}
      </span>
    </>
  );
}
