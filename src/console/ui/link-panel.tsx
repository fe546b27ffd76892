/** One link: its legs, drift, policy, history and commands. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LinkDetail } from '../model/contract.ts';
import { count, shorten } from '../model/text.ts';
import { TONE_NAMES } from '../model/tones.ts';
import type { Connection } from './connection.ts';
import { Commands, DriftTab, History, Legs } from './link-tabs.tsx';
import { Empty, Pill } from './parts.tsx';
import { PolicyTab } from './policy-tab.tsx';

interface LinkPanelProps {
  readonly linkKey: string;
  /** Changes whenever the link changes; undefined when it is gone. */
  readonly version: string | undefined;
  readonly connection: Connection;
  readonly now: number;
  readonly nameOf: (account: string) => string;
  readonly onClose: () => void;
}

const TABS = ['Legs', 'Drift', 'Policy', 'History', 'Commands'] as const;
type Tab = (typeof TABS)[number];

export function LinkPanel({ linkKey, version, connection, now, nameOf, onClose }: LinkPanelProps) {
  const [detail, setDetail] = useState<LinkDetail>();
  const [tab, setTab] = useState<Tab>('Legs');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (version === undefined) return undefined;
    const stop = new AbortController();
    connection.link(linkKey, stop.signal).then(
      (found) => setDetail(found),
      // The connection's state already says that the server does not answer.
      () => undefined,
    );
    return () => stop.abort();
  }, [linkKey, version, connection]);
  useEffect(() => {
    setTab('Legs');
    heading.current?.focus({ preventScroll: true });
  }, [linkKey]);

  const [namespace = '', name = ''] = linkKey.split('/');
  const known = detail?.row.key === linkKey ? detail : undefined;
  return (
    <section class="panel" aria-label={`Link ${linkKey}`}>
      <header class="panel-head">
        <div class="panel-title">
          <span class="eyebrow">{namespace}</span>
          <h2 tabIndex={-1} ref={heading} title={name}>
            {shorten(name, 60)}
          </h2>
        </div>
        <button type="button" class="close" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {version === undefined && <Empty>This link is gone.</Empty>}
      {version !== undefined && known === undefined && <Empty>Loading …</Empty>}
      {version !== undefined && known !== undefined && (
        <>
          <Summary detail={known} nameOf={nameOf} />
          <TabBar tab={tab} drift={known.row.drift} onTab={setTab} />
          <div class="panel-body" role="tabpanel" id="panel-body" aria-labelledby={`tab-${tab}`} tabIndex={0}>
            {tab === 'Legs' && <Legs detail={known} nameOf={nameOf} />}
            {tab === 'Drift' && <DriftTab detail={known} now={now} />}
            {tab === 'Policy' && <PolicyTab key={linkKey} linkKey={linkKey} connection={connection} />}
            {tab === 'History' && <History detail={known} now={now} />}
            {tab === 'Commands' && <Commands detail={known} />}
          </div>
        </>
      )}
    </section>
  );
}

function Summary({
  detail,
  nameOf,
}: {
  readonly detail: LinkDetail;
  readonly nameOf: (id: string) => string;
}) {
  const { row, advice, message } = detail;
  return (
    <div class="summary">
      <div class="way">
        <div class="end">
          <span class="eyebrow">{nameOf(row.machine.account)}</span>
          <b title={detail.machineARN}>{shorten(row.machine.name, 34)}</b>
          <span class="mono">
            {row.machine.account} · {row.machine.region}
          </span>
        </div>
        <span class={`arrow ${row.tone}`} aria-label="calls through" role="img" />
        <div class="end">
          <span class="eyebrow">{nameOf(row.role.account)}</span>
          <b title={detail.roleARN}>{shorten(row.role.name, 34)}</b>
          <span class="mono">
            {row.role.account} · {count(row.tasks, 'Task')}
          </span>
        </div>
      </div>
      <p class="verdict">
        <Pill tone={row.tone}>
          {TONE_NAMES[row.tone]} · {row.reason}
        </Pill>
        {row.observed && <span class="tag">Observe</span>}
        {row.deleting && <span class="tag">being deleted</span>}
        {row.stalled && <span class="tag trouble">needs a person</span>}
      </p>
      {row.tone !== 'ready' && (
        <div class={`advice ${row.tone}`}>
          <p>{message}</p>
          {advice !== undefined && advice.remedy !== 'Nothing.' && (
            <p>
              <b>First do:</b> {advice.remedy}
            </p>
          )}
        </div>
      )}
    </div>
  );
}

function TabBar({
  tab,
  drift,
  onTab,
}: {
  readonly tab: Tab;
  readonly drift: number;
  readonly onTab: (tab: Tab) => void;
}) {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    if (next === undefined) return;
    event.preventDefault();
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="About this link" onKeyDown={move}>
      {TABS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`tab-${each}`}
          aria-selected={each === tab}
          aria-controls="panel-body"
          tabIndex={each === tab ? 0 : -1}
          onClick={() => onTab(each)}
        >
          {each}
          {each === 'Drift' && drift > 0 && <span class="badge">{drift}</span>}
        </button>
      ))}
    </div>
  );
}
