import type { Input } from '@pulumi/pulumi';
import { isRead, type Setting, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';

/** What a task is given: values in the clear, and names of variables that come from Secrets Manager. */
export interface TaskVariables {
  environment: { name: string; value: Input<string> }[];
  secrets: string[];
}

/** Whether a flag that is set takes the place of this setting: no password with IAM tokens. */
const isReplaced = (setting: Setting<unknown>, known: Readonly<Record<string, Input<string>>>): boolean =>
  setting.unless !== undefined && known[setting.unless] === 'true';

/** Whether a task reads this setting at all: those of carriers that are not set up it does not. */
const isWanted = (
  setting: Setting<unknown>,
  settings: Settings,
  known: Readonly<Record<string, Input<string>>>,
): boolean =>
  !isReplaced(setting, known) &&
  isRead(setting, (name) => {
    const value = known[name];
    return typeof value === 'string' ? value : settings[name]?.fallback;
  });

const whyNot = (setting: Setting<unknown> | undefined): string =>
  setting === undefined ? 'no setting' : setting.secret ? 'a secret' : 'for the local stack alone';

/** Names of the secret variables of a service. */
export const secretVariables = (
  settings: Settings,
  known: Readonly<Record<string, Input<string>>>,
): string[] =>
  Object.entries(settings)
    .filter(([, setting]) => setting.secret && isWanted(setting, settings, known))
    .map(([name]) => name);

/**
 * What the stack's configuration says to one service: of what it says to all (`forAll`), settings that the service has, and
 * everything that it says to this one. A setting that several services share is told to them once, and is the same in all.
 */
export const givenTo = (
  settings: Settings,
  forAll: Readonly<Record<string, string>>,
  forThis: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(forAll).filter(([name]) => Object.hasOwn(settings, name))),
  ...forThis,
});

/** Throws with everything that is said to all services and is a setting of none: a name that was misspelt. */
export function requireKnownToSome(
  forAll: Readonly<Record<string, string>>,
  services: readonly Settings[],
): void {
  const unknown = Object.keys(forAll).filter(
    (name) => !services.some((settings) => Object.hasOwn(settings, name)),
  );
  if (unknown.length === 0) return;
  throw new CarillonError(
    'invalid_configuration',
    `carillon:services, defaults.environment: no service has a setting ${unknown.join(', ')}`,
  );
}

/**
 * The variables of a task, from the settings of its service: those that the environment knows a value for, those that
 * the stack's configuration sets, and, as secrets, those that are secret; and `always`, what every task has. What has a fallback and no value here is
 * left out. Throws with everything that is required and unknown, or set and no setting of the service.
 */
export function taskVariables(
  service: string,
  settings: Settings,
  known: Readonly<Record<string, Input<string>>>,
  given: Readonly<Record<string, string>>,
  always: Readonly<Record<string, string>>,
): TaskVariables {
  const faults = Object.keys(given)
    .filter((name) => settings[name] === undefined || settings[name].secret || settings[name].localOnly)
    .map((name) => `${name} cannot be set in the stack's configuration: it is ${whyNot(settings[name])}`);
  const result: TaskVariables = { environment: [], secrets: [] };
  for (const [name, setting] of Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isWanted(setting, settings, { ...known, ...given })) continue;
    const value = given[name] ?? known[name];
    if (value !== undefined) result.environment.push({ name, value });
    else if (setting.secret) result.secrets.push(name);
    else if (setting.fallback === undefined) faults.push(`${name} has no value: ${setting.help}`);
  }
  for (const [name, value] of Object.entries(always)) {
    if (settings[name] === undefined) result.environment.push({ name, value });
  }
  if (faults.length > 0) {
    throw new CarillonError('invalid_configuration', `${service}: ${faults.join('; ')}`);
  }
  return result;
}
