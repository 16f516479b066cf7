/** What somebody may do, from least to most: a role includes those before it. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who asks: an API key, a person whom the load balancer signed in, or whoever sits at this machine. */
export interface Identity {
  kind: 'key' | 'person' | 'local';
  /** Stable: of a key its id, of a person their subject at the identity provider. */
  id: string;
  /** For people to read. */
  name: string;
  role: Role;
}

export const includes = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** The name under which what somebody does is recorded. For operations that nobody reaches without signing in. */
export function nameOf(identity: Identity | null): string {
  if (identity === null) throw new Error('nobody is signed in');
  return identity.name;
}
