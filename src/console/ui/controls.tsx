/** What to show: search, tones, grouping. */
import type { Ref } from 'preact';
import type { Tone } from '../model/contract.ts';
import type { Filter } from '../model/filter.ts';
import type { Grouping } from '../model/map.ts';
import { TONE_NAMES, TONES, type ToneCounts } from '../model/tones.ts';
import { Dot } from './parts.tsx';

interface ControlsProps {
  readonly filter: Filter;
  readonly counts: ToneCounts;
  readonly grouping: Grouping;
  readonly search: Ref<HTMLInputElement>;
  readonly onFilter: (filter: Filter) => void;
  readonly onGrouping: (grouping: Grouping) => void;
  /** Go from the search to the first link that it found. */
  readonly onDown: () => void;
  /** Open the first link that the search found. */
  readonly onEnter: () => void;
}

const GROUPINGS: readonly (readonly [Grouping, string])[] = [
  ['account', 'Account'],
  ['namespace', 'Namespace'],
  ['reason', 'Reason'],
];

export function Controls(props: ControlsProps) {
  const { filter, counts, grouping, search, onFilter, onGrouping, onDown, onEnter } = props;
  const leave = (event: KeyboardEvent) => {
    const go = { ArrowDown: onDown, Enter: onEnter }[event.key];
    // While a word is being composed, these keys belong to the input method.
    if (go === undefined || event.isComposing) return;
    event.preventDefault();
    go();
  };
  const toggle = (tone: Tone) => {
    const tones = new Set(filter.tones);
    if (!tones.delete(tone)) tones.add(tone);
    onFilter({ ...filter, tones });
  };
  return (
    <div class="controls">
      <label class="search">
        <span class="unseen">Search links</span>
        <input
          type="search"
          ref={search}
          value={filter.query}
          placeholder="Search, or ns: account: reason:"
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => onFilter({ ...filter, query: currentTarget.value })}
          onKeyDown={leave}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div class="chips" role="group" aria-label="Show only">
        {TONES.map((tone) => (
          <button
            key={tone}
            type="button"
            class="chip"
            aria-pressed={filter.tones.has(tone)}
            onClick={() => toggle(tone)}
          >
            <Dot tone={tone} />
            {TONE_NAMES[tone]} <b>{counts[tone]}</b>
          </button>
        ))}
      </div>
      <div class="segments" role="group" aria-label="Group the map by">
        <span class="segments-title" aria-hidden="true">
          Group by
        </span>
        {GROUPINGS.map(([value, label]) => (
          <button
            key={value}
            type="button"
            aria-pressed={grouping === value}
            onClick={() => onGrouping(value)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
