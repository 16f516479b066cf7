import { z } from 'zod';

/** Key of a stack's configuration with packages (or `*`) whose resources must name their provider. */
const KEY = 'pulumi:disable-default-providers';

/** Packages that a stack's configuration denies a default provider; objects in it are JSON. */
export const deniedPackages = (config: Readonly<Record<string, string>>): readonly string[] =>
  z.array(z.string()).parse(JSON.parse(config[KEY] ?? '[]'));

/**
 * Throws where the engine refuses a resource or an invoke that a provider must answer: it names none, and the default
 * provider of its package is denied. What belongs to Pulumi itself (providers, stack references) is never denied.
 */
export function requireProvider(token: string, provider: string, denied: readonly string[]): void {
  const [name = ''] = token.split(':', 1);
  if (provider !== '' || name === 'pulumi') return;
  if (denied.some((one) => one === '*' || one === name)) {
    throw new Error(`default provider for '${name}' disabled: ${token} must use an explicit provider`);
  }
}
