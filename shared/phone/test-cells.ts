import fc from 'fast-check';
import type { CountryCode } from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json';
import { getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Cells of a list that hold a phone number, nearly one, or anything else; for tests. */

export const homeCountries = ['US', 'CA', 'MX'] as const;
export type HomeCountry = (typeof homeCountries)[number];

/** Those that lists are of, and such whose numbers are read otherwise: with a 0, an 8 or a 1 within the country, short, long, one plan for many. */
const COUNTRIES: readonly CountryCode[] = [
  ...homeCountries,
  ...(['GB', 'DE', 'IT', 'FR', 'RU', 'IN', 'NG', 'AR', 'BR', 'AU', 'SG', 'JM', 'PR', 'CI', 'FI'] as const),
];

interface Parts {
  code: string;
  national: string;
}
const partsOf = (country: CountryCode): Parts => {
  const example = getExampleNumber(country, examples);
  if (example === undefined) throw new Error(`no number of ${country} is known`);
  return { code: example.countryCallingCode, national: example.nationalNumber };
};

const digits = (min: number, max = min) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));

/** Of a country, with the last digits by chance; or of the United States or Canada, of any area and exchange. */
const parts: fc.Arbitrary<Parts> = fc.oneof(
  fc.tuple(fc.constantFrom(...COUNTRIES), digits(4)).map(([country, last]) => {
    const { code, national } = partsOf(country);
    return { code, national: national.slice(0, -4) + last };
  }),
  fc
    .tuple(fc.integer({ min: 200, max: 999 }), fc.integer({ min: 200, max: 999 }), digits(4))
    .map((all) => ({ code: '1', national: all.join('') })),
  fc.record({ code: digits(1, 3), national: digits(5, 12) }),
);

/** As people write it: from abroad or at home, with what is dialled first, in groups. */
const written = fc
  .record({
    parts,
    prefix: fc.constantFrom('+', '+', '', '', '', '011', '00', '1', 'tel:+', 'whatsapp:+'),
    trunk: fc.constantFrom('', '', '', '0', '(0)', '8', '1'),
    separator: fc.constantFrom('', '', ' ', '-', '.', '/', '\u00a0', ' - '),
    brackets: fc.boolean(),
  })
  .map(({ brackets, parts: { code, national }, prefix, separator, trunk }) => {
    const [area, exchange, rest] = [national.slice(0, 3), national.slice(3, 6), national.slice(6)];
    const home = [brackets ? `(${area})` : area, exchange, rest]
      .filter((part) => part !== '')
      .join(separator);
    const isAbroad = ['+', '011', '00', 'tel:+', 'whatsapp:+'].includes(prefix);
    return isAbroad
      ? `${prefix}${prefix === '011' ? ' ' : ''}${code}${separator}${trunk}${home}`
      : `${prefix}${separator}${trunk}${home}`;
  });

/** What stands in such a column besides. */
const noise = fc.string({
  unit: fc.constantFrom(...'0159 +-().,/x#abé\u00a0\u200b–０１😀"\n'),
  maxLength: 14,
});

export const anyPhoneCell: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: written },
  { weight: 1, arbitrary: digits(0, 16) },
  { weight: 1, arbitrary: digits(6, 16).map((all) => `+${all}`) },
  { weight: 1, arbitrary: noise },
  // A digit too many, or a word beside it.
  {
    weight: 2,
    arbitrary: fc
      .tuple(written, noise, fc.nat())
      .map(
        ([text, more, at]) =>
          text.slice(0, at % (text.length + 1)) + more + text.slice(at % (text.length + 1)),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(written, fc.constantFrom(' ext 5', ' x12', ' ', '  ', '(home)'))
      .map((all) => all.join('')),
  },
);

/** E.164 ends at 15 digits; the library knows longer ones. */
const LONGEST = '+'.length + 15;

/**
 * The number in a cell by the library alone, with all of its plans; null: it holds none that is given out. What begins with the
 * name of another channel, "whatsapp:", is no telephone. Mexican numbers in the form of before 2019 (+52 1) are those without the 1.
 */
export function numberIn(cell: string, country: HomeCountry): string | null {
  const [, scheme] = /^([a-z][\w.-]*):/i.exec(cell.trim()) ?? [];
  if (/^(?:whatsapp|rcs)(?!\w)/i.test(cell.trim())) return null;
  if (scheme !== undefined && !['tel', 'sms', 'mms'].includes(scheme.toLowerCase())) return null;
  const text = cell.trim().slice(scheme === undefined ? 0 : scheme.length + 1);
  const before2019 = /^\+521(\d{10})$/.exec(text.replace(/[\s()-]/g, ''));
  const parsed = parsePhoneNumberFromString(before2019 ? `+52${before2019[1]}` : text, country);
  return parsed?.isValid() && parsed.number.length <= LONGEST ? parsed.number : null;
}
