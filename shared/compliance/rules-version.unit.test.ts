import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { freeTextData } from './free-text.ts';
import { federalHolidays, stateHolidays } from './holidays.ts';
import { FEDERAL_HOURS } from './hours/local-hours.ts';
import { stateRules } from './hours/state-rules.ts';
import { areaCodes } from './location/area-codes.ts';
import { postalCodeExceptions, postalCodeRanges } from './location/postal-codes.ts';
import { gateRules } from './rules.ts';
import { rulesVersion } from './rules-version.ts';
import { consentVocabulary } from './vocabulary.ts';

/** What each version of the rules was. Add a line with the new version when the data changes; never change a line. */
const VERSIONS: Readonly<Record<string, string>> = {
  '2026-11-26': 'cc52ebd2547f9dce',
  '2026-11-26.2': '366fb178dcadd6c0',
  '2026-11-26.3': 'e6db8a2424dc3460',
  '2026-11-27': '63d94556decded21',
  '2026-11-28': '4a43145611a5c323',
  '2026-11-28.2': 'f5f992fea700ff6a',
  '2026-11-28.3': '3ee1238d12be2c63',
  '2026-11-28.4': '2bfb92f230e6cb36',
};

describe('The rules version', () => {
  it('changes when states, holidays, places, rules or words do', () => {
    const data = JSON.stringify([
      FEDERAL_HOURS,
      stateRules,
      federalHolidays,
      stateHolidays,
      [...areaCodes],
      postalCodeRanges,
      [...postalCodeExceptions],
      gateRules,
      consentVocabulary,
      freeTextData,
    ]);
    const digest = createHash('sha256').update(data).digest('hex').slice(0, 16);
    assert.equal(VERSIONS[rulesVersion], digest, 'the rules changed: give them a new version');
  });
});
