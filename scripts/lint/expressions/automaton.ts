/**
 * A regular expression as the automaton that a backtracking engine walks: a state for each character that the expression reads,
 * with the number of ways that lead from one to the next.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** Loops that repeat at most this often are written out; others remain loops, with their limit noted. */
const WRITTEN_OUT = 8;
/** An expression with more ways between two characters than this is refused instead of examined. */
const MOST_WAYS = 50_000;

export interface State {
  /** The letters of the alphabet that it reads, one bit each. */
  readonly letters: bigint;
  /** How often the loops around it repeat at most; 1 outside of all loops. */
  readonly bound: number;
  /** The lookaround that contains it; 0 outside of all of them. */
  readonly region: number;
  /** The states after it, and the number of ways to each: 2 also stands for more. */
  readonly next: ReadonlyMap<State, 1 | 2>;
  /** Whether its region can end here, whatever follows: then the engine never returns to what was before. */
  readonly ends: boolean;
}

export interface Automaton {
  /** Every state, beginning with the two of `search`. */
  readonly states: readonly State[];
  /** The search for a place to begin: it stays there with any letter. There are two, because `^` with flag m follows a line
   *  break. */
  readonly search: readonly State[];
  /** A text for each letter of the alphabet, by its bit. */
  readonly alphabet: readonly string[];
}

/** A place between characters, and how to continue from it without reading one. */
interface Place {
  readonly steps: MutableState[];
  readonly ways: { readonly to: Place; readonly if: 'always' | 'at start' | 'perhaps' }[];
}

interface MutableState {
  letters: bigint;
  bound: number;
  region: number;
  next: Map<State, 1 | 2>;
  ends: boolean;
  after: Place;
}

/** @throws Error if the expression is invalid, or too intricate to be examined */
export function automatonOf(source: string, flags: string): Automaton {
  const unicode = flags.includes('u');
  const unicodeSets = flags.includes('v');
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode, unicodeSets });
  const letters = new Letters(pattern, flags);
  const graph = new Graph(letters);
  const begin = graph.place();
  graph.alternatives(pattern.alternatives, begin, graph.ends[0] ?? begin);
  return graph.automaton(begin, flags);
}

/** The characters that the parts of an expression distinguish, as an alphabet of samples. */
class Letters {
  readonly samples: readonly string[];
  readonly #masks = new Map<string, bigint>();
  readonly #flags: string;

  constructor(pattern: AST.Pattern, flags: string) {
    this.#flags = flags.replaceAll(/[dgmy]/g, '');
    const atoms = [...new Set(readersOf(pattern).map(({ raw }) => raw))];
    const kinds = new Map<string, string>();
    for (const sample of samplesOf(pattern, flags)) {
      const kind =
        atoms.map((raw) => (this.#expression(raw).test(sample) ? '1' : '0')).join('') + isLineBreak(sample);
      if (!kinds.has(kind)) kinds.set(kind, sample);
    }
    this.samples = [...kinds.values()];
  }

  of(raw: string): bigint {
    const known = this.#masks.get(raw);
    if (known !== undefined) return known;
    const expression = this.#expression(raw);
    const mask = this.where((sample) => expression.test(sample));
    this.#masks.set(raw, mask);
    return mask;
  }

  where(isIn: (sample: string) => boolean): bigint {
    return this.samples.reduce((mask, sample, bit) => (isIn(sample) ? mask | (1n << BigInt(bit)) : mask), 0n);
  }

  #expression(raw: string): RegExp {
    return new RegExp(`^(?:${raw})$`, this.#flags);
  }
}

type Reader = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;

/** The parts that read one character each. */
function readersOf(node: AST.Node): readonly Reader[] {
  switch (node.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return node.alternatives.flatMap(readersOf);
    case 'Assertion':
      return 'alternatives' in node ? node.alternatives.flatMap(readersOf) : [];
    case 'Alternative':
      return node.elements.flatMap(readersOf);
    case 'Quantifier':
      return readersOf(node.element);
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass':
      return [node];
    default:
      return [];
  }
}

/** Every character that the source names, its neighbours, and some of each other kind. */
function samplesOf(pattern: AST.Pattern, flags: string): readonly string[] {
  const points = new Set(
    Array.from('aZ0_ \t\n\r-.:/"\'\\é\u2028\u{1F600}', (char) => char.codePointAt(0) ?? 0),
  );
  const add = (value: number): void => {
    for (const point of [value - 1, value, value + 1])
      if (point >= 0 && point <= 0x10_ff_ff) points.add(point);
  };
  const visit = (node: AST.Node): void => {
    if (node.type === 'Character') add(node.value);
    if (node.type === 'CharacterClassRange') for (const { value } of [node.min, node.max]) add(value);
    if ('elements' in node) node.elements.forEach(visit);
  };
  readersOf(pattern).forEach(visit);
  const most = /[uv]/.test(flags) ? 0x10_ff_ff : 0xff_ff;
  return [...points].filter((point) => point <= most).map((point) => String.fromCodePoint(point));
}

class Graph {
  /** Where each region ends. */
  readonly ends: Place[] = [this.place()];
  readonly #states: MutableState[] = [];
  readonly #letters: Letters;
  #bound = 1;
  #region = 0;

  constructor(letters: Letters) {
    this.#letters = letters;
  }

  place(): Place {
    return { steps: [], ways: [] };
  }

  alternatives(all: readonly AST.Alternative[], from: Place, to: Place): void {
    for (const { elements } of all) {
      const last = elements.reduce((place, element) => this.#element(element, place), from);
      last.ways.push({ to, if: 'always' });
    }
  }

  #element(element: AST.Element, from: Place): Place {
    switch (element.type) {
      case 'Assertion':
        return this.#assertion(element, from);
      case 'Quantifier':
        return this.#quantifier(element, from);
      case 'Group':
      case 'CapturingGroup':
        return this.#group(element.alternatives, from);
      case 'Backreference':
        return this.#group(
          [element.resolved].flat().flatMap(({ alternatives }) => alternatives),
          from,
        );
      default:
        return this.#reader(element.raw, from);
    }
  }

  #group(alternatives: readonly AST.Alternative[], from: Place): Place {
    const end = this.place();
    this.alternatives(alternatives, from, end);
    return end;
  }

  #reader(raw: string, from: Place): Place {
    const state = this.#state(this.#letters.of(raw));
    from.steps.push(state);
    return state.after;
  }

  #state(letters: bigint): MutableState {
    const after = this.place();
    const state = { letters, bound: this.#bound, region: this.#region, next: new Map(), ends: false, after };
    this.#states.push(state);
    return state;
  }

  #quantifier({ element, min, max }: AST.Quantifier, from: Place): Place {
    const isLoop = max > WRITTEN_OUT;
    const copies = Math.min(min, WRITTEN_OUT) - (isLoop && min > 0 ? 1 : 0);
    let place = from;
    for (let copy = 0; copy < copies; copy += 1) place = this.#element(element, place);
    const end = this.place();
    if (isLoop) this.#loop({ element, min, max }, place, end);
    else this.#optional(element, max - min, place, end);
    return end;
  }

  #loop(
    { element, min, max }: Pick<AST.Quantifier, 'element' | 'min' | 'max'>,
    from: Place,
    end: Place,
  ): void {
    const head = this.place();
    from.ways.push({ to: head, if: 'always' });
    const outside = this.#bound;
    this.#bound *= max;
    const tail = this.#element(element, head);
    this.#bound = outside;
    tail.ways.push({ to: head, if: 'always' });
    (min === 0 ? head : tail).ways.push({ to: end, if: 'always' });
  }

  #optional(element: AST.Element, copies: number, from: Place, end: Place): void {
    let place = from;
    place.ways.push({ to: end, if: 'always' });
    for (let copy = 0; copy < copies; copy += 1) {
      place = this.#element(element, place);
      place.ways.push({ to: end, if: 'always' });
    }
  }

  #assertion(assertion: AST.Assertion, from: Place): Place {
    const next = this.place();
    from.ways.push({ to: next, if: assertion.kind === 'start' ? 'at start' : 'perhaps' });
    if (!('alternatives' in assertion)) return next;
    const outside = this.#region;
    const begin = this.place();
    const end = this.place();
    this.#region = this.ends.push(end) - 1;
    from.ways.push({ to: begin, if: 'perhaps' });
    this.alternatives(assertion.alternatives, begin, end);
    this.#region = outside;
    return next;
  }

  automaton(begin: Place, flags: string): Automaton {
    const isMultiline = flags.includes('m');
    const lineBreaks = this.#letters.where(isLineBreak);
    const anywhere = this.#state(this.#letters.where((sample) => !isLineBreak(sample)));
    const afterLineBreak = this.#state(lineBreaks);
    const search = [anywhere, afterLineBreak];
    // A sticky expression is tried at only one place.
    if (!flags.includes('y')) for (const state of search) state.after = begin;
    for (const state of this.#states) {
      const mayStart = isMultiline && (state.letters & lineBreaks) !== 0n;
      const { next, places } = this.#ahead(state.after, mayStart);
      state.next = next;
      const end = this.ends[state.region];
      state.ends = end !== undefined && places.has(end);
    }
    for (const state of search) {
      state.bound = Number.POSITIVE_INFINITY;
      for (const other of search) state.next.set(other, 1);
    }
    const states = [...search, ...this.#states.filter((state) => !search.includes(state))];
    return { states, search, alphabet: this.#letters.samples };
  }

  /** The states that follow a place, and the places that are reached whatever the text is. */
  #ahead(from: Place, mayStart: boolean) {
    const next = new Map<State, 1 | 2>();
    const places = new Set<Place>();
    const onTheWay = new Set<Place>();
    let ways = 0;
    const go = (place: Place, isCertain: boolean): void => {
      ways += 1;
      if (ways > MOST_WAYS) throw new Error('has too many ways through parts that may be empty');
      if (isCertain) places.add(place);
      onTheWay.add(place);
      for (const step of place.steps) next.set(step, next.has(step) ? 2 : 1);
      for (const way of place.ways) {
        if (onTheWay.has(way.to) || (way.if === 'at start' && !mayStart)) continue;
        go(way.to, isCertain && way.if === 'always');
      }
      onTheWay.delete(place);
    };
    go(from, true);
    return { next, places };
  }
}

function isLineBreak(sample: string): boolean {
  return /[\n\r\u2028\u2029]/.test(sample);
}
