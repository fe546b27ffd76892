/** The frame around every view: the bar, notices about what cannot be seen, toasts, help. */
import { useEffect, useRef } from 'preact/hooks';
import type { Toast } from '../model/toasts.ts';
import { routeHash, type View } from '../model/route.ts';
import type { ConnectionState } from './connection.ts';
import { Dot } from './parts.tsx';
import type { Theme } from './theme.ts';

interface TopBarProps {
  readonly view: View;
  readonly state: ConnectionState;
  /** Whether the console answers, but the cluster behind it does not. */
  readonly stale: boolean;
  readonly theme: Theme;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
}

const VIEWS: readonly (readonly [View, string])[] = [
  ['map', 'Map'],
  ['overview', 'Overview'],
];
const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting',
  denied: 'Access denied',
};
const THEMES: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export function TopBar({ view, state, stale, theme, onTheme, onHelp }: TopBarProps) {
  const outOfDate = stale && state === 'live';
  return (
    <header class="bar-top">
      {/* Its text is not shown where there is little room. */}
      <a class="brand" href={routeHash({ view: 'map' })} aria-label="crossaccountlink">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>crossaccountlink</span>
      </a>
      <nav aria-label="Views">
        {VIEWS.map(([each, label]) => (
          <a
            key={each}
            href={routeHash({ view: each })}
            {...(each === view && { 'aria-current': 'page' as const })}
          >
            {label}
          </a>
        ))}
      </nav>
      <span class={`live is-${outOfDate ? 'lost' : state}`} role="status">
        <span class="live-dot" aria-hidden="true" />
        <span class="live-word">{outOfDate ? 'Out of date' : STATES[state]}</span>
      </span>
      <button type="button" class="quiet" onClick={onTheme} aria-label={`Theme: ${THEMES[theme]}. Change`}>
        <span class="theme-word">Theme: </span>
        {THEMES[theme]}
      </button>
      <button type="button" class="quiet" onClick={onHelp} aria-label="Keyboard help">
        ?
      </button>
    </header>
  );
}

const PROBLEMS: Partial<Record<ConnectionState, string>> = {
  lost: 'The console does not answer, so this page is out of date. If you have stopped it, run "kubectl crossaccountlink dashboard" again and open the new address.',
  denied: 'The console was restarted: open the new address that it printed.',
};

/** From this width on, in pixels, there is room for every notice. */
const ROOMY = 720;

export function Notices({
  spots,
  state,
}: {
  readonly spots: readonly string[];
  readonly state: ConnectionState;
}) {
  const problem = PROBLEMS[state];
  const notices = [...(problem === undefined ? [] : [problem]), ...spots];
  const [first, ...others] = notices;
  if (first === undefined) return null;
  return (
    <section class="notices" aria-label="Notices">
      {others.length === 0 ? (
        <p>{first}</p>
      ) : (
        // A small screen shows only the first notice: otherwise somebody with few rights would see nothing else.
        <details open={innerWidth >= ROOMY}>
          <summary>
            {first} <span class="more">and {others.length} more</span>
          </summary>
          <ul>
            {others.map((spot) => (
              <li key={spot}>{spot}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

export function Toasts({ toasts }: { readonly toasts: readonly Toast[] }) {
  return (
    <ul class="toasts" aria-live="polite" aria-label="What has just happened">
      {toasts.map((item, index) => (
        <li key={`${item.key} ${item.text} ${index}`}>
          <Dot tone={item.tone} />
          <a href={routeHash({ view: 'map', link: item.key })}>{item.key}</a> {item.text}
        </li>
      ))}
    </ul>
  );
}

export function Waiting({ state }: { readonly state: ConnectionState }) {
  return (
    <main class="waiting">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>crossaccountlink</h1>
      {state === 'denied' ? (
        <p>
          This page needs the token of its console: open the whole address that{' '}
          <code>kubectl crossaccountlink dashboard</code> printed.
        </p>
      ) : (
        <p role="status">
          {state === 'lost' ? 'The console does not answer. Trying again …' : 'Connecting …'}
        </p>
      )}
    </main>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'search'],
  ['m, o', 'map, overview'],
  ['↑ ↓', 'in search and list: next link; on the map: move'],
  ['Home End', 'in the list: first and last link'],
  ['← →', 'on the map: move; on tabs: next tab'],
  ['+ −', 'on the map: zoom'],
  ['0', 'on the map: show all'],
  ['Enter', 'open the link; in search: the first one found'],
  ['Esc', 'close, go back'],
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-label="Keyboard" onClose={onClose}>
      <h2>Keyboard</h2>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="leg-what">
        Search narrows with <code>ns:</code> <code>account:</code> <code>reason:</code> <code>machine:</code>{' '}
        <code>role:</code>. <a href="/licences.txt">Licences</a>
      </p>
      <button type="button" class="primary" autofocus onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
