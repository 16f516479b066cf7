import { knownMisreadings } from '#shared/compliance/free-text/known-misreadings.ts';
import type { DayHours, StateRule } from '#shared/compliance/hours/state-rule.ts';
import { stateRules } from '#shared/compliance/hours/state-rules.ts';
import { gateRules } from '#shared/compliance/rules.ts';
import { rulesVersion } from '#shared/compliance/rules-version.ts';
import { intents as allIntents } from '#shared/compliance/touch.ts';

/** Parts of the page on compliance that are derived from the data the gate runs on. Pure. */

const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** Every rule, in the order in which they are asked. */
export function gateRuleTable(): string {
  const rows = gateRules.map(({ id, verdict, intents, says, source }) =>
    row(
      `\`${id}\``,
      verdict,
      intents.length === allIntents.length ? 'all' : intents.join(', '),
      says,
      source,
    ),
  );
  return [
    `Rules version \`${rulesVersion}\`.`,
    '',
    '| rule | verdict | of | says | source |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const hours = (span: DayHours): string => (span === null ? 'none' : `${span[0]}\u2013${span[1]}`);

const holidays = ({ holidays: days }: StateRule): string => {
  if (days === null) return 'as other days';
  return days.length === 0 ? 'none' : `none; also ${days.map(({ name }) => name).join(', ')}`;
};

/** The table of states, for texts and calls or for recorded and synthetic voices only. */
export function stateTable(only: StateRule['only']): string {
  const rows = stateRules
    .filter((rule) => rule.only === only)
    .sort((a, b) => a.state.localeCompare(b.state))
    .map((rule) =>
      row(
        rule.state,
        hours(rule.mondayToFriday),
        hours(rule.saturday),
        hours(rule.sunday),
        holidays(rule),
        rule.cap ? `${rule.cap.count} in ${rule.cap.hours} h` : '',
        rule.source,
        rule.disputed ?? '',
      ),
    );
  return [
    '| state | Mon\u2013Fri | Sat | Sun | holidays | most marketing | source | disputed |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** What is known to be misread. */
export function misreadingTable(): string {
  const rows = knownMisreadings.map(({ text, read, meant }) => row(`"${text}"`, read, meant));
  return ['| text | is read as | but is |', '|---|---|---|', ...rows].join('\n');
}

/** All of them, by the name of their place in docs/compliance.md. */
export const complianceParts = (): Record<string, string> => ({
  rules: gateRuleTable(),
  states: stateTable(null),
  'states-voice': stateTable('artificial_voice'),
  misreadings: misreadingTable(),
});
