import type { Role } from '#shared/api-keys/role.ts';

/** Who asks: an API key, a person whom the load balancer signed in, or whoever sits at this machine. */
export interface Identity {
  kind: 'key' | 'person' | 'local';
  /** Stable: of a key its id, of a person their subject at the identity provider. */
  id: string;
  /** For people to read. */
  name: string;
  role: Role;
}

/** The name under which what somebody does is recorded. For operations that nobody reaches without signing in. */
export function nameOf(identity: Identity | null): string {
  if (identity === null) throw new Error('nobody is signed in');
  return identity.name;
}
