/**
 * Where in the United States somebody can be: the states, the District of Columbia and the territories with area codes
 * of their own. Territories are "States" to the Communications Act (47 U.S.C. 153): served, under federal rules, in
 * their own zones. They have no rows in the table of states.
 */
export const stateCodes = [
  'AK',
  'AL',
  'AR',
  'AZ',
  'CA',
  'CO',
  'CT',
  'DC',
  'DE',
  'FL',
  'GA',
  'HI',
  'IA',
  'ID',
  'IL',
  'IN',
  'KS',
  'KY',
  'LA',
  'MA',
  'MD',
  'ME',
  'MI',
  'MN',
  'MO',
  'MS',
  'MT',
  'NC',
  'ND',
  'NE',
  'NH',
  'NJ',
  'NM',
  'NV',
  'NY',
  'OH',
  'OK',
  'OR',
  'PA',
  'RI',
  'SC',
  'SD',
  'TN',
  'TX',
  'UT',
  'VA',
  'VT',
  'WA',
  'WI',
  'WV',
  'WY',
  'AS',
  'GU',
  'MP',
  'PR',
  'VI',
] as const;
export type StateCode = (typeof stateCodes)[number];

const codes: ReadonlySet<string> = new Set(stateCodes);

const isStateCode = (text: string): text is StateCode => codes.has(text);

/** The state that a text names by its postal code, or null. */
export function parseState(text: string): StateCode | null {
  const code = text.trim().toUpperCase();
  return isStateCode(code) ? code : null;
}
