import type { GateConfig } from '../gate-config.ts';
import type { Location } from '../location/locate.ts';
import { type LocalWindow, localHours } from './local-hours.ts';
import { Openings } from './openings.ts';
import type { FrequencyCap, StateRule } from './state-rule.ts';
import { stateRules } from './state-rules.ts';

/** What holds for planned touches to one kind of recipient: when, and how often. */
export interface Regime {
  openings: Openings;
  /** Of the organisation and of every state that applies. */
  caps: readonly FrequencyCap[];
}

/** By location; a location is one object as long as it is in use. */
type Regimes = WeakMap<Location, Regime>;

interface Kept {
  text: Regimes;
  artificialVoice: Regimes;
}

/** Above this many, all are forgotten and worked out anew: what is kept stays below some ten megabytes. */
const KEPT_REGIMES = 4_000;
let count = 0;
let byConfig = new WeakMap<GateConfig, Map<string, Kept>>();
const windowKeys = new WeakMap<readonly LocalWindow[], string>();

/**
 * The rules for a place, a programme's windows (null: none of its own) and whether the touch is a recorded or synthetic
 * voice. Worked out once and kept for as long as the configuration and the place are in use, a bounded number at a time.
 */
export function regimeOf(
  config: GateConfig,
  location: Location,
  windows: readonly LocalWindow[] | null,
  artificialVoice: boolean,
): Regime {
  const kept = keptFor(config, windows);
  const regimes = artificialVoice ? kept.artificialVoice : kept.text;
  const known = regimes.get(location);
  if (known) return known;
  count += 1;
  if (count > KEPT_REGIMES) {
    count = 0;
    byConfig = new WeakMap();
  }
  const states = rulesFor(location, artificialVoice);
  const regime: Regime = {
    openings: new Openings(
      location.zones,
      localHours({ defaultWindow: config.defaultWindow, states, windows, holidays: config.holidays }),
    ),
    caps: capsOf(config, states),
  };
  regimes.set(location, regime);
  return regime;
}

/** The rows of the table that hold somewhere: of all states that it may be in, or of all there are. */
export const rulesFor = (location: Location, artificialVoice: boolean): readonly StateRule[] =>
  stateRules.filter(
    ({ state, only }) =>
      (location.stateUnknown || location.states.includes(state)) &&
      (only === null || (only === 'artificial_voice' && artificialVoice)),
  );

function capsOf(config: GateConfig, states: readonly StateRule[]): readonly FrequencyCap[] {
  const caps = new Map<string, FrequencyCap>();
  for (const cap of [config.generalCap, ...states.map((state) => state.cap)]) {
    if (cap) caps.set(`${cap.count}/${cap.hours}`, cap);
  }
  return [...caps.values()];
}

function keptFor(config: GateConfig, windows: readonly LocalWindow[] | null): Kept {
  const ofConfig = byConfig.get(config) ?? new Map<string, Kept>();
  byConfig.set(config, ofConfig);
  const key = windows === null ? '' : windowKey(windows);
  const known = ofConfig.get(key);
  if (known) return known;
  const kept: Kept = { text: new WeakMap(), artificialVoice: new WeakMap() };
  ofConfig.set(key, kept);
  return kept;
}

/** Windows with the same content share what follows from them, wherever they were read. */
function windowKey(windows: readonly LocalWindow[]): string {
  const known = windowKeys.get(windows);
  if (known !== undefined) return known;
  const key = JSON.stringify(windows.map(({ days, from, to }) => [days, from, to]));
  windowKeys.set(windows, key);
  return key;
}
