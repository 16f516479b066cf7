/**
 * The API key that somebody signed in with, for as long as the tab lives. Where people sign in at the load balancer, and
 * at the machine of a local stack, there is none: the browser is known by itself.
 */
const KEPT_AS = 'carillon.key';

let key: string | null = read();

function read(): string | null {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

export const currentKey = (): string | null => key;

/** Null: signs out. */
export function keepKey(given: string | null): void {
  key = given;
  try {
    if (given === null) sessionStorage.removeItem(KEPT_AS);
    else sessionStorage.setItem(KEPT_AS, given);
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
}
