/** Small pieces that several views share. Text from the cluster only ever becomes text nodes. */
import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { LegView, Tone } from '../model/contract.ts';
import { diffValues } from '../model/diff.ts';
import { TONES, type ToneCounts } from '../model/tones.ts';

export function Dot({ tone }: { readonly tone: Tone }) {
  return <span class={`dot ${tone}`} aria-hidden="true" />;
}

export function Pill({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <span class={`pill ${tone}`}>
      <Dot tone={tone} />
      {children}
    </span>
  );
}

const MARKS: Readonly<Record<LegView['state'], string>> = { ready: '✓', trouble: '✕', working: '…' };
const MARK_NAMES: Readonly<Record<LegView['state'], string>> = {
  ready: 'in order',
  trouble: 'not in order',
  working: 'not known yet',
};

export function Mark({ state }: { readonly state: LegView['state'] }) {
  return (
    <span class={`mark ${state}`} role="img" aria-label={MARK_NAMES[state]}>
      {MARKS[state]}
    </span>
  );
}

/** Shares of a whole as one bar; beside it the numbers are given in text. */
export function Shares({ counts }: { readonly counts: ToneCounts }) {
  return (
    <span class="shares" aria-hidden="true">
      {TONES.filter((tone) => counts[tone] > 0).map((tone) => (
        <span key={tone} class={`share ${tone}`} style={{ flexGrow: counts[tone] }} />
      ))}
    </span>
  );
}

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" class="copy" aria-label={`Copy ${label}`} onClick={() => void copy()}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  );
}

/** A value before and after, line by line. */
export function Diff({
  before,
  after,
}: {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}) {
  const signs = { same: ' ', removed: '−', added: '+' } as const;
  return (
    <pre class="diff" tabIndex={0} aria-label="Difference">
      {diffValues(before, after).map(({ kind, text }, index) => (
        <span key={index} class={`line ${kind}`}>
          <span class="sign">{signs[kind]}</span>
          {text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
