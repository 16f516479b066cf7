import assert from 'node:assert/strict';
import { sampleTexts } from '#shared/compliance/free-text/sample-texts.ts';
import { consentVocabulary } from '#shared/compliance/vocabulary.ts';
import { defaultReviewPolicy, readConsentText, readWhileStandingUnknown } from './read-text.ts';

const samples = Object.values(sampleTexts).flatMap((byVerdict) => Object.values(byVerdict).flat());
const words = Object.values(consentVocabulary).flatMap(({ optOut, optIn, agreement, help }) => [
  ...optOut,
  ...optIn,
  ...agreement,
  ...help,
]);

describe('Reading a text of somebody whose standing is not known', () => {
  it('reads it as of whoever is opted out, and says whether only of them', () => {
    for (const body of [...samples, ...words]) {
      for (const carrierVerdict of [null, 'STOP', 'START', 'HELP'] as const) {
        const [out, in_] = [true, false].map((optedOut) =>
          readConsentText(body, { optedOut, carrierVerdict }, defaultReviewPolicy),
        );
        assert.deepEqual(
          readWhileStandingUnknown(body, carrierVerdict, defaultReviewPolicy),
          { ...out, onlyWhileOptedOut: in_?.verdict !== out?.verdict },
          body,
        );
      }
    }
  });

  it('knows words of agreement as such', () => {
    const { verdict, onlyWhileOptedOut } = readWhileStandingUnknown('Yes', null, defaultReviewPolicy);
    assert.deepEqual({ verdict, onlyWhileOptedOut }, { verdict: 'opt_in', onlyWhileOptedOut: true });
    assert.equal(readWhileStandingUnknown('START', null, defaultReviewPolicy).onlyWhileOptedOut, false);
  });
});
