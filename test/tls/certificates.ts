import { readFileSync } from 'node:fs';

/**
 * A certificate for localhost and 127.0.0.1, and the authority that signed it, for stand-ins of servers that speak TLS.
 * Good for nothing else: nobody trusts the authority but tests, and its own key was thrown away.
 */
const read = (file: string): string => readFileSync(new URL(`./${file}`, import.meta.url), 'utf8');

export const authority: string = read('authority.pem');
export const certificate: string = read('server.pem');
export const key: string = read('server-key.pem');
