import { fileURLToPath, pathToFileURL } from 'node:url';
import Mocha from 'mocha';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { EVENT_FILE_POST_REQUIRE, EVENT_FILE_PRE_REQUIRE, EVENT_FILE_REQUIRE } = Mocha.Suite.constants;
const { EVENT_TEST_FAIL, EVENT_TEST_PASS } = Mocha.Runner.constants;

/** Full titles of what held and of what did not. */
export interface Verdicts {
  passed: string[];
  failed: string[];
}

/**
 * The assertions of one test file, loaded once beside the tests that are running, to be made again and again on other
 * evaluations (`withEvaluations`). One run at a time.
 */
export class AssertionTrials {
  readonly #mocha: Mocha;

  private constructor(mocha: Mocha) {
    this.#mocha = mocha;
  }

  /** `file`: its path from the root of the product. */
  static async load(file: string): Promise<AssertionTrials> {
    const mocha = new Mocha({ reporter: Silent, timeout: 60_000, forbidOnly: true, forbidPending: true });
    mocha.cleanReferencesAfterRun(false);
    const path = `${ROOT}${file}`;
    // As mocha loads it, but under an address of its own: the same module would tell its tests only once.
    mocha.suite.emit(EVENT_FILE_PRE_REQUIRE, globalThis, path, mocha);
    const module: unknown = await import(`${pathToFileURL(path).href}?trials`);
    mocha.suite.emit(EVENT_FILE_REQUIRE, module, path, mocha);
    mocha.suite.emit(EVENT_FILE_POST_REQUIRE, globalThis, path, mocha);
    return new AssertionTrials(mocha);
  }

  run(): Promise<Verdicts> {
    const verdicts: Verdicts = { passed: [], failed: [] };
    return new Promise((resolve) => {
      this.#mocha
        .run(() => resolve(verdicts))
        .on(EVENT_TEST_PASS, (test) => verdicts.passed.push(test.fullTitle()))
        .on(EVENT_TEST_FAIL, (test) => verdicts.failed.push(test.fullTitle()));
    });
  }

  end(): void {
    this.#mocha.dispose();
  }
}

/** Says nothing of its own; the verdicts are taken from the run. */
class Silent extends Mocha.reporters.Base {}
