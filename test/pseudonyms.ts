import { Pseudonyms } from '#shared/erasure/pseudonyms.ts';

/** Of tests and benchmarks, as the value of CONSENT_PEPPER and as what it is read as. */
export const TEST_PEPPER = '1:a-pepper-for-tests-of-36-characters--';
export const testPseudonyms = new Pseudonyms([{ version: 1, secret: TEST_PEPPER.slice(2) }]);
/** The value of WEBHOOK_SECRET_KEY. */
export const TEST_WEBHOOK_KEY = '07'.repeat(32);
/** The value of API_KEY_PEPPER. */
export const TEST_KEY_PEPPER = 'the pepper of a test, 32 characters long';
