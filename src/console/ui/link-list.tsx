/** Links as a list that can hold thousands: only the rows in sight exist. It says everything that the map shows. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
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
  /** The place of the link that is to get the keyboard, until it has it. */
  readonly goTo: number | undefined;
  /** Called with the place to go to, -1 for what is above the list, or undefined once a link has the keyboard. */
  readonly onGo: (index: number | undefined) => void;
  readonly onHover: (keys: ReadonlySet<string> | undefined) => void;
}

export function LinkList({ links, route, nothing, goTo, onGo, onHover }: LinkListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = useHeight(box);
  /** The place of the link that has the keyboard: its row stays, or the page would lose it by scrolling. */
  const [held, setHeld] = useState<number>();
  const first = Math.max(Math.floor(top / ROW_HEIGHT) - SPARE, 0);
  const last = Math.min(Math.ceil((top + height) / ROW_HEIGHT) + SPARE, links.length);

  const isListed = links.length > 0;
  // The open link is brought into sight, too, if it was opened from the map or by its address.
  useLayoutEffect(() => {
    const element = box.current;
    const place = links.findIndex(({ key }) => key === route.link) * ROW_HEIGHT;
    if (element === null || place < 0) return;
    const from = element.scrollTop;
    if (place >= from && place + ROW_HEIGHT <= from + element.clientHeight) return;
    element.scrollTop = place - element.clientHeight / 2;
    setTop(element.scrollTop);
  }, [route.link, isListed]);

  useLayoutEffect(() => {
    const element = box.current;
    if (goTo === undefined) return;
    if (element === null || goTo >= links.length) return onGo(undefined);
    const row = element.querySelector<HTMLElement>(`[data-index="${goTo}"]`);
    if (row === null) {
      element.scrollTop = goTo * ROW_HEIGHT;
      setTop(element.scrollTop);
      return;
    }
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    onGo(undefined);
  }, [goTo, first]);

  const move = (event: KeyboardEvent) => {
    const from = indexOf(event.target);
    if (from === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(Math.floor(height / ROW_HEIGHT) - 1, 1);
    const to = placeAfter(event.key, { from, page, count: links.length });
    if (to === undefined) return;
    event.preventDefault();
    onGo(to);
  };

  const shown = Array.from({ length: last - first }, (_, index) => first + index);
  if (held !== undefined && held < first) shown.unshift(held);
  if (held !== undefined && held >= last && held < links.length) shown.push(held);

  if (links.length === 0) return <Empty>{nothing}</Empty>;
  return (
    <div
      class="list"
      ref={box}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={move}
      onFocusIn={({ target }) => setHeld(indexOf(target))}
      onFocusOut={() => setHeld(undefined)}
      onMouseLeave={() => onHover(undefined)}
    >
      <ul style={{ height: `${links.length * ROW_HEIGHT}px` }}>
        {shown.map((index) => {
          const row = links[index];
          return row && <Item key={row.key} {...{ row, index, route, onHover }} count={links.length} />;
        })}
      </ul>
    </div>
  );
}

/** The height of an element in pixels, as it changes. */
function useHeight(box: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return height;
}

interface ItemProps extends Pick<LinkListProps, 'route' | 'onHover'> {
  readonly row: LinkRow;
  readonly index: number;
  /** How many links the list has. */
  readonly count: number;
}

function Item({ row, index, count, route, onHover }: ItemProps) {
  const isOpen = row.key === route.link;
  return (
    <li
      style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
      aria-setsize={count}
      aria-posinset={index + 1}
    >
      <a
        data-index={index}
        href={routeHash({ ...route, link: row.key })}
        class={isOpen ? 'row current' : 'row'}
        {...(isOpen && { 'aria-current': 'true' as const })}
        onMouseEnter={() => onHover(new Set([row.key]))}
      >
        <Row row={row} />
      </a>
    </li>
  );
}

function indexOf(target: EventTarget | null): number | undefined {
  const index = target instanceof HTMLElement ? target.dataset['index'] : undefined;
  return index === undefined ? undefined : Number(index);
}

interface Place {
  readonly from: number;
  /** How many links a page has. */
  readonly page: number;
  readonly count: number;
}

/** Where a key leads in the list: -1 is above it. */
function placeAfter(key: string, { from, page, count }: Place): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowDown':
      return Math.min(from + 1, last);
    case 'ArrowUp':
      return from - 1;
    case 'PageDown':
      return Math.min(from + page, last);
    case 'PageUp':
      return Math.max(from - page, 0);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
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
